"""Pausing work, all of it or one kind; cancelling, retrying and discarding jobs."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from fluffy_core import JobId, activity, number_of


class OnJob(Protocol):
    """What is done to single jobs."""

    def __call__(self, context: Context, receiver: QObject, *ids: JobId) -> None:
        """Do it to these."""


OnKind = Callable[[Context, QObject, str], None]
"""What is done to every failed job of a kind."""


def set_paused(
    context: Context,
    receiver: QObject,
    paused: bool,
    *,
    kind: str = "",
    then: Callable[[], object] | None = None,
) -> None:
    """Pause or go on with all background work or with one kind, then call `then`."""
    change = context.core.jobs.pause if paused else context.core.jobs.resume
    op = ChangeOp(context.background, receiver, lambda: change(kind))
    what = activity.title(kind) if kind else "Background work"

    def done(_none: object) -> None:
        context.notices.done.emit(f"{what}: {'paused' if paused else 'goes on'}", False)
        if then is not None:
            then()

    op.success(done).run()


def cancel(context: Context, receiver: QObject, *ids: JobId) -> None:
    """Stop jobs; what they already did stays."""
    words = "Cancelled; what was done stays"
    _change(context, receiver, lambda: _each(context.core.jobs.cancel, ids), done=words, undo=False)


def retry(context: Context, receiver: QObject, *ids: JobId) -> None:
    """Try failed jobs again now."""
    _change(context, receiver, lambda: _each(context.core.jobs.retry, ids), done="Trying again", undo=False)


def discard(context: Context, receiver: QObject, *ids: JobId) -> None:
    """Take failed jobs off the list; `z` puts them back."""
    _change(context, receiver, lambda: context.core.jobs.discard(*ids), done="Discarded", undo=True)


def retry_all(context: Context, receiver: QObject, kind: str) -> None:
    """Try every failed job of a kind again now."""
    _change(context, receiver, lambda: context.core.jobs.retry_dead(kind), done="Trying again", undo=False)


def discard_all(context: Context, receiver: QObject, kind: str) -> None:
    """Take every failed job of a kind off the list; `z` puts them back."""
    _change(context, receiver, lambda: context.core.jobs.discard_dead(kind), done="Discarded", undo=True)


def _each(act: Callable[[JobId], None], ids: tuple[JobId, ...]) -> int:
    for one in ids:
        act(one)
    return len(ids)


def _change(context: Context, receiver: QObject, work: Callable[[], int], *, done: str, undo: bool) -> None:
    op = ChangeOp(context.background, receiver, work)
    op.success(
        lambda n: context.notices.done.emit(f"{done}: {number_of(n, 'job')}" if n > 1 else done, undo)
    ).run()
