"""Jobs as values: what is asked for, what state it is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import JobId

FIRST_SYNC, LATER_SYNC, CALENDAR_SYNC = (
    "sync-emails-initial",
    "sync-emails-incremental",
    "sync-calendar-events",
)
"""The kinds of jobs that fetch what an account holds."""
PRIORITIES = LOW, MEDIUM, HIGH, INTERACTIVE = 10, 20, 30, 40
"""Background work (low) yields to all else."""


class Queue(StrEnum):
    """The three queue classes: under a minute, 1-5 minutes, longer."""

    FAST = "fast"
    NORMAL = "normal"
    SLOW = "slow"


class JobState(StrEnum):
    """A job's life; `dead` is the dead letter queue."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING_RETRY = "waiting-retry"
    SUCCEEDED = "succeeded"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the ledger. Times are Unix seconds; `progress_total` 0 means unknown."""

    id: JobId
    name: str
    key: str
    args: Mapping[str, object]
    queue: Queue
    priority: int
    state: JobState
    attempt: int
    run_after: float
    created_at: float
    started_at: float | None
    finished_at: float | None
    progress_done: int
    progress_total: int
    progress_text: str
    error: str
    result: str
    """One sentence a user reads: "Read 394 messages, 1 kept unread"."""
    failure: str = ""
    """What kind of error the last try ended with, "" without one: a name that `job_words` has a cure for."""
    heartbeat_at: float | None = None
    """When a running job was last seen alive."""
    eta_at: float | None = None
    """When a running job will be done, if that can be guessed."""
    pauses: int = 0
    """How often in a row, without getting on, it was put off without counting a try."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up: what happened, what that means for the user, and what helps."""

    job: Job
    cause: str
    consequence: str
    cure: str


@dataclass(frozen=True, slots=True)
class DoneRun:
    """Finished jobs of one kind in a row, within a day: the newest, how many, and when that one ended."""

    job_id: JobId
    times: int
    finished_at: float
    day: str
    """In this computer's zone, as "2025-03-10"."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that failed and that the user is told about once; `about` names it: "job extract-contacts".

    It is told a second time, as `serious`, when the same failed three times within a day.
    """

    id: int
    about: str
    text: str
    cure: str
    times: int
    serious: bool
    created_at: float
    last_at: float
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Pauses:
    """What the user lets wait, and what waits by itself."""

    everything: bool = False
    kinds: frozenset[str] = frozenset()
    on_battery: bool = True
    """Whether background work waits while the computer runs on battery."""
    held: str = ""
    """Why background work waits by itself just now: "battery", "memory", or "" when it does not."""


@dataclass(frozen=True, slots=True)
class JobFigures:
    """The ledger in numbers."""

    waiting: int
    """Queue depth: jobs that could run now."""
    later: int
    """Jobs whose time has not come: retries and delayed ones."""
    running: int
    dead: int
    oldest_seconds: float
    """How long the oldest of those that could run now waits; 0 when none does."""
    done_last_hour: int


@dataclass(frozen=True, slots=True)
class Health:
    """The one line about all work. `level` is "quiet", "working", "waiting" or "failing"."""

    text: str
    level: str


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What is declared of one kind of job, in words a table shows."""

    name: str
    title: str
    queue: Queue
    priority: str
    retries: int
    batch: int
    parallel: int
    time_limit: float
    schedule: str
    """"daily 09:00", "every 15 min", or "" when the clock never asks for it."""
    arguments: str
    available: bool
    """False while this version cannot do it: nothing asks for it, and asking by hand is refused."""
