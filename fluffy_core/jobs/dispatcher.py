"""Huey as the dispatcher: carries job ids from the ledger to worker threads, and nothing else.

Huey deletes a task before it runs it, so its file is never trusted: the ledger remembers what was
handed over, and hands it over again after a restart. Messages are JSON; a pickled row would be code.
"""

import heapq
import json
import logging
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.registry import Message
from huey.serializer import Serializer

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, Queue
from fluffy_core.errors import KnownError, StoreError
from fluffy_core.jobs.registry import MEDIUM, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
WINDOW = 40
"""Jobs of a queue that are with Huey at once; the order beyond them stays the ledger's to decide."""
POLL = 0.05
SLOWEST_POLL = 0.4
TICK = 1.0
REPAIR = 30.0
"""Seconds between two looks for jobs that fell through: lost by Huey, or with an unwritten outcome."""


class JsonMessages(Serializer):  # type: ignore[misc]  # huey is untyped
    """Huey's messages as JSON: the task's name and one job id."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps({"id": data.id, "name": data.name, "args": data.args}).encode()

    def _deserialize(self, data: bytes) -> Any:
        if not isinstance(data, bytes):
            raise TypeError("a row of the queue file is no message")
        found = json.loads(bytes(data))
        return Message(id=str(found["id"]), name=str(found["name"]), args=[int(found["args"][0])], kwargs={})


class _NoSchedule(Scheduler):  # type: ignore[misc]  # huey is untyped
    """Sleeps: what runs when is the ledger's to decide, and Huey's own schedule is never used."""

    def loop(self, now: object = None) -> None:
        del now
        self.stop_flag.wait()


class _Consumer(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves the process's signal handlers alone, so that any thread may start it."""

    scheduler_class = _NoSchedule

    def _set_signal_handlers(self) -> None:
        pass


class Dispatcher:
    """Three queues of worker threads, fed from the ledger.

    `workers` says how many threads each queue has. `start` may be called from any thread.
    """

    def __init__(
        self, store: Database, runner: Runner, registry: Registry, *, path: Path, workers: Mapping[Queue, int]
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
        self._parked: defaultdict[str, list[tuple[int, JobId]]] = defaultdict(list)
        self._taken: set[JobId] = set()
        self._stock: Counter[Queue] = Counter()
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
            self._runner.recover(tx)
            ledger.put_back_all(tx)
        for queue, huey in self._hueys.items():
            consumer = _Consumer(
                huey,
                workers=self._workers[queue],
                periodic=False,
                initial_delay=POLL,
                max_delay=SLOWEST_POLL,
                check_worker_health=False,
            )
            consumer.start()
            self._consumers.append(consumer)
        self._pulse = threading.Thread(target=self._keep_feeding, name="job-pulse", daemon=True)
        self._pulse.start()

    def _open_queues(self) -> None:
        try:
            self._open_each()
        except sqlite3.DatabaseError:
            log.info("the queue file was damaged; it is rebuilt from the ledger")
            self._delete_queues()
            try:
                self._open_each()
            except sqlite3.DatabaseError as error:
                raise StoreError(f"{self._path} cannot be opened or written ({error}).") from error

    def _open_each(self) -> None:
        for queue in Queue:
            self._open_queue(queue)

    def _delete_queues(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            try:
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self._path} is damaged and cannot be deleted: {error.strerror}."
                ) from error

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
        repaired = time.monotonic()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                if time.monotonic() - repaired >= REPAIR:
                    repaired = time.monotonic()
                    self._repair()
                nap = TICK if self.paused.is_set() else self._feed()
            except (KnownError, sqlite3.Error) as error:
                log.warning("jobs wait: %s", error)
                nap = TICK
            self._wake.wait(nap)

    def _feed(self) -> float:
        """Hand over what is due and has room; how many seconds may pass until the next look."""
        now = self._runner.clock()
        with_huey = ledger.handed_over(self._store)
        least = MEDIUM if ledger.pressing(self._store, MEDIUM, now=now) else 0  # background work yields
        for queue in Queue:
            self._stock[queue] = with_huey.get(queue, 0)
            room = WINDOW - self._stock[queue]
            if room > 0 and ledger.anything_due(self._store, queue, now=now, least=least):
                with self._store.transaction() as tx:
                    jobs = ledger.due(tx, queue, now=now, limit=room, least=least)
                self._stock[queue] += len(jobs)
                self._hand_over(queue, jobs)
        soonest = ledger.next_due(self._store, after=now)
        return TICK if soonest is None else min(TICK, max(0.02, soonest - self._runner.clock()))

    def _hand_over(self, queue: Queue, jobs: list[tuple[JobId, str, int]]) -> None:
        task: Any = self._tasks[queue]
        for number, (job_id, _name, priority) in enumerate(jobs):
            try:
                self._hueys[queue].enqueue(task.s(int(job_id), priority=priority))
            except sqlite3.Error:
                self._put_back([one for one, _, _ in jobs[number:]])
                raise

    def _put_back(self, job_ids: Sequence[JobId]) -> None:
        with self._store.transaction() as tx:
            ledger.put_back(tx, job_ids)

    def _repair(self) -> None:
        """Find running jobs that no thread works on, and waiting ones that Huey has lost."""
        with self._store.transaction() as tx:
            self._runner.recover(tx)
        if not any(huey.storage.queue_size() for huey in self._hueys.values()):
            with self._gate:
                keep = self._taken | {job_id for parked in self._parked.values() for _, job_id in parked}
            with self._store.transaction() as tx:
                ledger.put_back_all(tx, keep=keep)

    def _work(self, job_id: JobId) -> None:
        """Run a job, then those of its kind that were parked meanwhile."""
        self._taken.add(job_id)
        try:
            job = ledger.get(self._store, job_id)
            if job is None or self._stop.is_set():
                return
            if self.paused.is_set():
                self._put_back([job_id])
                self._stop.wait(POLL)
                return
            following = job_id if self._enter(job) else None
            while following is not None:
                following = self._run_one(job, following)
        finally:
            self._taken.discard(job_id)

    def _run_one(self, first: Job, job_id: JobId) -> JobId | None:
        """One try; the next parked job of the same kind as `first`, for the same thread to go on with."""
        try:
            self._runner.run(job_id)
        except KnownError as error:
            log.warning("the outcome of job %s (%s) could not be written: %s", job_id, first.name, error)
        finally:
            following = self._leave(first.name)
        self._stock[first.queue] -= 1
        if self._stock[first.queue] <= WINDOW // 2:
            self.wake()
        return following

    def _enter(self, job: Job) -> bool:
        """Take one of the places of a kind, or park the job until one is free."""
        kind = self._registry.find(job.name)
        with self._gate:
            if self._running[job.name] >= (1 if kind is None else kind.parallel):
                heapq.heappush(self._parked[job.name], (-job.priority, job.id))
                return False
            self._running[job.name] += 1
            return True

    def _leave(self, name: str) -> JobId | None:
        """Give the place to the most urgent parked job of this kind, or free it."""
        with self._gate:
            parked = self._parked[name]
            if parked and not self.paused.is_set() and not self._stop.is_set():
                return heapq.heappop(parked)[1]
            self._running[name] -= 1
            left = [job_id for _, job_id in parked]
            parked.clear()
        if left and not self._stop.is_set():
            self._put_back(left)
        return None

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop within `timeout` seconds; False when a job would not let go."""
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
