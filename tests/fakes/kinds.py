"""Every kind that triggers and schedules speak of, each able to run, with whatever arguments it is given."""

import json
from collections.abc import Mapping
from typing import Any

from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.jobs.timetable import SCHEDULES, scheduled
from fluffy_core.jobs.triggers import TABLE
from tests.fakes.jobs import done


class Tolerant(Registry):
    """A registry that takes any arguments; the whole of them is the key."""

    def new_job(self, name: str, args: Mapping[str, object], **more: Any) -> Any:
        self.kind(name)
        loose = Registry([kind(name, {one: type(value) for one, value in args.items()})])
        return loose.new_job(name, args, **more)


def kind(name: str, args: Mapping[str, type] | None = None) -> JobKind:
    """One that can run."""
    return JobKind(
        name, Queue.NORMAL, 10, args or {}, lambda given: json.dumps(dict(given), sort_keys=True), done
    )


def everything() -> Registry:
    """All kinds of the table of triggers and of the timetable, available."""
    names = sorted({*SCHEDULES, *(name for _, name, _ in TABLE)})
    return Tolerant(scheduled([kind(name) for name in names]))
