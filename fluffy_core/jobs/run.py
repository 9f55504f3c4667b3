"""One try of one job: what a handler is given, and what becomes of its outcome."""

import logging
import random
import time
import uuid
from collections.abc import Callable

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import FluffyError, KnownError, TransientError
from fluffy_core.events import Bus, Progress
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.store import ledger
from fluffy_core.store.database import Database, Transaction

log = logging.getLogger(__name__)
PROGRESS_INTERVAL = 0.5
"""Seconds between two progress notes in the ledger (the bus hears each one), and between two looks at it."""


class JobCancelled(FluffyError):
    """Raised at a checkpoint when the user cancelled the job or the program stops."""


class JobRun:
    """A running job as its handler sees it."""

    def __init__(self, job: Job, kind: JobKind, runner: "Runner", *, lease: str) -> None:
        self.job = job
        self.store = runner.store
        self.lease = lease
        self._kind = kind
        self._runner = runner
        self._started = time.monotonic()
        self._noted = self._looked = self._started
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
        if self.stopping:
            raise JobCancelled("The program is closing; the job goes on at the next start.")
        if self._kind.time_limit and time.monotonic() - self._started > self._kind.time_limit:
            raise TransientError(f"It took longer than its limit of {self._kind.time_limit:.0f} seconds.")

    def checkpoint(self) -> None:
        """A place where the job may stop: raises JobCancelled, or TransientError past the time limit."""
        self._stop_if_asked()
        if time.monotonic() - self._looked >= PROGRESS_INTERVAL:
            self._looked = time.monotonic()
            self._stop_if_taken(self.store)

    def progress(self, done: int, total: int, text: str, *, tx: Transaction | None = None) -> None:
        """Say how far the job is; inside `tx` it is noted together with the work itself."""
        if tx is not None:
            ledger.progress(tx, self.job.id, done=done, total=total, text=text)
        elif time.monotonic() - self._noted >= PROGRESS_INTERVAL:
            self._noted = time.monotonic()
            with self.store.transaction() as own:
                ledger.progress(own, self.job.id, done=done, total=total, text=text)
        spent = time.monotonic() - self._started
        left = spent / done * (total - done) if done > 0 and total >= done and spent > 1 else None
        self._runner.bus.publish(Progress(self.job.id, self.job.name, done, total, text, left))

    def succeed(self, tx: Transaction, result: str) -> str:
        """Commit the job's success together with its effect; returns `result`."""
        self._finished = ledger.finish(
            tx, self.job.id, JobState.SUCCEEDED, lease=self.lease, now=self._runner.clock(), told=result
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
        self._registry = registry
        self._leases: set[str] = set()

    def recover(self, tx: Transaction) -> int:
        """Put jobs back in line that are called running but run in no thread of this process; how many."""
        return ledger.recover(tx, now=self.clock(), alive=tuple(self._leases))

    def run(self, job_id: JobId) -> JobState | None:
        """One try; the state the job is in afterwards, None when it could not be claimed.

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

    def _try(self, job: Job, lease: str) -> JobState | None:
        kind = self._registry.find(job.name)
        if kind is None:
            told = f"This version of FluffyMail does not know the job “{job.name}”."
            return self._end(job, JobState.DEAD, lease=lease, told=told)
        if kind.handler is None:
            told = "This version of FluffyMail cannot do that yet."
            return self._end(job, JobState.DEAD, lease=lease, told=told)
        run = JobRun(job, kind, self, lease=lease)
        try:
            result = kind.handler(run)
        except JobCancelled as error:
            return self._stopped(run, str(error))
        except TransientError as error:
            return self._retry(run, kind, str(error), delay=error.retry_after)
        except KnownError as error:
            return self._end(job, JobState.DEAD, lease=lease, told=str(error))
        except Exception:
            log.exception("job %s (%s) failed", job.name, job.id)
            return self._retry(run, kind, "Something went wrong inside FluffyMail; its log says more.")
        return (
            JobState.SUCCEEDED
            if run.finished
            else self._end(job, JobState.SUCCEEDED, lease=lease, told=result)
        )

    def _end(self, job: Job, state: JobState, *, lease: str, told: str) -> JobState | None:
        with self.store.transaction() as tx:
            return (
                state if ledger.finish(tx, job.id, state, lease=lease, now=self.clock(), told=told) else None
            )

    def _retry(
        self, run: JobRun, kind: JobKind, error: str, *, delay: float | None = None
    ) -> JobState | None:
        job = run.job
        if job.attempt > kind.retries:
            return self._end(job, JobState.DEAD, lease=run.lease, told=error)
        wait = backoff(kind, job.attempt) if delay is None else max(delay, 0.0)
        with self.store.transaction() as tx:
            done = ledger.retry_later(tx, job.id, lease=run.lease, now=self.clock(), delay=wait, error=error)
        return JobState.WAITING_RETRY if done else None

    def _stopped(self, run: JobRun, why: str) -> JobState | None:
        if not self.stopping():
            return self._end(run.job, JobState.CANCELLED, lease=run.lease, told=why)
        with self.store.transaction() as tx:
            return (
                JobState.QUEUED if ledger.release(tx, run.job.id, lease=run.lease, now=self.clock()) else None
            )


def backoff(kind: JobKind, attempt: int, *, fraction: float | None = None) -> float:
    """Seconds to wait after the n-th failed try: base * 2^n with full jitter, capped.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(kind.backoff_cap, kind.backoff_base * 2.0 ** min(attempt - 1, 60))
    return ceiling * (random.random() if fraction is None else fraction)
