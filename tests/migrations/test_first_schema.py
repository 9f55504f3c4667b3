"""first_schema: the step from an empty file to mail, search, people, intelligence and jobs."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from fluffy_core.store import migrations
from fluffy_core.store.database import Database

KEY = b"m" * 32


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "fluffy.db", KEY)


def test_first_schema(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:1])
    assert migrations.migrate(database) == 1
    tables = {row[0] for row in database.all("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    wanted = {
        "settings",
        "accounts",
        "sources",
        "addresses",
        "threads",
        "messages",
        "raw_messages",
        "locations",
    }
    wanted |= {
        "attachments",
        "unread_items",
        "search",
        "vectors",
        "contacts",
        "categories",
        "summaries",
        "jobs",
    }
    assert wanted <= tables
    assert database.one("PRAGMA user_version") == (1,)
    assert database.one("PRAGMA foreign_key_check") is None


def test_first_schema_is_strict(database: Database) -> None:
    migrations.migrate(database)
    tables = database.all(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    )
    loose = [name for name, strict in tables if not strict and not name.startswith(("_", "sqlite"))]
    assert loose == []
    with pytest.raises(sqlcipher.IntegrityError), database.transaction() as tx:
        tx.execute("INSERT INTO addresses (email, mine) VALUES ('a@b.example', 'perhaps')")
