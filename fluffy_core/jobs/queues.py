"""Huey as three queues in one file: ids in, worker threads out. The file may be lost at any time."""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer, Scheduler, Worker, WorkerRecycle
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import StoreError

log = logging.getLogger(__name__)
POLL = 0.05
SLOWEST_POLL = 0.4
_HARMLESS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_INTERRUPT}
"""Errors of a file that is whole: whoever meets them tries again."""
_NO_MESSAGE = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    RecursionError,
    AttributeError,
    HueyException,
)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error means that the queue file must be made anew."""
    return (getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF) not in _HARMLESS


class JsonMessages(Serializer):  # type: ignore[misc]  # huey is untyped
    """Huey's messages as JSON: the task's name and a list of job ids. A pickled row would be code."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps({"id": data.id, "name": data.name, "args": data.args}).encode()

    def _deserialize(self, data: bytes) -> Any:
        if not isinstance(data, bytes):
            raise TypeError("a row of the queue file is no message")
        found = json.loads(data)
        ids = [int(one) for one in found["args"][0]]
        return Message(id=str(found["id"]), name=str(found["name"]), args=[ids], kwargs={})


class _Huey(SqliteHuey):  # type: ignore[misc]  # huey is untyped
    """One queue. What is in its file and is not ours is thrown away, and said."""

    def __init__(self, queue: Queue, path: Path, on_damage: Callable[[], None]) -> None:
        super().__init__(
            name=queue.value, filename=str(path), results=False, serializer=JsonMessages(), fsync=False
        )
        self._on_damage = on_damage

    def dequeue(self) -> Any:
        while True:
            try:
                return super().dequeue()
            except sqlite3.Error as error:
                if is_damage(error):
                    self._on_damage()
                return None
            except _NO_MESSAGE:
                log.warning("a row of the queue file was no message of FluffyMail and was thrown away")


class _NoSchedule(Scheduler):  # type: ignore[misc]  # huey is untyped
    """Sleeps: what runs when is the ledger's to decide, and Huey's own schedule is never used."""

    def loop(self, now: object = None) -> None:
        del now
        self.stop_flag.wait()


class _Worker(Worker):  # type: ignore[misc]  # huey is untyped
    """A worker that rests while its number is more than may work, and leaves once it was replaced."""

    def __init__(self, number: int, allowed: Callable[[], int], come: threading.Event, **more: Any) -> None:
        super().__init__(**more)
        self.delay: float
        self._number = number
        self._allowed = allowed
        self._come = come
        self.replaced = False

    def loop(self, now: object = None) -> None:
        if self.replaced:
            raise WorkerRecycle
        if self._number >= self._allowed():
            self.stop_flag.wait(1.0)
        else:
            super().loop(now)

    def sleep(self) -> None:
        """Until a message comes; for a while at most, since two may sleep and one of them hears of it."""
        self._come.wait(self.delay)
        self._come.clear()
        self.delay = min(self.delay * self.backoff, self.max_delay)


