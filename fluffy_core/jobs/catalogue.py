"""Every kind of job, those that this version cannot do yet included."""

from fluffy_core.ai.base import Models
from fluffy_core.config import Paths
from fluffy_core.jobs.registry import JobKind
from fluffy_core.jobs.tasks import calendars, intelligence, later, maintenance, people, sync, writing
from fluffy_core.jobs.timetable import scheduled
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.sync.calendars import PimConnectors


def kinds(
    paths: Paths,
    models: Models,
    *,
    connect: Connect,
    pim: PimConnectors,
) -> tuple[JobKind, ...]:
    """All declarations with what their handlers need; `connect` and `pim` make connectors of accounts."""
    return scheduled(
        (
            *sync.kinds(paths.scratch, connect),
            *calendars.kinds(pim),
            *people.kinds(),
            *intelligence.kinds(models),
            *writing.kinds(models),
            *maintenance.kinds(paths, connect, pim),
            *later.kinds(),
        )
    )
