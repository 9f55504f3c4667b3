"""Every kind of job, those that this version cannot do yet included."""

from fluffy_core.config import Paths
from fluffy_core.jobs.registry import JobKind
from fluffy_core.jobs.tasks import intelligence, later, maintenance, people, sync
from fluffy_core.jobs.timetable import scheduled
from fluffy_core.services.searching import Embeds


def kinds(paths: Paths, embed: Embeds) -> tuple[JobKind, ...]:
    """All declarations, with what their handlers need."""
    return scheduled(
        (
            *sync.kinds(paths.scratch),
            *people.kinds(),
            *intelligence.kinds(embed),
            *maintenance.kinds(paths),
            *later.kinds(),
        )
    )
