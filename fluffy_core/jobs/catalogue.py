"""Every kind of job, those that this version cannot do yet included."""

from collections.abc import Callable

from fluffy_core.config import Paths
from fluffy_core.jobs.registry import JobKind
from fluffy_core.jobs.tasks import calendars, intelligence, later, maintenance, people, sync
from fluffy_core.jobs.timetable import scheduled
from fluffy_core.services.accounts import Connect
from fluffy_core.services.calendars import PimConnectors
from fluffy_core.services.searching import Embeds


def kinds(
    paths: Paths,
    embed: Embeds,
    *,
    connect: Connect,
    pim: PimConnectors,
    interrupt: Callable[[], object] = lambda: None,
) -> tuple[JobKind, ...]:
    """All declarations, with what their handlers need; `connect` and `pim` make the connectors of accounts.

    `interrupt` ends the process that embeds.
    """
    return scheduled(
        (
            *sync.kinds(paths.scratch, connect),
            *calendars.kinds(pim),
            *people.kinds(),
            *intelligence.kinds(embed, interrupt),
            *maintenance.kinds(paths, connect, pim),
            *later.kinds(),
        )
    )
