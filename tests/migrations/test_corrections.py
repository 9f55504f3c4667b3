"""corrections: tables for the user's word, in new homes and in upgraded ones."""

from pathlib import Path

import pytest

from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.store import corrections, insight, migrations
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:6])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("Offer", "Can you send it?")])
    assert migrations.migrate(store) == len(migrations.STEPS) - 6
    said = Category(Importance.IMPORTANT, True, 2, "Ann asks you", "Can you send it?", "rules-1")
    with store.transaction() as tx:
        insight.put_categories(tx, [(1, said)])
        corrections.rule(tx, [(1, Importance.FYI, False, "You said so")])
    assert store.one("SELECT importance, requires_response, reason FROM categories") == (
        "fyi",
        0,
        "You said so",
    )
    assert store.one("PRAGMA foreign_key_check") is None
    with store.transaction() as tx:
        tx.execute("DELETE FROM message_texts")
        tx.execute("DELETE FROM messages")
    assert store.one("SELECT count(*) FROM category_rulings") == (0,)
    store.close()
