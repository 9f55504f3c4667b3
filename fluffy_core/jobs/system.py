"""The job machine as the rest of the program holds it: registry, ledger, workers, one owner."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout

from fluffy_core.config import Paths
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import KindFacts
from fluffy_core.errors import KnownError, StoreError, UsageError
from fluffy_core.events import Bus, Changed
from fluffy_core.jobs import kinds
from fluffy_core.jobs.machine import Machine, ThisMachine
from fluffy_core.jobs.registry import MEDIUM, Args, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.schedule import Schedule
from fluffy_core.jobs.timetable import looks
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.store import job_line, ledger, pauses
from fluffy_core.store.database import Database

if TYPE_CHECKING:
    from fluffy_core.jobs.dispatcher import Dispatcher


class Beside(Protocol):
    """Something that works as long as the workers do, in threads of its own."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self, timeout: float) -> bool:
        """End within `timeout` seconds; False when a thread did not."""
        ...


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
        machine: Machine | None = None,
    ) -> None:
        self.registry = registry
        self.beside: Sequence[Beside] = ()
        """What starts and stops with the workers."""
        self._store = store
        self._bus = bus
        self._paths = paths
        self._clock = clock
        self._machine = machine or ThisMachine()
        self._lock = FileLock(str(paths.owner_lock))
        self._runner = Runner(store, registry, bus, clock=clock)
        self._dispatcher: Dispatcher | None = None
        self._owned_elsewhere = False
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
            self._owned_elsewhere = True
            return False
        except OSError as error:
            raise StoreError(f"{self._paths.owner_lock} cannot be written: {error.strerror}.") from error
        from fluffy_core.jobs.dispatcher import Dispatcher

        dispatcher = Dispatcher(
            self._store, self._runner, self.registry, path=self._paths.queue, machine=self._machine
        )
        try:
            dispatcher.start()
        except KnownError:
            self._lock.release()
            raise
        self._dispatcher, self._owned_elsewhere = dispatcher, False
        self._schedule.start()
        for one in self.beside:
            one.start()
        return True

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop the workers; what was running goes on at the next start.

        False when a job would not let go in time: the home then stays this process's until it ends, and
        the store must stay open.
        """
        if self._dispatcher is None:
            return True
        self._schedule.stop()
        ended = [one.stop(timeout / 5) for one in self.beside]
        let_go = self._dispatcher.stop(timeout) and all(ended)
        self._dispatcher = None
        if let_go:
            self._lock.release()
        return let_go

    @property
    def running(self) -> bool:
        """Whether this process runs the home's jobs."""
        return self._dispatcher is not None

    @property
    def owned_elsewhere(self) -> bool:
        """Whether another process ran this home's jobs when `start` was last called."""
        return self._owned_elsewhere

    @property
    def paused(self) -> bool:
        """Whether the user lets everything wait."""
        return pauses.read(self._store).everything

    def pause(self, kind: str = "") -> None:
        """Let all jobs wait, or those of one kind, until `resume`, also over a restart.

        What runs stops at its next checkpoint and goes on from there later. Raises UsageError for a kind
        that there is none of.
        """
        self._set_paused(kind, True)

    def resume(self, kind: str = "") -> None:
        """Go on with all jobs but those of kinds that were paused by name, or with one kind."""
        self._set_paused(kind, False)

    def _set_paused(self, kind: str, paused: bool) -> None:
        if kind:
            self.registry.kind(kind)
        with self._store.transaction() as tx:
            found = pauses.read(tx)
            if kind:
                names = found.kinds | {kind} if paused else found.kinds - {kind}
                found = replace(found, kinds=names)
            else:
                found = replace(found, everything=paused)
            pauses.write(tx, found)

    def pause_on_battery(self, wanted: bool) -> None:
        """Whether background work (kinds of low priority) waits while the computer runs on battery."""
        with self._store.transaction() as tx:
            pauses.write(tx, replace(pauses.read(tx), on_battery=wanted))

    def kinds(self) -> tuple[KindFacts, ...]:
        """What is declared of every kind of job, by name."""
        return kinds.facts(sorted(self.registry, key=lambda kind: kind.name))

    def enqueue(self, name: str, args: Args, *, delay: float = 0.0, afresh: bool = False) -> JobId | None:
        """Ask for a job, to begin in `delay` seconds; None when the same thing was asked for before.

        What came to an end is done again `afresh`.
        """
        now = self._clock()
        job = self.registry.new_job(name, args, run_after=now + delay)
        with self._store.transaction(durable=True) as tx:
            if afresh:
                ledger.forget_finished(tx, job.name, job.key)
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

    def discard(self, *job_ids: JobId) -> int:
        """Forget dead or cancelled jobs, until it is undone; how many there were."""
        with self._store.transaction() as tx:
            count = ledger.discard(tx, *job_ids)
        if not count:
            which = ", ".join(map(str, job_ids))
            raise UsageError(f"Job {which} is not dead or cancelled.")
        return count

    def retry_dead(self, kind: str = "") -> int:
        """Give every dead job (of one kind) a fresh set of tries, now; how many there were."""
        with self._store.transaction() as tx:
            return ledger.again_dead(tx, kind, now=self._clock())

    def discard_dead(self, kind: str = "") -> int:
        """Forget every dead job (of one kind); how many there were."""
        with self._store.transaction() as tx:
            return ledger.discard_dead(tx, kind)

    def idle(self) -> bool:
        """Whether every job is done, dead or cancelled, or held back by what `held_back` names."""
        count = ledger.open_count(self._store)
        return count == 0 or count == self.held_back()

    def held_back(self) -> int:
        """How many jobs wait because of a pause, the battery, memory or the network."""
        return job_line.held_count(self._store, pauses.read(self._store), below=MEDIUM)
