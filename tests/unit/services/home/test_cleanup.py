"""What goes, what stays, what is said; a second time there is nothing to do. Mail never goes."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fluffy_core.config import Paths
from fluffy_core.domain.drafting import Confidence, DraftRequest, Suggestion
from fluffy_core.errors import DamagedStoreError, DiskFullError, KnownError, StoreError
from fluffy_core.services.home import cleanup
from fluffy_core.services.home.cleanup import DAY, Tidied
from fluffy_core.services.sorting import triage
from fluffy_core.store import integrity, search, settings, suggestions
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import paths
from tests.fakes.stored import NOON, Letter

NOW = NOON.timestamp() + 10 * DAY
JOB = (
    "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at, finished_at) "
    "VALUES ('small', ?, '{}', 'fast', 10, ?, 0, 0, ?)"
)
NOTHING = "Nothing to tidy up"


@pytest.fixture
def home(store: Database) -> Database:
    """Three letters of three days."""
    stored.keep(store, [Letter("One"), Letter("Two", day=-400), Letter("Three", day=-4000)])
    return store


@pytest.fixture
def files(tmp_path: Path) -> Paths:
    found = paths(tmp_path)
    found.scratch.mkdir()
    return found


def run(store: Database, files: Paths, now: float = NOW) -> Tidied:
    return cleanup.run(store, files, now=now)


def execute(store: Database, *statements: str, orphan: bool = False) -> None:
    if orphan:
        store.one("PRAGMA foreign_keys = OFF")
    with store.transaction() as tx:
        for one in statements:
            tx.execute(one)
    store.one("PRAGMA foreign_keys = ON")


def count(store: Database, table: str) -> int:
    return int((store.one(f"SELECT count(*) FROM {table}") or (0,))[0])


def old_file(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))
    return path


def test_a_tidy_home_stays_as_it_is(home: Database, files: Paths) -> None:
    run(home, files)
    assert run(home, files).sentence() == NOTHING
    assert integrity.relations(home) == ""


def test_old_jobs_go_young_dead_and_open_ones_stay(home: Database, files: Paths) -> None:
    rows = [
        ("old", "succeeded", NOW - 31 * DAY),
        ("gone", "cancelled", NOW - 31 * DAY),
        ("young", "succeeded", NOW - 29 * DAY),
        ("dead", "dead", NOW - 300 * DAY),
        ("open", "queued", None),
    ]
    with home.transaction() as tx:
        tx.executemany(JOB, rows)
    done = run(home, files)
    assert (done.jobs, done.sentence()) == (2, "Removed 2 old job records")
    assert {row[0] for row in home.all("SELECT key FROM jobs")} == {"young", "dead", "open"}
    assert run(home, files).jobs == 0


def test_addresses_that_nothing_names_go(home: Database, files: Paths) -> None:
    execute(
        home,
        "INSERT INTO addresses (id, email, mine) VALUES (100, 'nobody@x.example', 0),"
        " (101, 'old-me@x.example', 1),"
        " (102, 'ruled@x.example', 0), (103, 'contact@x.example', 0), (104, 'invited@x.example', 0),"
        " (105, 'noted@x.example', 0), (106, 'delivered@x.example', 0), (107, 'silent@x.example', 0)",
        "INSERT INTO identity_rulings (address_a, address_b, together) VALUES (102, 1, 1)",
        "INSERT INTO contacts (id, name, created_at) VALUES (50, 'Kept', 0)",
        "INSERT INTO address_stats (address_id, contact_id) VALUES (103, 50), (107, NULL)",
        "INSERT INTO address_names (address_id, name, key, messages) VALUES (107, 'Silent', 'silent', 2)",
        "INSERT INTO events (id, account_id, uid, recurrence_id, starts_at, ends_at, all_day, timezone,"
        " summary, location, description, url, status, organizer, rrule, extra_starts, excluded_starts,"
        " sequence) VALUES (1, 1, 'u', 0, 0, 0, 0, '', '', '', '', '', '', '', '', '[]', '[]', 0)",
        "INSERT INTO event_attendees (event_id, address_id, name, status) VALUES (1, 104, '', '')",
        "INSERT INTO contact_fields (address_id, field, value, quote, engine, confidence, seen_at, locked)"
        " VALUES (105, 'phone', '1', '', '', 1, 0, 1), (107, 'phone', '2', '', '', 1, 0, 0)",
        "INSERT INTO delivered_to (address_id, messages) VALUES (106, 3)",
    )
    before = count(home, "addresses")
    done = run(home, files)
    assert (done.addresses, done.sentence()) == (2, "Removed 2 unused addresses")
    assert count(home, "addresses") == before - 2
    assert {row[0] for row in home.all("SELECT id FROM addresses WHERE id >= 100")} == set(range(101, 107))
    assert home.all("PRAGMA foreign_key_check") == []
    assert run(home, files).addresses == 0


def test_many_unused_addresses_go_in_steps(home: Database, files: Paths) -> None:
    with home.transaction() as tx:
        tx.executemany(
            "INSERT INTO addresses (email) VALUES (?)", [(f"n{n}@x.example",) for n in range(1203)]
        )
    assert run(home, files).addresses == 1203


def test_what_was_derived_from_mail_that_is_gone_goes(home: Database, files: Paths) -> None:
    execute(
        home,
        "INSERT INTO vectors (message_id, engine, vector) VALUES (900, 'e', x'00'), (1, 'e', x'00')",
        "INSERT INTO categories (message_id, importance, requires_response, priority, reason, ask, engine)"
        " VALUES (900, '', 0, 0, '', '', ''), (1, '', 0, 0, '', '', '')",
        "INSERT INTO summaries (thread_id, last_message_id, engine, summary, created_at)"
        " VALUES (900, 1, '', '', 0)",
        orphan=True,
    )
    done = run(home, files)
    assert (done.derived, done.sentence()) == (3, "Removed 3 left-over notes about mail")
    assert (count(home, "vectors"), count(home, "categories"), count(home, "summaries")) == (1, 1, 0)


def test_undone_entries_go_after_a_month(home: Database, files: Paths) -> None:
    with home.transaction() as tx:
        tx.executemany(
            "INSERT INTO undo_log (at, label, kind, inverse, undone) VALUES (?, ?, 'done', '{}', ?)",
            [(NOW - 31 * DAY, "old", 1), (NOW - 29 * DAY, "young", 1), (NOW - 99 * DAY, "can be undone", 0)],
        )
    assert run(home, files).sentence() == "Removed 1 old undo entry"
    assert [row[0] for row in home.all("SELECT label FROM undo_log")] == ["young", "can be undone"]


def test_suggested_drafts_go_after_a_month(home: Database, files: Paths) -> None:
    made = Suggestion("r", "Hello", Confidence.LOW, "Why.", "fast", "en")
    with home.transaction() as tx:
        for name, age in (("old", 31), ("young", 29)):
            suggestions.put(tx, DraftRequest(name), made, recipient="", now=NOW - age * DAY)
    assert run(home, files).sentence() == "Removed 1 old suggested draft"
    assert home.all("SELECT request_id FROM draft_suggestions") == [("young",)]


def test_temporary_files_go_when_nobody_touched_them_for_days(home: Database, files: Paths) -> None:
    gone = [
        old_file(files.scratch / "member-1", 3),
        old_file(files.scratch / "deep" / "member-2", 3),
        old_file(files.home / "fluffy.db.restoring", 3),
        old_file(files.home / "fluffy.db.before-0002.new", 3),
    ]
    kept = [
        old_file(files.scratch / "fresh", 1),
        old_file(files.home / "fluffy.db.before-0002", 300),
        old_file(files.home / "letter.pdf", 300),
    ]
    assert run(home, files).files == 4
    assert [path.exists() for path in gone + kept] == [False] * 4 + [True] * 3


def test_while_an_import_waits_its_files_stay(home: Database, files: Paths) -> None:
    path = old_file(files.scratch / "member", 9)
    with home.transaction() as tx:
        tx.execute(JOB.replace("'small'", "'sync-emails-initial'"), ("1/", "waiting-retry", None))
    assert run(home, files).files == 0
    assert path.exists()


def test_a_link_out_of_the_scratch_folder_is_cut_and_not_followed(
    home: Database, files: Paths, tmp_path: Path
) -> None:
    precious = old_file(tmp_path / "elsewhere" / "letter.txt", 9)
    (files.scratch / "link").symlink_to(precious.parent)
    os.utime(files.scratch / "link", (0, 0), follow_symlinks=False)
    assert run(home, files).files == 1
    assert precious.exists()


def archived(store: Database) -> set[str]:
    return {row[0] for row in store.all("SELECT subject FROM threads WHERE done = 1")}


def archive_after(store: Database, years: object) -> None:
    with store.transaction() as tx:
        settings.put(tx, cleanup.ARCHIVE_YEARS, years)


@pytest.mark.parametrize("years", [None, 0, -1, "five", 1.5, [3]])
def test_nothing_is_archived_unless_the_user_wants_it(home: Database, files: Paths, years: object) -> None:
    if years is not None:
        archive_after(home, years)
    run(home, files)
    assert archived(home) == set()


def test_old_threads_are_archived_and_can_be_brought_back_for_good(home: Database, files: Paths) -> None:
    archive_after(home, 5)
    done = run(home, files)
    assert (done.archived, done.sentence()) == (1, "Marked 1 old thread done")
    assert archived(home) == {"Three"}
    assert count(home, "messages") == 3
    assert triage.undo(home) == "Archived 1 thread older than 5 years"
    assert run(home, files).archived == 0
    assert archived(home) == set()
    archive_after(home, 1)
    assert run(home, files).archived == 1
    assert archived(home) == {"Two"}
    archive_after(home, 5)
    run(home, files)
    archive_after(home, 1)
    assert run(home, files).archived == 0


def test_old_mail_that_is_imported_later_is_archived_as_well(home: Database, files: Paths) -> None:
    archive_after(home, 5)
    run(home, files)
    stored.keep(home, [Letter("Four", id="four", day=-5000)], name="more")
    assert run(home, files).archived == 1
    assert archived(home) == {"Three", "Four"}


def test_what_still_waits_is_not_archived(home: Database, files: Paths) -> None:
    execute(home, "UPDATE threads SET section = 2 WHERE subject = 'Three'")
    archive_after(home, 5)
    assert run(home, files).archived == 0


def test_the_index_is_merged_and_still_finds_everything(home: Database, files: Paths) -> None:
    with home.transaction() as tx:
        search.bulk_loading(tx, True)
    for number in range(30):
        stored.keep(home, [Letter(f"Tulip {number}", id=f"t{number}", day=number)], name=f"box {number}")
    segments = count(home, "search_idx")
    while search.merge_step(home):
        pass
    assert not search.merge_step(home)
    assert count(home, "search_idx") < segments
    assert search.check(home) == ""
    assert len(home.all("SELECT rowid FROM search WHERE search MATCH 'tulip'")) == 30
    run(home, files)
    assert search.check(home) == ""


def test_an_emptied_file_is_given_back_to_the_disk(home: Database, files: Paths) -> None:
    execute(home, "CREATE TABLE big (data BLOB)")
    with home.transaction() as tx:
        tx.executemany("INSERT INTO big VALUES (?)", [(os.urandom(4000),) for _ in range(1000)])
    home.checkpoint()
    size = home.path.stat().st_size
    execute(home, "DROP TABLE big")
    done = run(home, files)
    assert done.freed_bytes > 3_000_000
    assert home.path.stat().st_size == size - done.freed_bytes
    assert done.sentence() == f"Gave {done.freed_bytes / 1e6:.1f} MB back to the disk"
    wal = home.path.with_name("fluffy.db-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    assert home.one("PRAGMA temp_store") == (2,)
    assert integrity.database(home) == ""
    assert run(home, files).freed_bytes == 0


def test_without_room_the_file_stays_as_it_is(
    home: Database, files: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(
        home, "CREATE TABLE big (data BLOB)", "INSERT INTO big VALUES (zeroblob(3000000))", "DROP TABLE big"
    )
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=1_000_000))
    assert run(home, files).freed_bytes == 0


@pytest.mark.parametrize("error", [StoreError("in use"), DiskFullError("full")])
def test_a_file_that_cannot_be_written_anew_tonight_waits(
    home: Database, files: Paths, monkeypatch: pytest.MonkeyPatch, error: KnownError
) -> None:
    def fails() -> None:
        raise error

    execute(home, "CREATE TABLE big (data BLOB)", "INSERT INTO big VALUES (zeroblob(3000000))")
    execute(home, "DROP TABLE big")
    monkeypatch.setattr(home, "vacuum", fails)
    assert run(home, files).sentence() == NOTHING
    monkeypatch.undo()
    assert run(home, files).freed_bytes > 0


def test_damage_is_not_passed_over(home: Database, files: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise DamagedStoreError("damaged")

    execute(home, "CREATE TABLE big (data BLOB)", "INSERT INTO big VALUES (zeroblob(3000000))")
    execute(home, "DROP TABLE big")
    monkeypatch.setattr(home, "vacuum", fails)
    with pytest.raises(DamagedStoreError):
        run(home, files)


def test_stopped_at_any_checkpoint_the_rest_comes_next_time(home: Database, files: Paths) -> None:
    with home.transaction() as tx:
        tx.executemany(JOB, [("old", "succeeded", NOW - 99 * DAY)])
        tx.execute("INSERT INTO addresses (email) VALUES ('nobody@x.example')")
    calls: Iterator[int] = iter(range(100))

    def stop() -> None:
        if next(calls) == 0:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        cleanup.run(home, files, now=NOW, checkpoint=stop)
    assert run(home, files).addresses == 1
    assert count(home, "messages") == 3


def test_everything_in_one_sentence() -> None:
    done = Tidied(1200, 1, 2, 0, 1, 30, 4_200_000)
    assert done.sentence() == (
        "Removed 1,200 old job records, 1 unused address, 2 left-over notes about mail, 1 temporary file; "
        "marked 30 old threads done; gave 4.2 MB back to the disk"
    )
