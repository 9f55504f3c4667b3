"""passages: vectors are made anew, several for a message; everything else stays."""

from pathlib import Path

import numpy as np
import pytest

from fluffy_core.store import migrations, vectors
from fluffy_core.store.vectors import Cut
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_passages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = migrations.STEPS.index(migrations.passages)
    with monkeypatch.context() as older:
        older.setattr(migrations, "STEPS", migrations.STEPS[:before])
        store = stored.empty(tmp_path)
    ids = [int(one) for one in stored.keep(store, [Letter("Offer", "The garden hall."), Letter("Lunch?")])]
    with store.transaction() as tx:
        tx.execute("INSERT INTO vectors (message_id, engine, vector) VALUES (1, ?, x'00')", (vectors.ENGINE,))
    migrations.migrate(store)
    assert vectors.missing(store, ids) == vectors.uncut(store, ids) == ids
    with store.transaction() as tx:
        vectors.put(tx, ids, np.eye(vectors.SIZE, dtype=np.float32)[:2])
        vectors.put_passages(tx, [Cut(ids[0], [(0, 9)])], np.eye(vectors.SIZE, dtype=np.float32)[2:3])
        tx.execute("DELETE FROM messages WHERE id = ?", (ids[0],))
    assert store.all("SELECT message_id, number FROM vectors") == [(ids[1], 0)]
    store.close()
