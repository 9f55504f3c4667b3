"""The job machine as the rest of the program holds it: registry, ledger, workers, one owner."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from fluffy_core.config import Paths
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import KnownError, StoreError, UsageError
from fluffy_core.events import Bus, Changed
from fluffy_core.jobs.registry import Args, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.schedule import Schedule
from fluffy_core.jobs.timetable import looks
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

if TYPE_CHECKING:
    from fluffy_core.jobs.dispatcher import Dispatcher

WORKERS = {Queue.FAST: 2, Queue.NORMAL: 1, Queue.SLOW: 1}


class JobSystem:
    """Enqueueing works in every process; running jobs only in the one that owns the home."""

    def __init__(
        self,
        store: Database,
        registry: Registry,
        bus: Bus,
        *,
        paths: Paths,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.registry = registry
        self._store = store
        self._bus = bus
        self._paths = paths
        self._clock = clock
        self._lock = FileLock(str(paths.owner_lock))
        self._runner = Runner(store, registry, bus, clock=clock)
        self._dispatcher: Dispatcher | None = None
        self._schedule = Schedule(store, registry, wall=clock, looks=looks(registry))
        store.add_trigger(Triggers(registry, clock=clock))
        store.add_after_commit(self._after_commit)

    def _after_commit(self, changes: frozenset[Changed], jobs_enqueued: bool) -> None:
        if jobs_enqueued and self._dispatcher is not None:
            self._dispatcher.wake()
        if changes:
            self._bus.changed(*changes)

    def start(self) -> bool:
        """Become the owner of the home and start the workers; False when another process is."""
        if self._dispatcher is not None:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(f"{self._paths.owner_lock} cannot be written: {error.strerror}.") from error
        from fluffy_core.jobs.dispatcher import Dispatcher

        dispatcher = Dispatcher(
            self._store, self._runner, self.registry, path=self._paths.queue, workers=WORKERS
        )
        try:
            dispatcher.start()
        except KnownError:
            self._lock.release()
            raise
        self._dispatcher = dispatcher
        self._schedule.start()
        return True

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop the workers; what was running goes on at the next start.

        False when a job would not let go in time: the home then stays this process's until it ends, and
        the store must stay open.
        """
        if self._dispatcher is None:
            return True
        self._schedule.stop()
        let_go = self._dispatcher.stop(timeout)
        self._dispatcher = None
        if let_go:
            self._lock.release()
        return let_go

    @property
    def running(self) -> bool:
        """Whether this process runs the home's jobs."""
        return self._dispatcher is not None

    @property
    def paused(self) -> bool:
        """Whether the workers take nothing new."""
        return self._dispatcher is not None and self._dispatcher.paused.is_set()

    def pause(self) -> None:
        """Take nothing new until `resume`."""
        if self._dispatcher is not None:
            self._dispatcher.pause()
            self._bus.changed(Changed.JOBS)

    def resume(self) -> None:
        """Go on taking jobs."""
        if self._dispatcher is not None:
            self._dispatcher.resume()
            self._bus.changed(Changed.JOBS)

    def enqueue(self, name: str, args: Args) -> JobId | None:
        """Ask for a job by hand; None when the same thing was asked for before."""
        now = self._clock()
        job = self.registry.new_job(name, args, run_after=now)
        with self._store.transaction(durable=True) as tx:
            return ledger.enqueue(tx, job, now=now)

    def retry(self, job_id: JobId) -> None:
        """Give a dead, cancelled or waiting job a fresh set of tries, now."""
        with self._store.transaction() as tx:
            if not ledger.again(tx, job_id, now=self._clock()):
                raise UsageError(f"Job {job_id} cannot be tried again: it is not dead, cancelled or waiting.")

    def cancel(self, job_id: JobId) -> None:
        """Cancel a waiting job; ask a running one to stop."""
        with self._store.transaction() as tx:
            if not ledger.cancel(tx, job_id, now=self._clock()):
                raise UsageError(f"Job {job_id} is not waiting or running.")

    def discard(self, job_id: JobId) -> None:
        """Forget a dead or cancelled job."""
        with self._store.transaction() as tx:
            if not ledger.discard(tx, job_id):
                raise UsageError(f"Job {job_id} is not dead or cancelled.")

    def idle(self) -> bool:
        """Whether every job is done, dead or cancelled."""
        return ledger.open_count(self._store) == 0
