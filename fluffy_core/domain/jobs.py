"""Jobs as values: what is asked for, what state it is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import JobId


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
