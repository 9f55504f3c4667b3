"""The encrypted database: one connection a thread, one writer at a time, events inside the transaction."""

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2 as sqlcipher

from fluffy_core.domain.events import DomainEvent
from fluffy_core.errors import (
    BugError,
    DamagedStoreError,
    DiskFullError,
    KnownError,
    StoreError,
    VaultKeyError,
)
from fluffy_core.events import Changed

OLDEST_SQLITE = (3, 51, 3)
"""Older releases carry the WAL-reset corruption; see DESIGN section 5."""

T = TypeVar("T")
Row = tuple[Any, ...]
Trigger = Callable[["Transaction", DomainEvent], None]
AfterCommit = Callable[[frozenset[Changed], bool], None]

CACHE_KIB = 32_000
"""Pages that each connection keeps."""
WORKER_KIB = 16_000
"""Those of a worker's: there are several, and each page is met once or twice."""
_PRAGMAS = (
    "PRAGMA cipher_log = off",
    "PRAGMA cipher_memory_security = OFF",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    "PRAGMA journal_size_limit = 33554432",
    "PRAGMA wal_autocheckpoint = 6000",  # pages of 4 KiB: 24 MB, of which 64 may not be passed
    "PRAGMA fullfsync = ON",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA busy_timeout = 30000",
)


