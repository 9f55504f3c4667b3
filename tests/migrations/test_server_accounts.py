"""server_accounts: old homes keep their locations, and get tables for accounts on servers."""

from pathlib import Path

import pytest

from fluffy_core.store import migrations
from tests.fakes import stored
from tests.fakes.stored import Letter

TABLES = ("account_settings", "kept_messages", "remote_folders", "set_aside", "traffic")


def test_server_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.server_accounts)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("a"), Letter("b")])
    old = store.all("SELECT source_id, position, message_id, locator FROM locations")
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    now = store.all("SELECT source_id, position, message_id, locator, flags, missing_since FROM locations")
    assert now == [(*row, "", None) for row in old]
    for table in TABLES:
        assert store.all(f"SELECT * FROM {table}") == []
        (sql,) = store.one("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)) or ("",)
        assert "STRICT" in sql
    store.close()
