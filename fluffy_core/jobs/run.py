"""One try of one job: what a handler is given, and what becomes of its outcome."""

import logging
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from fluffy_core.domain import job_words
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import BugError, FluffyError, KnownError, TransientError, UnreachableError
from fluffy_core.events import Bus, Event, Progress
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.store import job_repairs, ledger
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.ledger import Again, Ending, Note

log = logging.getLogger(__name__)
PROGRESS_INTERVAL = 0.5
"""Seconds between two progress notes in the ledger (the bus hears each one), and between two looks at it."""
PAUSES = 50
"""Pauses in a row that the other side may ask for while the job does not get on."""
SURPRISE = "Something went wrong inside FluffyMail; its log says more."


class JobCancelled(FluffyError):
    """Raised at a checkpoint when the user cancelled the job, or somebody else took it over."""


class JobReleased(FluffyError):
    """Raised at a checkpoint when the program stops or the job is paused: it goes on later, uncounted."""


class TimeLimit(TransientError):
    """The job worked for longer than it may."""


class JobRun:
    """A running job as its handler sees it."""

    def __init__(self, job: Job, kind: JobKind, runner: "Runner", *, lease: str) -> None:
        self.job = job
        self.kind = kind
        self.store = runner.store
        self.lease = lease
        self.thread = threading.current_thread()
        self.started = time.monotonic()
        """Seconds of `time.monotonic`."""
        self.alive_at = runner.clock()
        """When the handler last showed that it lives, in Unix seconds."""
        self.cancelled = False
        """Set by the watchdog once the user wants the job to end; the next checkpoint obeys."""
        self._runner = runner
        self._noted = self._looked = self.started
        self._first: tuple[int, float] | None = None
        self.got_on = False
        """Whether it is further than any try before it was."""
        self._children: list[Callable[[], object]] = []
        self._finished = False

    @property
    def stopping(self) -> bool:
        """True once the program wants to quit."""
        return self._runner.stopping()

    def interrupt_here(self, tx: Transaction) -> None:
        """A checkpoint inside the job's own transaction, which is rolled back when the job must stop."""
        self._stop_if_asked()
        self._stop_if_taken(tx)

    def _stop_if_taken(self, store: Database | Transaction) -> None:
        if not ledger.may_go_on(store, self.job.id, lease=self.lease):
            raise JobCancelled("Cancelled.")

    def _stop_if_asked(self) -> None:
        self.alive_at = self._runner.clock()
        if self.stopping or self._runner.held(self.job):
            raise JobReleased
        if self.cancelled:
            raise JobCancelled("Cancelled.")
        limit = self.kind.time_limit
        if limit and time.monotonic() - self.started > limit:
            raise TimeLimit(f"It took longer than its limit of {limit:.0f} seconds.")

    def checkpoint(self) -> None:
        """A place where the job may stop and from which a later try can go on.

        Raises JobCancelled, JobReleased, or TransientError past the time limit; let them pass.
        """
        self._stop_if_asked()
        if time.monotonic() - self._looked >= PROGRESS_INTERVAL:
            self._looked = time.monotonic()
            self._stop_if_taken(self.store)

    @contextmanager
    def child(self, kill: Callable[[], object]) -> Iterator[None]:
        """While this lasts, `kill` ends the process the job waits for, should it not stop by itself."""
        self._children.append(kill)
        try:
            yield
        finally:
            self._children.remove(kill)

    def kill_children(self) -> None:
        """End the processes that the job waits for; called from another thread."""
        for kill in tuple(self._children):
            kill()

    def progress(self, done: int, total: int, text: str, *, tx: Transaction | None = None) -> None:
        """Say how far the job is; inside `tx` it is noted together with the work itself."""
        self.alive_at = now = self._runner.clock()
        self.got_on = self.got_on or done > self.job.progress_done
        left = self._left(done, total)
        note = Note(done, total, text, None if left is None else now + left)
        if tx is not None:
            ledger.progress(tx, self.job.id, note, now=now)
        elif time.monotonic() - self._noted >= PROGRESS_INTERVAL:
            self._noted = time.monotonic()
            with self.store.transaction() as own:
                ledger.progress(own, self.job.id, note, now=now)
        self._runner.bus.publish(Progress(self.job.id, self.job.name, done, total, text, left))

    def publish(self, event: Event) -> None:
        """Tell the listeners of something that is under way."""
        self.alive_at = self._runner.clock()
        self._runner.bus.publish(event)

    def _left(self, done: int, total: int) -> float | None:
        """Seconds left at the rate of this try, whatever an earlier one had done."""
        at = time.monotonic()
        if self._first is None:
            self._first = (done, at)
        before, since = self._first
        known = done > before and total >= done and at - self.started > 1
        return (at - since) / (done - before) * (total - done) if known else None

    def succeed(self, tx: Transaction, result: str) -> str:
        """Commit the job's success together with its effect; returns `result`."""
        self._finished = ledger.finish(
            tx,
            self.job.id,
            JobState.SUCCEEDED,
            lease=self.lease,
            now=self._runner.clock(),
            ending=Ending(result),
        )
        if not self._finished:
            raise JobCancelled("The job was taken away while it worked.")
        return result

    @property
    def finished(self) -> bool:
        """True once `succeed` was called."""
        return self._finished


