"""Huey as the dispatcher: carries job ids from the ledger to worker threads, and nothing else.

Huey deletes a task before it runs it, so its file is never trusted: the ledger remembers what was
handed over, and hands it over again after a restart. Messages are JSON; a pickled row would be code.
"""

import json
import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
WINDOW = 40
"""Jobs of a queue that are with Huey at once; the order beyond them stays the ledger's to decide."""
POLL = 0.05
SLOWEST_POLL = 0.4
TICK = 1.0


class JsonMessages(Serializer):  # type: ignore[misc]  # huey is untyped
    """Huey's messages as JSON: the task's name and one job id."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps({"id": data.id, "name": data.name, "args": data.args}).encode()

    def _deserialize(self, data: bytes) -> Any:
        found = json.loads(bytes(data))
        return Message(id=str(found["id"]), name=str(found["name"]), args=[int(found["args"][0])], kwargs={})


class _Consumer(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves the process's signal handlers alone, so that any thread may start it."""

    def _set_signal_handlers(self) -> None:
        pass


class Dispatcher:
    """Three queues of worker threads, fed from the ledger.

    `workers` says how many threads each queue has. `start` may be called from any thread.
    """

    def __init__(
        self, store: Database, runner: Runner, registry: Registry, path: Path, *, workers: Mapping[Queue, int]
    ) -> None:
        self._store = store
        self._runner = runner
        self._registry = registry
        self._path = path
        self._workers = workers
        self._hueys: dict[Queue, Any] = {}
        self._tasks: dict[Queue, Callable[[int], object]] = {}
        self._consumers: list[_Consumer] = []
        self._running: Counter[str] = Counter()
        self._gate = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._pulse: threading.Thread | None = None
        self.paused = threading.Event()
        runner.stopping = self._stop.is_set

    def start(self) -> None:
        """Recover what an earlier process left behind, then start working."""
        self._open_queues()
        with self._store.transaction() as tx:
            ledger.recover(tx, now=self._runner.clock())
        for queue, huey in self._hueys.items():
            consumer = _Consumer(
                huey, workers=self._workers[queue], periodic=False, initial_delay=POLL, max_delay=SLOWEST_POLL,
                check_worker_health=False,
            )
            consumer.start()
            self._consumers.append(consumer)
        self._pulse = threading.Thread(target=self._keep_feeding, name="job-pulse", daemon=True)
        self._pulse.start()

    def _open_queues(self) -> None:
        for attempt in (1, 2):
            try:
                for queue in Queue:
                    self._open_queue(queue)
                return
            except sqlite3.DatabaseError:
                if attempt == 2:
                    raise
                log.info("the queue file was damaged; it is rebuilt from the ledger")
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _open_queue(self, queue: Queue) -> None:
        huey = SqliteHuey(
            name=queue.value, filename=str(self._path), results=False, serializer=JsonMessages(), fsync=False
        )
        huey.storage.flush_queue()

        def run_job(job_id: int) -> None:
            self._work(JobId(job_id))

        self._tasks[queue] = huey.task(name="run_job")(run_job)
        self._hueys[queue] = huey

    def wake(self) -> None:
        """Something was enqueued: hand it over soon."""
        self._wake.set()

    def pause(self) -> None:
        """Start nothing new; what runs runs on."""
        self.paused.set()

    def resume(self) -> None:
        """Go on."""
        self.paused.clear()
        self.wake()

    def _keep_feeding(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if not self.paused.is_set():
                self._feed()
            self._wake.wait(self._nap())

    def _nap(self) -> float:
        soonest = ledger.next_due(self._store)
        if soonest is None:
            return TICK
        return min(TICK, max(0.02, soonest - self._runner.clock()))

    def _feed(self) -> None:
        for queue in Queue:
            room = WINDOW - ledger.handed_over(self._store, queue)
            if room <= 0 or not self._anything_due(queue):
                continue
            with self._store.transaction() as tx:
                jobs = ledger.due(tx, queue, now=self._runner.clock(), limit=room)
            for job_id, _name, priority in jobs:
                self._enqueue(queue, job_id, priority)

    def _anything_due(self, queue: Queue) -> bool:
        return ledger.anything_due(self._store, queue, now=self._runner.clock())

    def _enqueue(self, queue: Queue, job_id: JobId, priority: int) -> None:
        task: Any = self._tasks[queue]
        self._hueys[queue].enqueue(task.s(int(job_id), priority=priority))

    def _work(self, job_id: JobId) -> None:
        job = ledger.get(self._store, job_id)
        if job is None or self._stop.is_set():
            return
        if self.paused.is_set() or not self._enter(job.name):
            with self._store.transaction() as tx:
                ledger.put_back(tx, job_id)
            self._stop.wait(POLL)
            return
        try:
            self._runner.run(job_id)
        finally:
            self._leave(job.name)
            self.wake()

    def _enter(self, name: str) -> bool:
        with self._gate:
            if self._running[name] >= self._registry.kind(name).parallel:
                return False
            self._running[name] += 1
            return True

    def _leave(self, name: str) -> None:
        with self._gate:
            self._running[name] -= 1

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop within `timeout` seconds; False when a job would not let go (its lease frees it later)."""
        self._stop.set()
        self._wake.set()
        deadline = time.monotonic() + timeout
        for consumer in self._consumers:
            consumer.stop_flag.set()
        threads = [thread for consumer in self._consumers for _worker, thread in consumer.worker_threads]
        threads += [consumer.scheduler for consumer in self._consumers]
        if self._pulse is not None:
            threads.append(self._pulse)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for huey in self._hueys.values():
            with suppress(sqlite3.Error):
                huey.storage.close()
        return not any(thread.is_alive() for thread in threads)
