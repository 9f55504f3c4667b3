"""One declaration for each kind of job: arguments, queue, retries, limits, key and handler."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fluffy_core.domain import job_words
from fluffy_core.domain.jobs import PRIORITIES, Queue
from fluffy_core.errors import BugError, UsageError
from fluffy_core.jobs import arguments
from fluffy_core.jobs.arguments import Arg
from fluffy_core.store.database import Database
from fluffy_core.store.ledger import NewJob

if TYPE_CHECKING:
    from fluffy_core.jobs.run import JobRun

LOW, MEDIUM, HIGH, INTERACTIVE = PRIORITIES

Args = Mapping[str, object]
Handler = Callable[["JobRun"], str]
"""Does the work and returns one sentence for the user. Raises KnownError (permanent) or TransientError."""


@dataclass(frozen=True, slots=True)
class Cron:
    """When the clock asks for a kind: the fields of a cron expression.

    A fixed hour is one on the user's clock; without one ("every 15 minutes") slots count in UTC. `args`
    gives the arguments of every job of one slot (a kind that works on accounts has one for each); none
    when there is nothing to do yet. A job's key must name its slot, so that asking again changes nothing.
    """

    fields: Mapping[str, str]
    """APScheduler's names: {"day_of_week": "mon", "hour": "8"}; smaller fields than given are 0."""
    args: Callable[[Database, datetime], Iterable[Args]]
    priority: int | None = None
    """Of what the clock asks for; None for the kind's own."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """What is declared of one job. `args` maps each argument to its type and limits; times are seconds.

    A kind without a handler is declared but cannot be done by this version yet: nothing schedules it.
    """

    name: str
    queue: Queue
    priority: int
    args: Mapping[str, type | Arg]
    key: Callable[[Args], str]
    handler: Handler | None
    retries: int = 2
    batch: int = 1
    """How many waiting jobs of this kind go to a worker together, which does them one after another."""
    parallel: int = 1
    """How many workers may be at it at once."""
    backoff_base: float = 2.0
    backoff_cap: float = 900.0
    time_limit: float = 300.0
    patient: bool = False
    """Whether tries that could not reach the server do not count, nor those before one that got on."""
    schedule: "Cron | None" = None


def ids_key(ids: Iterable[object], version: str) -> str:
    """A short, stable key for a set of ids and the version of what is done to them."""
    text = ",".join(str(one) for one in ids)
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}/{version}"


class Registry:
    """Every kind by its name."""

    def __init__(self, kinds: Iterable[JobKind]) -> None:
        self._kinds: dict[str, JobKind] = {}
        for kind in kinds:
            if kind.name in self._kinds:
                raise BugError(f"the job {kind.name} is declared twice")
            self._kinds[kind.name] = kind

    def __iter__(self) -> Iterator[JobKind]:
        return iter(self._kinds.values())

    def names(self) -> tuple[str, ...]:
        """The names, sorted."""
        return tuple(sorted(self._kinds))

    def find(self, name: str) -> JobKind | None:
        """The declaration, or None for a name that this version does not know."""
        return self._kinds.get(name)

    def kind(self, name: str) -> JobKind:
        """The declaration; UsageError for a name nobody declared."""
        found = self._kinds.get(name)
        if found is None:
            raise UsageError(f"There is no job called “{name}”. The jobs are: {', '.join(self.names())}.")
        return found

    def new_job(self, name: str, args: Args, *, run_after: float, priority: int | None = None) -> NewJob:
        """A checked job, ready for the ledger.

        Raises UsageError for arguments that do not fit, and for what this version cannot do yet.
        """
        kind = self.kind(name)
        if kind.handler is None:
            raise UsageError(f"{job_words.title(name)} ({name}) is not available yet.")
        found = self.checked(kind, args)
        return NewJob(
            name=name,
            key=kind.key(found),
            args=found,
            queue=kind.queue,
            priority=kind.priority if priority is None else priority,
            run_after=run_after,
        )

    @staticmethod
    def checked(kind: JobKind, args: Args) -> dict[str, object]:
        """The arguments with defaults; UsageError when they do not fit."""
        return arguments.checked(kind.name, kind.args, args)
