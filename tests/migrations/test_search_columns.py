"""search_columns: a search reads no rows of messages while it ranks, and finds what it found before."""

from pathlib import Path

import pytest

from fluffy_core.store import migrations, search
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_search_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = migrations.STEPS.index(migrations.search_columns)
    with monkeypatch.context() as older:
        older.setattr(migrations, "STEPS", migrations.STEPS[:before])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("Offer", "The garden hall."), Letter("Lunch?", "Pizza in the garden.", day=3)])
    migrations.migrate(store)
    (made,) = store.one("SELECT sql FROM sqlite_schema WHERE name = 'messages_searched'") or ("",)
    assert made.startswith("CREATE INDEX messages_searched ON messages (id, date, thread_id,")
    assert search.messages(store, search.parse("garden is:read")) == [1, 2]
    with store.transaction() as tx:
        tx.execute("UPDATE messages SET seen = 0 WHERE id = 1")
        tx.execute("DELETE FROM messages WHERE id = 2")
    assert search.messages(store, search.parse("garden is:unread")) == [1]
    assert store.one("PRAGMA integrity_check") == ("ok",)
    store.close()
