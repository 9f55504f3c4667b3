"""Putting conversations away, marking them, and taking the last change back."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from fluffy_core import ThreadId, number_of, triage


def set_done(
    context: Context, receiver: QObject, thread_ids: Sequence[ThreadId], *, done: bool = True
) -> None:
    """Put conversations away or bring them back."""
    words = f"{number_of(len(thread_ids), 'conversation')} {'put away' if done else 'brought back'}"
    op = ChangeOp(context.background, receiver, lambda: triage.set_done(context.core.store, thread_ids, done))
    op.success(lambda _token: context.notices.done.emit(words, True)).run()


def set_seen(context: Context, receiver: QObject, thread_ids: Sequence[ThreadId], *, seen: bool) -> None:
    """Mark conversations as read or unread."""
    words = f"{number_of(len(thread_ids), 'conversation')} marked {'read' if seen else 'unread'}"
    op = ChangeOp(context.background, receiver, lambda: triage.set_seen(context.core.store, thread_ids, seen))
    op.success(lambda _token: context.notices.done.emit(words, True)).run()


def undo(context: Context, receiver: QObject) -> None:
    """Take the last change back and say which it was."""

    def tell(label: str | None) -> None:
        context.notices.done.emit(f"Taken back: {label}" if label else "There is nothing to take back", False)

    ChangeOp(context.background, receiver, lambda: triage.undo(context.core.store)).success(tell).run()
