"""corrections: tables for the user's word, in new homes and in upgraded ones."""

from pathlib import Path

import pytest

from fluffy_core.store import corrections, migrations
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.corrections)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("Offer", "Can you send it?")])
    with monkeypatch.context() as then:
        then.setattr(migrations, "STEPS", migrations.STEPS[: place + 1])
        assert migrations.migrate(store) == 1
    with store.transaction() as tx:
        tx.execute("INSERT INTO category_rulings VALUES (1, 'fyi', 0, 'You said so')")
        tx.execute("INSERT INTO wrong_fields VALUES (1, 'phone', '123')")
        assert corrections.is_wrong_field(tx, 1, "phone", value="1 2-3")
        tx.execute("DELETE FROM message_texts")
        tx.execute("DELETE FROM messages")
    assert store.one("SELECT count(*) FROM category_rulings") == (0,)
    assert store.one("PRAGMA foreign_key_check") is None
    store.close()
