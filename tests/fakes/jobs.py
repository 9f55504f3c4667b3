"""Kinds of jobs that do what a test wants, and a clock that a test sets."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from fluffy_core.config import Paths
from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Job, Queue
from fluffy_core.errors import BlockedError
from fluffy_core.jobs.registry import Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.services.sync.calendars import PimConnectors
from fluffy_core.store import job_figures
from fluffy_core.store.database import Database
from fluffy_core.store.job_figures import Wanted

NOW = 1_741_600_000.0


@dataclass(slots=True)
class Clock:
    """Tells the time it was given."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class FakeMachine:
    """A computer of two cores that a test unplugs or fills."""

    core_count: int = 2
    unplugged: bool = False
    held: int = 100 << 20

    def cores(self) -> int:
        return self.core_count

    def on_battery(self) -> bool:
        return self.unplugged

    def memory(self) -> int:
        return self.held


class Crowd:
    """Counts how many run at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.inside, self.most = seconds, 0, 0
        self.lock = threading.Lock()

    def __call__(self, _run: JobRun) -> str:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(self.seconds)
        with self.lock:
            self.inside -= 1
        return "Done"


def done(_run: JobRun) -> str:
    """A handler that succeeds at once."""
    return "Done"


def kind(name: str = "small", handler: Handler = done, **changes: object) -> JobKind:
    """A kind whose one argument `n` is its key."""
    plain = JobKind(name, Queue.FAST, 20, {"n": int}, key=lambda args: str(args["n"]), handler=handler)
    return replace(plain, **changes)  # type: ignore[arg-type]


def nowhere(_account_id: AccountId) -> MailAccount:
    """Connects to no account."""
    raise BlockedError("No server here.")


def _no_pim(_account_id: AccountId) -> NoReturn:
    raise BlockedError("No server here.")


NO_PIM = PimConnectors(_no_pim, _no_pim)
"""Connects to nobody's calendars and address books."""


def paths(home: Path) -> Paths:
    """The files of a home."""
    return Paths(home=home, models=home / "models", resources=home)


def all_jobs(store: Database) -> list[Job]:
    """Every job, oldest first."""
    return sorted(job_figures.listed(store, Wanted(), 1_000_000), key=lambda job: job.id)


def wait(until: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until something is so; fails when it does not become so."""
    limit = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)
