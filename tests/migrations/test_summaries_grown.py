"""summaries_grown: old summaries go, answers of language models and wrong points have a place."""

from pathlib import Path

import pytest

from fluffy_core.domain.ids import ThreadId
from fluffy_core.store import answers, migrations, summaries
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_summaries_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.summaries_grown)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    (letter,) = stored.keep(store, [Letter("a")])
    with store.transaction() as tx:
        tx.execute("INSERT INTO summaries VALUES (1, ?, 'fast rules', '{\"points\": []}', 1.0)", (letter,))
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert summaries.get(store, ThreadId(1)) is None
    assert summaries.missing(store, "/fast/2", limit=9) == [(1, letter)]
    with store.transaction() as tx:
        answers.put(tx, ThreadId(1), "m", prompt=b"p", answer="a")
        assert summaries.reject(tx, letter, "words")
    assert answers.get(store, ThreadId(1), "m", prompt=b"p") == "a"
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages")
    assert store.all("SELECT * FROM wrong_points") == []
    store.close()
