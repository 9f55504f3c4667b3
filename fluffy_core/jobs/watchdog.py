"""Watches running jobs: signs of life, time limits and cancellations that really end a job."""

import logging
import time
from collections.abc import Callable

from fluffy_core.jobs.run import JobRun, Runner
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
GRACE = 5.0
"""Seconds that a job has to stop by itself; then its child processes are killed, and as long again after
that the job is taken away from it."""
BEAT = 5.0
"""Seconds between two notes in the ledger of which jobs live."""
ASLEEP = 15.0
"""Seconds without a look after which the whole process must have slept, its jobs with it."""


class Watchdog:
    """Looks at the running jobs whenever the dispatcher does.

    `on_abandoned` is told of a try whose job was taken away while its handler still runs.
    """

    def __init__(self, store: Database, runner: Runner, on_abandoned: Callable[[JobRun], None]) -> None:
        self._store = store
        self._runner = runner
        self._on_abandoned = on_abandoned
        self._beaten = 0.0
        self._looked = time.monotonic()
        self._noted: dict[str, float] = {}
        self._cancels: dict[str, float] = {}
        self._killed: set[str] = set()

    def look(self) -> None:
        """One look at everything that runs. Raises StoreError or DiskFullError."""
        now = time.monotonic()
        since, self._looked = now - self._looked, now
        runs = {run.lease: run for run in self._runner.runs()}
        if not runs:
            return
        if since > ASLEEP:
            self._allow(since, runs)
        asked = ledger.cancelled(self._store)
        self._cancels = {lease: self._cancels.get(lease, now) for lease in asked & runs.keys()}
        self._killed &= runs.keys()
        for lease, run in runs.items():
            run.cancelled = lease in self._cancels
            limit = run.kind.time_limit
            ends = [self._cancels[lease]] if lease in self._cancels else []
            ends += [run.started + limit] if limit else []
            if ends and now > min(ends) + GRACE:
                self._end(run, late=now > min(ends) + 2 * GRACE)
        if now - self._beaten >= BEAT:
            self._beaten = now
            self._beat(runs)

    def _allow(self, seconds: float, runs: dict[str, JobRun]) -> None:
        """What the process slept is no job's fault."""
        for run in runs.values():
            run.started += seconds
        self._cancels = {lease: at + seconds for lease, at in self._cancels.items()}

    def _end(self, run: JobRun, *, late: bool) -> None:
        if run.lease not in self._killed:
            self._killed.add(run.lease)
            run.kill_children()
        if late and self._runner.take_away(run, cancelled=run.cancelled):
            log.warning(
                "job %s (%s) does not stop; it was taken away from its worker", run.job.name, run.job.id
            )
            self._on_abandoned(run)

    def _beat(self, runs: dict[str, JobRun]) -> None:
        seen = {lease: run.alive_at for lease, run in runs.items()}
        news = {
            lease: at for lease, at in seen.items() if self._noted.get(lease, run_start(runs[lease])) != at
        }
        self._noted = seen
        if news:
            with self._store.transaction() as tx:
                ledger.heartbeats(tx, news)


def run_start(run: JobRun) -> float:
    """When the ledger noted the first sign of life of a try."""
    return run.job.heartbeat_at or 0.0
