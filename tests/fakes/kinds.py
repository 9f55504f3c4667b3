"""Every kind that triggers and schedules speak of, each able to run, with whatever arguments it is given."""

import json

from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.registry import Args, JobKind, Registry
from fluffy_core.jobs.timetable import SCHEDULES, scheduled
from fluffy_core.jobs.triggers import TABLE
from fluffy_core.store.ledger import NewJob
from tests.fakes.jobs import done


class Tolerant(Registry):
    """A registry that takes any arguments; the whole of them is the key."""

    def new_job(self, name: str, args: Args, *, run_after: float, priority: int | None = None) -> NewJob:
        """A job of these arguments, unchecked."""
        found = self.kind(name)
        urgency = found.priority if priority is None else priority
        return NewJob(name, found.key(args), dict(args), found.queue, urgency, run_after)


def kind(name: str) -> JobKind:
    """One that can run."""
    return JobKind(name, Queue.NORMAL, 10, {}, lambda args: json.dumps(dict(args), sort_keys=True), done)


def everything() -> Registry:
    """All kinds of the table of triggers and of the timetable, available."""
    names = sorted({*SCHEDULES, *(name for _, name, _ in TABLE)})
    return Tolerant(scheduled([kind(name) for name in names]))