class Runner:
    """Claims a job, runs its handler in the calling thread, and writes the outcome down."""

    def __init__(
        self, store: Database, registry: Registry, bus: Bus, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self.bus = bus
        self.clock = clock
        self.stopping: Callable[[], bool] = lambda: False
        self.held: Callable[[Job], bool] = lambda _job: False
        """Whether a job is paused."""
        self._registry = registry
        self._leases: set[str] = set()
        self._runs: dict[str, JobRun] = {}

    def runs(self) -> Sequence[JobRun]:
        """What runs now, whoever's thread it is."""
        return tuple(self._runs.values())

    def recover(self, tx: Transaction) -> int:
        """Put jobs back in line that are called running but run in no thread of this process; how many."""
        return job_repairs.recover(tx, now=self.clock(), alive=tuple(self._leases))

    def run(self, job_id: JobId) -> JobState | None:
        """One try; the state the job is in afterwards, None when it could not be claimed or was taken away.

        Raises StoreError or DiskFullError when the outcome could not be written: `recover` finds the job.
        """
        lease = uuid.uuid4().hex
        self._leases.add(lease)
        try:
            with self.store.transaction() as tx:
                job = ledger.claim(tx, job_id, lease=lease, now=self.clock())
            return None if job is None else self._try(job, lease)
        finally:
            self._leases.discard(lease)
            self._runs.pop(lease, None)

    def _try(self, job: Job, lease: str) -> JobState | None:
        kind = self._registry.find(job.name)
        if kind is None:
            told = f"This version of FluffyMail does not know the job “{job.name}”."
            return self._end(job.id, lease, JobState.DEAD, ending=Ending(told, job_words.UNKNOWN_JOB))
        if kind.handler is None:
            told = "This version of FluffyMail cannot do that yet."
            return self._end(job.id, lease, JobState.DEAD, ending=Ending(told, job_words.NOT_AVAILABLE))
        self._runs[lease] = run = JobRun(job, kind, self, lease=lease)
        try:
            self._registry.checked(kind, job.args)
            result = kind.handler(run)
            if not isinstance(result, str):
                raise BugError(f"the handler of {job.name} gave no sentence back")
        except BaseException as error:  # SystemExit and the like would end the worker's thread
            return self._failed(run, error)
        if run.finished:
            return JobState.SUCCEEDED
        return self._end(job.id, lease, JobState.SUCCEEDED, ending=Ending(result))

    def _failed(self, run: JobRun, error: BaseException) -> JobState | None:
        job, lease = run.job, run.lease
        if isinstance(error, JobReleased) or (isinstance(error, TransientError) and self.stopping()):
            return self._release(run)  # quitting kills what a job waits for
        if isinstance(error, JobCancelled):
            return self._end(job.id, lease, JobState.CANCELLED, ending=Ending(str(error)))
        if isinstance(error, TransientError):
            return self.try_later(run, Ending(str(error), _kind_of(error)), error=error)
        if isinstance(error, KnownError):
            return self._end(job.id, lease, JobState.DEAD, ending=Ending(str(error), _kind_of(error)))
        log.error("job %s (%s) failed with %s%s", job.name, job.id, type(error).__name__, _places(error))
        return self.try_later(run, Ending(SURPRISE, job_words.BUG))

    def _end(self, job_id: JobId, lease: str, state: JobState, *, ending: Ending) -> JobState | None:
        with self.store.transaction() as tx:
            done = ledger.finish(tx, job_id, state, lease=lease, now=self.clock(), ending=ending)
        return state if done else None

    def _release(self, run: JobRun) -> JobState | None:
        with self.store.transaction() as tx:
            done = ledger.release(tx, run.job.id, lease=run.lease, now=self.clock())
        return JobState.QUEUED if done else None

    def try_later(
        self, run: JobRun, ending: Ending, *, error: TransientError | None = None
    ) -> JobState | None:
        """Wait for the next try, or die after the last that counts; None when it was taken away."""
        again = next_try(run, error)
        if again is None:
            return self._end(run.job.id, run.lease, JobState.DEAD, ending=ending)
        with self.store.transaction() as tx:
            done = ledger.retry_later(
                tx, run.job.id, lease=run.lease, now=self.clock(), again=again, ending=ending
            )
        return JobState.WAITING_RETRY if done else None

    def take_away(self, run: JobRun, *, cancelled: bool) -> bool:
        """End a try whose handler does not end, and refuse what it still comes to; False when it just did."""
        if cancelled:
            ending = Ending("Cancelled; it did not stop by itself.")
            state = self._end(run.job.id, run.lease, JobState.CANCELLED, ending=ending)
        else:
            told = f"It took longer than its limit of {run.kind.time_limit:.0f} seconds and did not stop."
            state = self.try_later(run, Ending(told, job_words.TIME_LIMIT))
        self._leases.discard(run.lease)
        self._runs.pop(run.lease, None)
        return state is not None


def next_try(run: JobRun, error: TransientError | None) -> Again | None:
    """When and as which try a job that failed is done again; None when it was its last.

    A pause that the other side asks for is kept to the moment, and is no failure: it counts as a try only
    after PAUSES in a row in which the job did not get on. Nor is a network that is gone, to a patient job.
    """
    job, kind = run.job, run.kind
    fresh = kind.patient and run.got_on
    tries, pauses = (0, 0) if fresh else (job.attempt, job.pauses + 1)
    asked = None if error is None else error.wait
    waits = kind.patient and isinstance(error, UnreachableError)
    free = waits or (asked is not None and pauses <= PAUSES)
    if free and not fresh:
        tries -= 1
    elif not free:
        pauses = 0
    if not free and tries > kind.retries:
        return None
    delay = backoff(kind, pauses + 1 if waits else max(tries, 1)) if asked is None else asked
    return Again(delay, tries, pauses)


def _kind_of(error: KnownError) -> str:
    """The nearest name of an error's kind for which there is a cure in words."""
    names = (base.__name__ for base in type(error).__mro__)
    return next((name for name in names if name in job_words.CURES), job_words.BUG)


def _places(error: BaseException) -> str:
    """Where an error came from, without what it says: its words may be a line of somebody's mail."""
    return "\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()


def backoff(kind: JobKind, attempt: int, *, fraction: float | None = None) -> float:
    """Seconds to wait after the n-th failed try: base * 2^n with full jitter, capped.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(kind.backoff_cap, kind.backoff_base * 2.0 ** min(attempt - 1, 60))
    return ceiling * (random.random() if fraction is None else fraction)