class _Consumer(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves the process's signal handlers alone, so that any thread may start it."""

    scheduler_class = _NoSchedule

    def __init__(self, huey: _Huey, most: int, allowed: Callable[[], int]) -> None:
        self._numbers = iter(range(most))
        self._allowed = allowed
        self._come = threading.Event()
        super().__init__(
            huey, workers=most, periodic=False, initial_delay=POLL, max_delay=SLOWEST_POLL,
            check_worker_health=False,
        )  # fmt: skip

    def _set_signal_handlers(self) -> None:
        pass

    def _create_worker(self) -> _Worker:
        return self._worker(next(self._numbers))

    def _worker(self, number: int) -> _Worker:
        return _Worker(
            number, self._allowed, self._come, huey=self.huey, stop_flag=self.stop_flag, backoff=self.backoff,
            default_delay=self.default_delay, max_delay=self.max_delay,
        )  # fmt: skip

    def knock(self) -> None:
        """Have a worker that sleeps look at once: a message came, or it is to stop."""
        self._come.set()

    def replace(self, thread: threading.Thread) -> bool:
        """Put a new worker in the place of one whose job does not end; False for somebody else's thread."""
        for place, (worker, at_work) in enumerate(self.worker_threads):
            if at_work is thread:
                worker.replaced = True
                fresh = self._worker(place)
                started = self._create_process(fresh, f"Worker-{place + 1}")
                self.worker_threads[place] = (fresh, started)
                started.start()
                return True
        return False


class Queues:
    """The three queues and their workers. `work` gets the ids of one message, in a worker's thread.

    `begin` is called in each worker's thread before its first message.
    """

    def __init__(
        self, path: Path, work: Callable[[Sequence[JobId]], None], begin: Callable[[], object]
    ) -> None:
        self._path = path
        self._work = work
        self._begin = begin
        self._hueys: dict[Queue, _Huey] = {}
        self._tasks: dict[Queue, Any] = {}
        self._consumers: list[_Consumer] = []
        self._left: list[threading.Thread] = []
        self._inode = 0
        self.damaged = threading.Event()
        """Set when the file turned out to be damaged; `rebuild` makes it anew."""

    def open(self) -> None:
        """Make the file, or empty the one that is there. Raises StoreError when it cannot be written."""
        try:
            self._open_each()
        except sqlite3.DatabaseError:
            log.info("the queue file was damaged; it is rebuilt from the ledger")
            self._delete()
            try:
                self._open_each()
            except sqlite3.DatabaseError as error:
                raise StoreError(f"{self._path} cannot be opened or written ({error}).") from error
        self._inode = self._identity()

    def _open_each(self) -> None:
        for queue in Queue:
            self._hueys[queue] = huey = _Huey(queue, self._path, self.damaged.set)
            huey.storage.flush_queue()
            huey.on_startup("begin")(self._begin)

            def run_jobs(job_ids: list[int]) -> None:
                self._work([JobId(one) for one in job_ids])

            self._tasks[queue] = huey.task(name="run_jobs")(run_jobs)

    def _delete(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            try:
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self._path} is damaged and cannot be deleted: {error.strerror}."
                ) from error

    def _identity(self) -> int:
        try:
            return self._path.stat().st_ino
        except OSError:
            return -1

    def is_lost(self) -> bool:
        """Whether the file is damaged, or is no longer the one that was opened."""
        return self.damaged.is_set() or self._identity() != self._inode

    def rebuild(self) -> None:
        """Make the file anew, empty, while the workers wait. Raises StoreError."""
        storages = [huey.storage for huey in self._hueys.values()]
        with self._translated(), ExitStack() as locks:
            for storage in storages:
                locks.enter_context(storage.lock)
                if storage._conn is not None:
                    with suppress(sqlite3.Error):
                        storage._conn.close()
                    storage._conn = None
            self._delete()
            for storage in storages:
                storage._conn = storage._create_connection()
                for statement in storage.ddl:
                    storage._conn.execute(statement)
            self._inode = self._identity()
            self.damaged.clear()

    def start(self, most: Mapping[Queue, int], allowed: Callable[[Queue], int]) -> None:
        """Start `most` workers for each queue, of which `allowed` of a queue may work at any moment."""
        for queue, huey in self._hueys.items():
            consumer = _Consumer(huey, most[queue], lambda queue=queue: allowed(queue))  # type: ignore[misc]
            consumer.start()
            self._consumers.append(consumer)

    def replace(self, thread: threading.Thread) -> None:
        """Put a new worker in the place of one whose job does not end."""
        self._left.append(thread)
        any(consumer.replace(thread) for consumer in self._consumers)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Huey's errors about its file as this program's own."""
        try:
            yield
        except sqlite3.Error as error:
            if is_damage(error):
                self.damaged.set()
            raise StoreError(f"{self._path} cannot be read or written ({error}).") from error

    def put(self, queue: Queue, job_ids: Sequence[JobId], *, priority: int) -> None:
        """Hand jobs over in one message. Raises StoreError."""
        with self._translated():
            self._hueys[queue].enqueue(self._tasks[queue].s(list(map(int, job_ids)), priority=priority))
        for consumer in self._consumers:
            if consumer.huey is self._hueys[queue]:
                consumer.knock()

    def is_empty(self) -> bool:
        """Whether no message waits. Raises StoreError."""
        with self._translated():
            return not any(huey.storage.queue_size() for huey in self._hueys.values())

    def ask_to_stop(self) -> None:
        """Have the workers end after what they do."""
        for consumer in self._consumers:
            consumer.stop_flag.set()
            consumer.knock()

    def threads(self) -> list[threading.Thread]:
        """Every thread of the queues, those of jobs that do not end included."""
        ours = [thread for consumer in self._consumers for _worker, thread in consumer.worker_threads]
        return ours + [consumer.scheduler for consumer in self._consumers] + self._left

    def close(self) -> None:
        """Close the file."""
        for huey in self._hueys.values():
            with suppress(sqlite3.Error):
                huey.storage.close()
