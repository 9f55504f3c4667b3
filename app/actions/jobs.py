"""Pausing all work; cancelling, retrying and discarding single jobs."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from fluffy_core import JobId


def set_paused(context: Context, receiver: QObject, paused: bool, *, then: Callable[[], None]) -> None:
    """Pause or go on with all background work, then call `then`."""
    jobs = context.core.jobs
    op = ChangeOp(context.background, receiver, jobs.pause if paused else jobs.resume)
    words = "Background work is paused" if paused else "Background work goes on"

    def done(_none: object) -> None:
        context.notices.done.emit(words, False)
        then()

    op.success(done).run()


def cancel(context: Context, receiver: QObject, job_id: JobId) -> None:
    """Stop a job; what it already did stays."""
    op = ChangeOp(context.background, receiver, lambda: context.core.jobs.cancel(job_id))
    op.success(lambda _none: context.notices.done.emit("Cancelled; what was done stays", False)).run()


def retry(context: Context, receiver: QObject, job_id: JobId) -> None:
    """Try a failed job again now."""
    op = ChangeOp(context.background, receiver, lambda: context.core.jobs.retry(job_id))
    op.success(lambda _none: context.notices.done.emit("Trying again", False)).run()


def discard(context: Context, receiver: QObject, job_id: JobId) -> None:
    """Give a failed job up."""
    op = ChangeOp(context.background, receiver, lambda: context.core.jobs.discard(job_id))
    op.success(lambda _none: context.notices.done.emit("Given up; it is off the list", False)).run()
