"""Connections, transactions and what becomes of the driver's errors."""

import gc
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from fluffy_core.domain.events import DomainEvent, ThreadOpened
from fluffy_core.domain.ids import ThreadId
from fluffy_core.errors import BugError, DiskFullError, StoreError, VaultKeyError
from fluffy_core.events import Changed
from fluffy_core.store.database import (
    CACHE_KIB,
    OLDEST_SQLITE,
    WORKER_KIB,
    Database,
    Transaction,
    check_sqlite_version,
)

KEY = b"k" * 32


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "some.db", KEY)
    with made.transaction() as tx:
        tx.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE) STRICT")
    return made


def put(database: Database, *texts: str) -> None:
    with database.transaction() as tx:
        tx.executemany("INSERT INTO notes (text) VALUES (?)", [(one,) for one in texts])


def texts(database: Database) -> list[str]:
    return [row[0] for row in database.all("SELECT text FROM notes ORDER BY id")]


def test_what_is_written_is_encrypted(database: Database) -> None:
    put(database, "a canary in the mine")
    database.close()
    for path in database.path.parent.iterdir():
        assert b"canary" not in path.read_bytes()
        assert not path.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, sqlcipher.IntegrityError])
def test_an_error_rolls_everything_back(database: Database, error: type[BaseException]) -> None:
    put(database, "before")

    def fail() -> None:
        with database.transaction() as tx:
            tx.execute("INSERT INTO notes (text) VALUES ('lost')")
            if error is sqlcipher.IntegrityError:
                tx.execute("INSERT INTO notes (text) VALUES ('before')")
            raise error

    with pytest.raises(error):
        fail()
    assert texts(database) == ["before"]
    put(database, "after")
    assert texts(database) == ["before", "after"]


