"""remote_calendars: events of imports stay, and calendars on servers have their tables."""

from pathlib import Path

import pytest

from fluffy_core.store import migrations, remote_calendars, sources
from tests.fakes import stored

TABLES = ("remote_books", "remote_calendars", "remote_cards", "remote_entries", "remote_events")
COLUMNS = "account_id, uid, recurrence_id, starts_at, ends_at, all_day, timezone, summary, location"
REST = "description, url, status, organizer, rrule, extra_starts, excluded_starts, sequence"


def test_remote_calendars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.remote_calendars)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "/calendar.ics", now=0.0)
        values = (account, "u", 0, 10, 20, 0, "UTC", "Old", "", "", "", "", "", "", "[]", "[]", 0)
        marks = ", ".join("?" * len(values))
        tx.execute(f"INSERT INTO events ({COLUMNS}, {REST}) VALUES ({marks})", values)
    old = store.all("SELECT * FROM events")
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert store.all("SELECT * FROM events") == old
    for table in TABLES:
        assert store.all(f"SELECT * FROM {table}") == []
        (sql,) = store.one("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)) or ("",)
        assert "STRICT" in sql
    assert remote_calendars.listed(store, account) == {}
    store.close()
