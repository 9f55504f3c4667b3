"""From the ledger to worker threads: what is due goes to Huey in batches, and comes to a worker by kind.

Huey deletes a task before it runs it, so its file is never trusted: the ledger remembers what was
handed over, and hands it over again after a restart.
"""

import heapq
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, Pauses, Queue
from fluffy_core.errors import KnownError
from fluffy_core.jobs.burden import Burden
from fluffy_core.jobs.machine import Machine, workers
from fluffy_core.jobs.queues import POLL, Queues
from fluffy_core.jobs.registry import INTERACTIVE, MEDIUM, Registry
from fluffy_core.jobs.run import JobRun, Runner
from fluffy_core.jobs.watchdog import Watchdog
from fluffy_core.store import job_line, job_repairs, pauses
from fluffy_core.store.database import Database
from fluffy_core.store.job_line import Due, Line

log = logging.getLogger(__name__)
WINDOW = 100
"""Jobs of a queue that are with Huey at once; the order beyond them stays the ledger's to decide."""
TICK = 1.0
CALM = 2.0
"""Seconds without anything more urgent after which background work begins: whoever waits for the end of an
import, and leaves then, is not to see a model loaded first."""
REPAIR = 30.0
"""Seconds between two looks for jobs that fell through: lost by Huey, or with an unwritten outcome."""


@dataclass(slots=True)
class Turn:
    """A worker at its batch; `left` is what it has not begun."""

    name: str
    left: list[Due]
    over: bool = False


