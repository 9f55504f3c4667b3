"""Steps in order, all or none; a copy first where there is data; newer files untouched."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fluffy_core.errors import DiskFullError, NewerStoreError
from fluffy_core.store import integrity, migrations
from fluffy_core.store.database import Database
from tests.fakes import stored

if TYPE_CHECKING:
    from sqlite_utils import Database as SqliteUtils

KEY = b"m" * 32
Step = Callable[["SqliteUtils"], None]


def add_moods(db: "SqliteUtils") -> None:
    migrations.run_script(db, "CREATE TABLE moods (name TEXT) STRICT;\nINSERT INTO moods VALUES ('calm');\n")


def add_weather(db: "SqliteUtils") -> None:
    db.conn.execute("CREATE TABLE weather (name TEXT) STRICT")


def fail(db: "SqliteUtils") -> None:
    db.conn.execute("CREATE TABLE half (name TEXT)")
    raise ZeroDivisionError


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds steps behind today's."""
    today = migrations.STEPS

    def add(*more: Step) -> None:
        monkeypatch.setattr(migrations, "STEPS", (*today, *more))

    return add


def tables(store: Database) -> set[str]:
    return {row[0] for row in store.all("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def version(store: Database) -> int:
    return int((store.one("PRAGMA user_version") or (-1,))[0])


def copies(store: Database) -> list[Path]:
    return sorted(path for path in store.path.parent.iterdir() if ".before-" in path.name)


def test_an_empty_file_gets_every_step_and_no_copy(tmp_path: Path) -> None:
    store = Database(tmp_path / "fluffy.db", KEY)
    assert migrations.migrate(store) == len(migrations.STEPS)
    assert version(store) == len(migrations.STEPS)
    assert copies(store) == []
    assert migrations.migrate(store) == 0


def test_pending_steps_run_in_order_after_a_copy(store: Database, steps: Callable[..., None]) -> None:
    stored.keep(store, [stored.Letter("Kept")])
    before = version(store)
    steps(add_moods, add_weather)
    assert migrations.migrate(store) == 2
    assert version(store) == before + 2
    assert store.all("SELECT name FROM moods") == [("calm",)]
    assert {"moods", "weather"} <= tables(store)
    (copy,) = copies(store)
    assert copy.name == f"fluffy.db.before-{before + 1:04d}"
    old = Database(copy, store._key)
    assert version(old) == before
    assert old.all("SELECT subject FROM messages") == [("Kept",)]
    assert "moods" not in tables(old)
    assert integrity.database(old) == ""
    assert b"Kept" not in copy.read_bytes()


def test_the_copy_is_whole_while_somebody_reads(store: Database, steps: Callable[..., None]) -> None:
    reader = Database(store.path, store._key)
    reader.connection.execute("BEGIN")
    reader.one("SELECT count(*) FROM messages")
    stored.keep(store, [stored.Letter("Still in the log")])
    steps(add_moods)
    migrations.migrate(store)
    reader.connection.execute("ROLLBACK")
    assert Database(copies(store)[0], store._key).all("SELECT subject FROM messages") == [
        ("Still in the log",)
    ]


def test_a_failing_step_changes_nothing(store: Database, steps: Callable[..., None]) -> None:
    before, at = tables(store), version(store)
    steps(add_moods, fail)
    with pytest.raises(ZeroDivisionError):
        migrations.migrate(store)
    assert version(store) == at
    assert tables(store) == before
    steps(add_moods)
    assert migrations.migrate(store) == 1
    assert len(copies(store)) == 1


def test_no_room_for_the_copy_is_said_and_nothing_is_changed(
    store: Database, steps: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: Database, target: Path) -> None:
        target.write_bytes(b"half a copy")
        raise DiskFullError("full")

    at = version(store)
    monkeypatch.setattr(integrity, "copy_to", full)
    steps(add_moods)
    with pytest.raises(DiskFullError, match=r"no room for a safety copy.*nothing was changed"):
        migrations.migrate(store)
    assert version(store) == at
    assert "moods" not in tables(store)
    assert [path.name for path in store.path.parent.iterdir() if "before" in path.name] == []


def test_a_newer_database_is_refused_and_stays_as_it_was(store: Database) -> None:
    with store.transaction() as tx:
        tx.execute("CREATE TABLE from_the_future (name TEXT)")
        tx.execute(f"PRAGMA user_version = {len(migrations.STEPS) + 1}")
    store.checkpoint()
    store.close()
    content = store.path.read_bytes()
    with pytest.raises(NewerStoreError, match=r"newer FluffyMail. Install .*; nothing was changed"):
        migrations.migrate(store)
    store.close()
    assert store.path.read_bytes() == content
    assert copies(store) == []


def test_a_script_keeps_the_transaction_open(store: Database) -> None:
    from sqlite_utils import Database as SqliteUtils

    script = "-- a comment; with a semicolon\nCREATE TABLE a (t TEXT); \n\n"
    script += "CREATE TRIGGER x AFTER INSERT ON a BEGIN\n  DELETE FROM a WHERE t = 'x;y';\n"
    script += "  DELETE FROM a WHERE t = 'z';\nEND;\nINSERT INTO a VALUES ('q');\n"
    store.connection.execute("BEGIN")
    migrations.run_script(SqliteUtils(store.connection), script)
    assert store.all("SELECT t FROM a") == [("q",)]
    store.connection.execute("ROLLBACK")
    assert "a" not in tables(store)