def check_sqlite_version(version: str = sqlcipher.sqlite_version) -> None:
    """Refuse an SQLite below `OLDEST_SQLITE` with a StoreError that names both versions."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SQLITE:
        wanted = ".".join(str(part) for part in OLDEST_SQLITE)
        raise StoreError(
            f"This computer's SQLite is {version}; FluffyMail needs {wanted} or newer to be safe."
        )


class Transaction:
    """One open write transaction: statements, domain events, and what kinds of things it changed."""

    def __init__(self, connection: Any, triggers: Sequence[Trigger]) -> None:
        self._connection = connection
        self._triggers = triggers
        self.changes: set[Changed] = set()
        self.jobs_enqueued = False

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """Run one statement; the result is a DB-API cursor."""
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(sql, rows)

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row, or None."""
        row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row."""
        rows: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return rows

    def changed(self, *kinds: Changed) -> None:
        """Note which kinds of things listeners should look at again after the commit."""
        self.changes.update(kinds)

    def emit(self, event: DomainEvent) -> None:
        """Tell the triggers, which may enqueue jobs in this same transaction."""
        for trigger in self._triggers:
            trigger(self, event)


class _Held:
    """A connection in the hands of one thread; it is closed when the thread ends."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.in_transaction = False

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """The store's connections. Reads go through `all`/`one`, writes through `transaction()`.

    Any thread may use it; each gets its own connection. Writers of this process queue up on a
    lock, so that a busy database is only ever another process's.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        check_sqlite_version()
        self.path = path
        self._key = key
        self._local = threading.local()
        self._writer = threading.Lock()
        self._held: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._triggers: list[Trigger] = []
        self._after_commit: list[AfterCommit] = []
        self._memory: dict[str, Any] = {}

    def add_trigger(self, trigger: Trigger) -> None:
        """Have `trigger` see every domain event inside the transaction that emits it."""
        self._triggers.append(trigger)

    def add_after_commit(self, listener: AfterCommit) -> None:
        """Have `listener(changes, jobs_enqueued)` called after each commit, in the writer's thread."""
        self._after_commit.append(listener)

    @property
    def connection(self) -> Any:
        """This thread's connection, opened on first use."""
        return self._mine().connection

    def _mine(self) -> _Held:
        found: _Held | None = getattr(self._local, "held", None)
        if found is None:
            self._local.held = found = self._connect()
        return found

    def _connect(self) -> _Held:
        try:
            held = _Held(sqlcipher.connect(str(self.path), isolation_level=None, check_same_thread=False))
            connection = held.connection
            connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlcipher.DatabaseError as error:
            raise _translation(error, self.path) or error from error
        with self._lock:
            self._held.add(held)
        return held

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or None."""
        with translated(self.path):
            row: Row | None = self.connection.execute(sql, parameters).fetchone()
            return row

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row of a query."""
        with translated(self.path):
            rows: list[Row] = self.connection.execute(sql, parameters).fetchall()
            return rows

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[Transaction]:
        """One write transaction; rolls back on any error.

        `durable` waits until the disk has it (synchronous FULL): for commits that promise something.
        """
        held = self._mine()
        if held.in_transaction:
            raise BugError("a transaction was opened inside another one")
        connection = held.connection
        with self._writer, translated(self.path):
            held.in_transaction = True
            try:
                if durable:
                    connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                transaction = Transaction(connection, self._triggers)
                yield transaction
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                held.in_transaction = False
                if durable:
                    connection.execute("PRAGMA synchronous = NORMAL")
        for listener in self._after_commit:
            listener(frozenset(transaction.changes), transaction.jobs_enqueued)

    @contextmanager
    def scratch(self, table: str) -> Iterator[Any]:
        """This thread's connection for work on a temporary table, which is empty before and afterwards.

        `table` is the SQL that makes it where it is missing. The database itself is only read: nobody waits.
        """
        held = self._mine()
        if held.in_transaction:
            raise BugError("a temporary table was asked for inside a transaction")
        with translated(self.path):
            held.connection.execute(table)
            held.connection.execute("BEGIN")
            held.in_transaction = True
            try:
                yield held.connection
            finally:
                held.in_transaction = False
                held.connection.execute("ROLLBACK")

    def memory(self, name: str, make: Callable[[], T]) -> T:
        """What a module of the store keeps in memory for this database; `make` builds it once."""
        with self._lock:
            if name not in self._memory:
                self._memory[name] = make()
            found: T = self._memory[name]
            return found

    def checkpoint(self) -> None:
        """Write the WAL back into the database file and cut it to nothing, if no reader is in the way."""
        with self._writer, translated(self.path):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def vacuum(self) -> None:
        """Give the empty pages of the file back to the disk; nobody can write meanwhile.

        Needs room for the database once more in the temporary folder (encrypted) and in the WAL.
        """
        connection = self.connection
        with self._writer, translated(self.path):
            try:
                connection.execute("PRAGMA temp_store = FILE")
                connection.execute("VACUUM")
            finally:
                connection.execute("PRAGMA temp_store = MEMORY")
        self.checkpoint()

    def keep_few_pages(self, kib: int = WORKER_KIB) -> None:
        """Have this thread's connection keep fewer pages than others."""
        self.connection.execute(f"PRAGMA cache_size = -{kib}")

    def close(self) -> None:
        """Close every thread's connection; nobody may be using one."""
        with self._lock:
            everyone = list(self._held)
            self._held.clear()
        for held in everyone:
            held.connection.close()
        self._local = threading.local()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the driver's errors about the environment into this program's own."""
    try:
        yield
    except sqlcipher.DatabaseError as error:
        known = _translation(error, path)
        if known is None:
            raise
        raise known from error


_FULL = "The disk that holds {folder} is full. Nothing was lost; make room and try again."
_NOT_OURS = "The key does not open {path}, or the file is not a FluffyMail database."
_CANNOT = "{path} cannot be opened or written ({text}). Check the folder and the disk."
_IN_USE = "{path} is in use by another program that does not let go of it."
_DAMAGED = "{path} is damaged. Restore a backup, or import your mail again into a new home."
_SENTENCES: dict[int, tuple[type[KnownError], str]] = {
    sqlcipher.SQLITE_FULL: (DiskFullError, _FULL),
    sqlcipher.SQLITE_NOTADB: (VaultKeyError, _NOT_OURS),
    sqlcipher.SQLITE_CANTOPEN: (StoreError, _CANNOT),
    sqlcipher.SQLITE_READONLY: (StoreError, _CANNOT),
    sqlcipher.SQLITE_PERM: (StoreError, _CANNOT),
    sqlcipher.SQLITE_IOERR: (StoreError, _CANNOT),
    sqlcipher.SQLITE_BUSY: (StoreError, _IN_USE),
    sqlcipher.SQLITE_LOCKED: (StoreError, _IN_USE),
    sqlcipher.SQLITE_CORRUPT: (DamagedStoreError, _DAMAGED),
}
"""By SQLite's primary result code, the low byte of the extended one (https://sqlite.org/rescode.html)."""


def _translation(error: Exception, path: Path) -> KnownError | None:
    """What the driver's error means to the user; None when it is not about the environment."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _SENTENCES:
        return None
    kind, sentence = _SENTENCES[code]
    return kind(sentence.format(path=path, folder=path.parent, text=error))
