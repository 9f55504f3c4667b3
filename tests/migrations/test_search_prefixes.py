"""search_prefixes: the search index is built anew from the texts, and finds what it found before."""

from pathlib import Path

import pytest

from fluffy_core.store import migrations, search
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_search_prefixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:2])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("Offer", "The garden hall."), Letter("Lunch?", "Pizza on Friday.")])
    migrations.migrate(store)
    (made,) = store.one("SELECT sql FROM sqlite_schema WHERE name = 'search'") or ("",)
    assert "prefix = '3'" in made
    assert search.messages(store, search.parse("gard")) == [1]
    assert search.messages(store, search.parse("lunch friday")) == [2]
    assert search.check(store) == ""
    with store.transaction() as tx:
        tx.execute("DELETE FROM message_texts WHERE id = 1")
    assert search.messages(store, search.parse("garden")) == []
    assert search.check(store) == ""
    store.close()