class Dispatcher:
    """Three queues of worker threads, fed from the ledger. `start` may be called from any thread."""

    def __init__(
        self, store: Database, runner: Runner, registry: Registry, *, path: Path, machine: Machine
    ) -> None:
        self._store = store
        self._runner = runner
        self._registry = registry
        self._queues = Queues(path, self._work, store.keep_few_pages)
        self._burden = Burden(store, machine, clock=runner.clock)
        self._most = workers(machine.cores())
        self._watchdog = Watchdog(store, runner, self._abandon)
        self._pauses = Pauses()
        self._calm_at = float("-inf")
        self._with_queues: dict[JobId, Due] = {}
        self._taken: set[JobId] = set()
        self._running: Counter[str] = Counter()
        self._parked: defaultdict[str, list[tuple[int, int, list[Due]]]] = defaultdict(list)
        self._turns: dict[threading.Thread, Turn] = {}
        self._stock: Counter[Queue] = Counter()
        self._gate = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._pulse: threading.Thread | None = None
        runner.stopping = self._stop.is_set
        runner.held = self._is_held

    def start(self) -> None:
        """Recover what an earlier process left behind, then start working."""
        self._queues.open()
        with self._store.transaction() as tx:
            self._runner.recover(tx)
            job_line.put_back_all(tx)
            job_repairs.bury_broken(tx, now=self._runner.clock())
            job_repairs.redate(tx, now=self._runner.clock())
        self._pauses = pauses.read(self._store)
        self._burden.look()
        self._queues.start(self._most, lambda queue: self._burden.workers[queue])
        self._pulse = threading.Thread(target=self._keep_feeding, name="job-pulse", daemon=True)
        self._pulse.start()

    def wake(self) -> None:
        """Something was enqueued, or a pause began or ended: look at the ledger soon."""
        self._wake.set()

    def _keep_feeding(self) -> None:
        repaired, wall = time.monotonic(), self._runner.clock()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                wall, before = self._runner.clock(), wall
                set_back = wall < before - job_repairs.CLOCK_SLACK
                if set_back or time.monotonic() - repaired >= REPAIR:
                    repaired = time.monotonic()
                    self._repair()
                nap = self._beat()
            except KnownError as error:
                log.warning("jobs wait: %s", error)
                nap = TICK
            self._wake.wait(nap)

    def _beat(self) -> float:
        """One look at everything; how many seconds may pass until the next."""
        if self._queues.is_lost():
            self._rebuild()
        self._pauses = pauses.read(self._store)
        self._burden.look()
        self._watchdog.look()
        return TICK if self._pauses.everything else self._feed()

    def _feed(self) -> float:
        """Hand over what is due and has room; how many seconds may pass until the next look."""
        now, paused = self._runner.clock(), sorted(self._pauses.kinds)
        with self._gate:
            parked = Counter(
                one.queue for found in self._parked.values() for *_, batch in found for one in batch
            )
            full = [name for name, found in self._parked.items() if found]
        with_queues = job_line.handed_over(self._store)
        pressed = self._burden.holds(self._pauses) or job_line.pressing(
            self._store, MEDIUM, now=now, without=paused
        )
        if pressed:
            self._calm_at = time.monotonic() + CALM
        least = 0 if self._is_calm() else MEDIUM  # background work yields
        for queue in Queue:
            self._stock[queue] = with_queues.get(queue, 0) - parked[queue]
            room = WINDOW - self._stock[queue]
            if full or room <= 0:  # who sits before the window waits behind no backlog
                self._hand_over_due(queue, Line(now, WINDOW, INTERACTIVE, paused))
            if room > 0:
                self._hand_over_due(queue, Line(now, room, least, [*paused, *full]))
        soonest = job_line.next_due(self._store, after=now)
        return TICK if soonest is None else min(TICK, max(0.02, soonest - self._runner.clock()))

    def _hand_over_due(self, queue: Queue, line: Line) -> None:
        if job_line.anything_due(self._store, queue, line):
            with self._store.transaction() as tx:
                jobs = job_line.due(tx, queue, line)
            self._stock[queue] += len(jobs)
            self._hand_over(queue, jobs)

    def _hand_over(self, queue: Queue, jobs: list[Due]) -> None:
        given: set[JobId] = set()
        for batch in self._batches(jobs):
            ids = [one.id for one in batch]
            with self._gate:
                self._with_queues |= {one.id: one for one in batch}
            try:
                self._queues.put(queue, ids, priority=batch[0].priority)
            except KnownError:
                self._put_back([one.id for one in jobs if one.id not in given])
                raise
            given.update(ids)

    def _batches(self, jobs: list[Due]) -> Iterator[list[Due]]:
        """Jobs of one kind and urgency together, at most as many as the kind allows; order is kept."""
        for (name, _), found in groupby(jobs, key=lambda one: (one.name, one.priority)):
            group, kind = list(found), self._registry.find(name)
            size = 1 if kind is None else kind.batch
            for start in range(0, len(group), size):
                yield group[start : start + size]

    def _put_back(self, job_ids: Sequence[JobId]) -> None:
        with self._gate:
            for job_id in job_ids:
                self._with_queues.pop(job_id, None)
        with self._store.transaction() as tx:
            job_line.put_back(tx, job_ids)

    def _repair(self) -> None:
        """Find running jobs without a thread, waiting ones that Huey lost, and rows nobody understands."""
        now = self._runner.clock()
        with self._store.transaction() as tx:
            self._runner.recover(tx)
            job_repairs.bury_broken(tx, now=now)
            job_repairs.redate(tx, now=now)
        self._put_back_lost(empty=self._queues.is_empty())

    def _rebuild(self) -> None:
        log.warning("the queue file was lost or damaged; it is made anew from the ledger")
        self._queues.rebuild()
        self._put_back_lost(empty=True)

    def _put_back_lost(self, *, empty: bool) -> None:
        """Let jobs wait in the ledger again that were handed over and are nowhere; Huey may have none."""
        with self._gate:
            if empty:
                here = {one.id for parked in self._parked.values() for *_, batch in parked for one in batch}
                here |= self._taken
                self._with_queues = {one: due for one, due in self._with_queues.items() if one in here}
            keep = set(self._with_queues)
        with self._store.transaction() as tx:
            job_line.put_back_all(tx, keep=keep)

    def _is_held(self, job: Job | Due) -> bool:
        """Whether the user, the battery or a lack of memory lets this job wait."""
        paused = self._pauses
        return (
            paused.everything
            or job.name in paused.kinds
            or (job.priority < MEDIUM and self._burden.holds(paused))
        )

    def _is_calm(self) -> bool:
        """Whether nothing more urgent than background work ran or was due for a while."""
        return time.monotonic() >= self._calm_at

    def _may_begin(self, one: Due) -> bool:
        """What was handed over and not begun goes back in line when it is held, or is no longer its time."""
        return not self._is_held(one) and (one.priority >= MEDIUM or self._is_calm())

    def _work(self, job_ids: Sequence[JobId]) -> None:
        """A message came to a worker: do its jobs, then those of their kind that were parked meanwhile."""
        with self._gate:
            found = [self._with_queues[one] for one in job_ids if one in self._with_queues]
        batch: list[Due] | None = found
        while batch and not self._stop.is_set():
            if not self._may_begin(batch[0]):
                self._put_back([one.id for one in (*batch, *self._unparked(batch[0].name))])
                self._stop.wait(POLL)
                return
            if not self._enter(batch):
                return
            batch = self._turn(batch)

    def _turn(self, batch: list[Due]) -> list[Due] | None:
        """Do a batch; the next parked one of the same kind, for the same thread to go on with."""
        thread = threading.current_thread()
        self._turns[thread] = turn = Turn(batch[0].name, list(batch))
        try:
            while (one := self._next_of(turn, first=batch[0])) is not None:
                self._run_one(one)
        finally:
            del self._turns[thread]
            with self._gate:
                self._taken.difference_update(one.id for one in batch)
            following = self._leave(turn)
            if turn.left and not self._stop.is_set():
                self._put_back([one.id for one in turn.left])
        return following

    def _next_of(self, turn: Turn, *, first: Due) -> Due | None:
        """The next job of a batch; None when it is through, or gives way to a pause or something urgent."""
        with self._gate:
            one = turn.left[0] if turn.left and not turn.over else None
        if one is None or (one is not first and self._gives_way(one)):
            return None
        with self._gate:
            return turn.left.pop(0) if turn.left else None

    def _gives_way(self, one: Due) -> bool:
        return (
            self._stop.is_set()
            or not self._may_begin(one)
            or job_line.more_urgent(self._store, one.queue, one.priority)
        )

    def _run_one(self, one: Due) -> None:
        try:
            self._runner.run(one.id)
        except KnownError as error:
            log.warning("the outcome of job %s (%s) could not be written: %s", one.id, one.name, error)
        finally:
            with self._gate:
                self._with_queues.pop(one.id, None)
        self._stock[one.queue] -= 1
        if self._stock[one.queue] <= WINDOW // 2 and not self._parked.get(one.name):
            self.wake()

    def _enter(self, batch: list[Due]) -> bool:
        """Take one of the places of a kind, or park the batch until one is free."""
        name = batch[0].name
        kind = self._registry.find(name)
        with self._gate:
            if self._running[name] >= (1 if kind is None else kind.parallel):
                heapq.heappush(self._parked[name], (-batch[0].priority, batch[0].id, batch))
                return False
            self._running[name] += 1
            self._taken.update(one.id for one in batch)
            return True

    def _leave(self, turn: Turn) -> list[Due] | None:
        """Free the place of a turn; the most urgent parked batch of its kind, to be done next."""
        with self._gate:
            if turn.over:  # the watchdog freed it already
                return None
            turn.over = True
            self._running[turn.name] -= 1
            parked = self._parked[turn.name]
            following = heapq.heappop(parked)[2] if parked else None
        if not parked:
            self.wake()  # the kind may be handed over again
        return following

    def _unparked(self, name: str) -> list[Due]:
        """Every parked job of a kind, parked no more."""
        with self._gate:
            return [one for *_, batch in self._parked.pop(name, []) for one in batch]

    def _abandon(self, run: JobRun) -> None:
        """A job was taken away from a thread that does not end: another thread goes on in its place."""
        turn = self._turns.get(run.thread)
        if turn is None:
            return
        with self._gate:
            left, turn.left = turn.left, []
            self._taken.difference_update(one.id for one in left)
        self._put_back([one.id for one in (*left, *(self._leave(turn) or []))])
        self._queues.replace(run.thread)

    def stop(self, timeout: float = 5.0) -> bool:
        """Stop within `timeout` seconds; False when a job would not let go."""
        self._stop.set()
        self._wake.set()
        deadline = time.monotonic() + timeout
        self._queues.ask_to_stop()
        threads = self._queues.threads() + ([self._pulse] if self._pulse is not None else [])
        _join(threads, deadline - timeout / 2)
        for run in self._runner.runs():
            run.kill_children()
        _join(threads, deadline)
        self._queues.close()
        return not any(thread.is_alive() for thread in threads)


def _join(threads: Sequence[threading.Thread], deadline: float) -> None:
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
