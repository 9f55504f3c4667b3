"""Every kind of job that this version can do."""

from fluffy_core.config import Paths
from fluffy_core.jobs.registry import JobKind
from fluffy_core.jobs.tasks import sync


def kinds(paths: Paths) -> tuple[JobKind, ...]:
    """All declarations, with what their handlers need."""
    return (*sync.kinds(paths.scratch),)
