"""One try of one job: what a handler is given, and what becomes of its outcome."""

import logging
import random
import time
from collections.abc import Callable

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import FluffyError, KnownError, TransientError
from fluffy_core.events import Bus, Changed, Progress
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.store import ledger
from fluffy_core.store.database import Database, Transaction

log = logging.getLogger(__name__)
PROGRESS_INTERVAL = 0.5
"""Seconds between two progress notes in the ledger; the bus hears each one."""


class JobCancelled(FluffyError):  # noqa: N818 - an outcome, not a failure
    """Raised at a checkpoint when the user cancelled the job or the program stops."""


class JobRun:
    """A running job as its handler sees it."""

    def __init__(self, job: Job, kind: JobKind, runner: "Runner") -> None:
        self.job = job
        self.store = runner.store
        self._kind = kind
        self._runner = runner
        self._started = time.monotonic()
        self._noted = self._started
        self._finished = False

    @property
    def stopping(self) -> bool:
        """True once the program wants to quit."""
        return self._runner.stopping()

    def interrupt_here(self, tx: Transaction) -> None:
        """A checkpoint inside the job's own transaction, which is rolled back when the job must stop."""
        self._stop_if_asked()
        until = self._runner.clock() + self._runner.lease(self._kind)
        if not ledger.renew(tx, self.job.id, owner=self._runner.owner, until=until):
            raise JobCancelled("Cancelled.")

    def _stop_if_asked(self) -> None:
        if self.stopping:
            raise JobCancelled("The program is closing; the job goes on at the next start.")
        if self._kind.time_limit and time.monotonic() - self._started > self._kind.time_limit:
            raise TransientError(f"It took longer than its limit of {self._kind.time_limit:.0f} seconds.")

    def checkpoint(self) -> None:
        """A place where the job may stop: raises JobCancelled, or TransientError past the time limit."""
        self._stop_if_asked()
        if time.monotonic() - self._noted >= PROGRESS_INTERVAL:
            self._noted = time.monotonic()
            with self.store.transaction() as tx:
                self.interrupt_here(tx)

    def progress(self, done: int, total: int, text: str, *, tx: Transaction | None = None) -> None:
        """Say how far the job is; inside `tx` it is noted together with the work itself."""
        if tx is not None:
            ledger.progress(tx, self.job.id, done=done, total=total, text=text)
        elif time.monotonic() - self._noted >= PROGRESS_INTERVAL:
            with self.store.transaction() as own:
                ledger.progress(own, self.job.id, done=done, total=total, text=text)
        spent = time.monotonic() - self._started
        left = spent / done * (total - done) if done > 0 and total >= done and spent > 1 else None
        self._runner.bus.publish(Progress(self.job.id, self.job.name, done, total, text, left))

    def succeed(self, tx: Transaction, result: str) -> str:
        """Commit the job's success together with its effect; returns `result`."""
        self._finished = ledger.finish(
            tx, self.job.id, JobState.SUCCEEDED, now=self._runner.clock(), result=result
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
        self, store: Database, registry: Registry, bus: Bus, *, owner: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self.bus = bus
        self.owner = owner
        self.clock = clock
        self.stopping: Callable[[], bool] = lambda: False
        self._registry = registry

    def lease(self, kind: JobKind) -> float:
        """Seconds a claim holds; longer than the time limit, so that a living job never loses it."""
        return max(kind.time_limit * 1.5, 60.0)

    def claim(self, job_id: JobId, kind: JobKind) -> Job | None:
        """Take the job, or None when there is nothing to do any more."""
        with self.store.transaction() as tx:
            return ledger.claim(tx, job_id, owner=self.owner, now=self.clock(), lease=self.lease(kind))

    def run(self, job_id: JobId) -> JobState | None:
        """One try; the state the job is in afterwards, None when it could not be claimed."""
        found = ledger.get(self.store, job_id)
        if found is None:
            return None
        kind = self._registry.kind(found.name)
        job = self.claim(job_id, kind)
        if job is None:
            return None
        run = JobRun(job, kind, self)
        try:
            result = kind.handler(run)
        except JobCancelled as error:
            return self._stopped(job, str(error))
        except TransientError as error:
            return self._retry(job, kind, str(error), error.retry_after)
        except KnownError as error:
            return self._end(job, JobState.DEAD, error=str(error))
        except Exception as error:
            log.exception("job %s (%s) failed", job.name, job.id)
            return self._retry(job, kind, f"Something unexpected went wrong ({type(error).__name__}).", None)
        if run.finished:
            return JobState.SUCCEEDED
        return self._end(job, JobState.SUCCEEDED, result=result if isinstance(result, str) else "")

    def _end(self, job: Job, state: JobState, *, result: str = "", error: str = "") -> JobState:
        with self.store.transaction() as tx:
            ledger.finish(tx, job.id, state, now=self.clock(), result=result, error=error)
        return state

    def _retry(self, job: Job, kind: JobKind, error: str, retry_after: float | None) -> JobState:
        if job.attempt > kind.retries:
            return self._end(job, JobState.DEAD, error=error)
        delay = backoff(kind, job.attempt) if retry_after is None else retry_after
        with self.store.transaction() as tx:
            ledger.retry_later(tx, job.id, run_after=self.clock() + delay, error=error)
        return JobState.WAITING_RETRY

    def _stopped(self, job: Job, why: str) -> JobState:
        if not self.stopping():
            return self._end(job, JobState.CANCELLED, error=why)
        with self.store.transaction() as tx:
            ledger.release(tx, job.id, now=self.clock())
            tx.changed(Changed.JOBS)
        return JobState.QUEUED


def backoff(kind: JobKind, attempt: int, *, fraction: float | None = None) -> float:
    """Seconds to wait after the n-th failed try: base * 2^n with full jitter, capped.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(kind.backoff_cap, kind.backoff_base * 2.0 ** (attempt - 1))
    return ceiling * (random.random() if fraction is None else fraction)  # noqa: S311 - jitter