def test_a_transaction_in_a_transaction_is_refused_and_the_outer_one_lives(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("INSERT INTO notes (text) VALUES ('outer')")
        with pytest.raises(BugError), database.transaction():
            pass
    assert texts(database) == ["outer"]


def test_events_reach_triggers_inside_the_transaction(database: Database) -> None:
    seen: list[tuple[DomainEvent, int]] = []

    def trigger(tx: Transaction, event: DomainEvent) -> None:
        tx.execute("INSERT INTO notes (text) VALUES ('by the trigger')")
        seen.append((event, len(tx.all("SELECT 1 FROM notes"))))

    database.add_trigger(trigger)
    event = ThreadOpened(ThreadId(4))

    def fail() -> None:
        with database.transaction() as tx:
            tx.emit(event)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert seen == [(event, 1)]
    assert texts(database) == []


def test_listeners_hear_of_a_commit_and_only_of_a_commit(database: Database) -> None:
    heard: list[tuple[frozenset[Changed], bool, list[str]]] = []
    database.add_after_commit(lambda changes, jobs: heard.append((changes, jobs, texts(database))))

    def fail() -> None:
        with database.transaction() as tx:
            tx.changed(Changed.THREADS)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert heard == []
    with database.transaction() as tx:
        tx.execute("INSERT INTO notes (text) VALUES ('kept')")
        tx.changed(Changed.THREADS, Changed.JOBS)
        tx.jobs_enqueued = True
        assert heard == []
    assert heard == [(frozenset({Changed.THREADS, Changed.JOBS}), True, ["kept"])]


def test_a_listener_may_write(database: Database) -> None:
    def listener(changes: frozenset[Changed], _jobs: bool) -> None:
        if changes:
            put(database, "by the listener")

    database.add_after_commit(listener)
    with database.transaction() as tx:
        tx.changed(Changed.THREADS)
    assert texts(database) == ["by the listener"]


def test_durable_commits_wait_for_the_disk_and_others_do_not(database: Database) -> None:
    modes: list[int] = []
    for durable in (False, True, False):
        with database.transaction(durable=durable) as tx:
            modes.append((tx.one("PRAGMA synchronous") or (0,))[0])
    assert modes == [1, 2, 1]
    assert database.one("PRAGMA synchronous") == (1,)


def test_writers_of_several_threads_take_turns(database: Database) -> None:
    def write(number: int) -> None:
        for one in range(20):
            put(database, f"{number}-{one}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert len(texts(database)) == 120


def test_the_connection_of_an_ended_thread_is_closed(database: Database) -> None:
    closed = threading.Event()

    class Watched:
        def __init__(self, connection: object) -> None:
            self.connection = connection

        def __del__(self) -> None:
            closed.set()

    def read() -> None:
        assert database.one("SELECT 1") == (1,)
        database._local.watched = Watched(database.connection)

    for _ in range(30):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    gc.collect()
    assert closed.is_set()
    assert len(database._held) == 1


def test_close_closes_every_connection_and_the_store_may_be_used_again(database: Database) -> None:
    ready, done = threading.Event(), threading.Event()
    held: list[object] = []

    def stay() -> None:
        held.append(database.connection)
        ready.set()
        done.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    ready.wait(10)
    database.close()
    with pytest.raises(sqlcipher.ProgrammingError):
        held[0].execute("SELECT 1")  # type: ignore[attr-defined]
    done.set()
    thread.join()
    assert texts(database) == []
    database.close()


def test_a_full_disk_is_said_and_leaves_nothing_half_written(database: Database) -> None:
    put(database, "before")
    pages = (database.one("PRAGMA page_count") or (0,))[0]
    database.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(DiskFullError, match=r"full\. Nothing was lost"):
        put(database, "small", "x" * 100_000)
    assert texts(database) == ["before"]
    database.connection.execute("PRAGMA max_page_count = 100000")
    put(database, "x" * 100_000)
    assert len(texts(database)) == 2


LIMITED = """
import resource, signal, sys
from pathlib import Path
from fluffy_core.errors import KnownError
from fluffy_core.store.database import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = Database(Path(sys.argv[1]), b"k" * 32)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    with database.transaction(durable=True) as tx:
        tx.execute("INSERT INTO notes (text) VALUES ('half')")
        tx.execute("INSERT INTO notes (text) VALUES (?)", ("x" * 900_000,))
except KnownError as error:
    sys.exit(f"said: {error}")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs file size limits")
def test_a_file_that_cannot_grow_is_said_and_leaves_nothing_half_written(database: Database) -> None:
    put(database, "before")
    database.close()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(database.path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr[:5]) == (1, "said:"), done.stderr
    assert texts(database) == ["before"]
    assert database.all("PRAGMA quick_check") == [("ok",)]


def test_a_wrong_key_is_said_and_harms_nothing(database: Database) -> None:
    put(database, "kept")
    database.close()
    with pytest.raises(VaultKeyError, match="The key does not open"):
        Database(database.path, b"z" * 32).one("SELECT 1")
    assert texts(database) == ["kept"]


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear reader, " * 999)
    with pytest.raises(VaultKeyError, match="not a FluffyMail database"):
        Database(tmp_path / "letter.db", KEY).one("SELECT 1")
    for path in (tmp_path, tmp_path / "nowhere" / "some.db"):
        with pytest.raises(StoreError, match="cannot be opened"):
            Database(path, KEY).one("SELECT 1")


def test_a_damaged_page_is_said(database: Database) -> None:
    put(database, *(f"{number:05}" + "x" * 3000 for number in range(60)))
    database.checkpoint()
    database.close()
    content = bytearray(database.path.read_bytes())
    content[6 * 4096 : 40 * 4096] = b"?" * (34 * 4096)
    database.path.write_bytes(content)
    with pytest.raises(StoreError):
        texts(database)


def test_our_own_mistakes_are_not_dressed_up(database: Database) -> None:
    with pytest.raises(sqlcipher.OperationalError, match="no such table"):
        database.all("SELECT * FROM nowhere")
    with pytest.raises(sqlcipher.IntegrityError):
        put(database, "twice", "twice")


def test_another_program_that_keeps_the_lock_is_said(database: Database) -> None:
    other = Database(database.path, KEY)
    other.connection.execute("BEGIN IMMEDIATE")
    database.connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(StoreError, match="in use by another program"):
        put(database, "late")
    other.connection.execute("ROLLBACK")
    put(database, "now")
    assert texts(database) == ["now"]


def test_readers_do_not_wait_for_a_writer_of_another_process(database: Database) -> None:
    put(database, "old")
    other = Database(database.path, KEY)
    with other.transaction() as tx:
        tx.execute("INSERT INTO notes (text) VALUES ('new')")
        started = time.monotonic()
        assert texts(database) == ["old"]
        assert time.monotonic() - started < 1
    assert texts(database) == ["old", "new"]


def test_the_log_file_stays_below_64_megabytes(database: Database) -> None:
    log = database.path.with_name("some.db-wal")
    largest = 0
    with database.transaction() as tx:
        tx.execute("CREATE TABLE pages (data BLOB)")
    for _ in range(22):
        with database.transaction() as tx:
            tx.execute("INSERT INTO pages VALUES (zeroblob(4000000))")
        largest = max(largest, log.stat().st_size)
    assert database.path.stat().st_size > 80_000_000
    assert largest < 64_000_000
    database.checkpoint()
    assert log.stat().st_size == 0


def test_foreign_keys_are_on(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("CREATE TABLE answers (note_id INTEGER REFERENCES notes (id))")
    with pytest.raises(sqlcipher.IntegrityError), database.transaction() as tx:
        tx.execute("INSERT INTO answers VALUES (99)")


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7", "2.8.17"])
def test_an_old_sqlite_is_refused_with_both_versions(version: str) -> None:
    with pytest.raises(StoreError, match=rf"SQLite is {version}; FluffyMail needs 3\.51\.3"):
        check_sqlite_version(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.53.4", "4.0.0"])
def test_a_new_sqlite_is_welcome(version: str) -> None:
    check_sqlite_version(version)
    assert tuple(map(int, sqlcipher.sqlite_version.split("."))) >= OLDEST_SQLITE


def test_memory_is_made_once(database: Database) -> None:
    made: list[int] = []

    def make() -> list[int]:
        made.append(1)
        return made

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: database.memory("list", make), range(8)))
    assert made == [1]
    assert all(one is made for one in found)


SCRATCH = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.some USING fts5 (text)"


def test_a_temporary_table_is_empty_before_and_afterwards(database: Database) -> None:
    put(database, "one", "two")
    for _ in range(2):
        with database.scratch(SCRATCH) as connection:
            assert connection.execute("SELECT count(*) FROM temp.some").fetchone() == (0,)
            connection.execute("INSERT INTO temp.some (text) SELECT text FROM notes")
            found = connection.execute("SELECT text FROM temp.some WHERE some MATCH 'tw*'").fetchall()
            assert found == [("two",)]

    def fail() -> None:
        with database.scratch(SCRATCH) as connection:
            connection.execute("INSERT INTO temp.some (text) VALUES ('lost')")
            raise ValueError("meanwhile")

    with pytest.raises(ValueError, match="meanwhile"):
        fail()
    with database.scratch(SCRATCH) as connection:
        assert connection.execute("SELECT count(*) FROM temp.some").fetchone() == (0,)
    assert texts(database) == ["one", "two"]
    put(database, "three")


def test_a_temporary_table_waits_for_no_writer(database: Database) -> None:
    def look() -> int:
        with database.scratch(SCRATCH) as connection:
            connection.execute("INSERT INTO temp.some (text) SELECT text FROM notes")
            return int(connection.execute("SELECT count(*) FROM temp.some").fetchone()[0])

    put(database, "one")
    with ThreadPoolExecutor(1) as other, database.transaction() as tx:
        tx.execute("INSERT INTO notes (text) VALUES ('two')")
        assert other.submit(look).result(timeout=20) == 1


def test_temporary_tables_and_transactions_do_not_mix(database: Database) -> None:
    with database.scratch(SCRATCH), pytest.raises(BugError), database.transaction():
        pass
    with database.transaction() as tx:
        with pytest.raises(BugError), database.scratch(SCRATCH):
            pass
        tx.execute("INSERT INTO notes (text) VALUES ('kept')")
    assert texts(database) == ["kept"]


def test_a_worker_keeps_fewer_pages_than_others(database: Database) -> None:
    def kept() -> object:
        return database.one("PRAGMA cache_size")

    def work() -> None:
        database.keep_few_pages()
        found.append(kept())

    found: list[object] = []
    worker = threading.Thread(target=work)
    worker.start()
    worker.join(10)
    assert (found, kept()) == ([(-WORKER_KIB,)], (-CACHE_KIB,))
    assert WORKER_KIB < CACHE_KIB
