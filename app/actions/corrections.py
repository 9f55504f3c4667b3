"""Saying "wrong" to what the machine concluded; each can be taken back."""

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from app.widgets.text import shorten
from fluffy_core import Conclusion, ContactField, ContactId, Decision, ThreadId, corrections

DONE = {
    Conclusion.NEEDS_REPLY: "It needs no reply",
    Conclusion.WAITING: "You are not waiting for an answer",
    Conclusion.IMPORTANT: "It is not important",
    Conclusion.FYI: "It is important",
    Conclusion.BULK: "It is important, and no bulk mail",
}


def reject(context: Context, receiver: QObject, thread_id: ThreadId, *, wrong: Decision) -> None:
    """The opposite of a conclusion holds for this conversation."""
    store = context.core.store
    op = ChangeOp(context.background, receiver, lambda: corrections.reject(store, thread_id, wrong))
    op.success(lambda _token: context.notices.done.emit(f"Noted: {DONE[wrong.conclusion]}", True)).run()


def reject_field(context: Context, receiver: QObject, contact_id: ContactId, *, wrong: ContactField) -> None:
    """A value of a person goes and does not come back."""
    store, words = context.core.store, shorten(wrong.value, 60)
    op = ChangeOp(context.background, receiver, lambda: corrections.reject_field(store, contact_id, wrong))
    op.success(lambda _token: context.notices.done.emit(f"Removed for good: {words}", True)).run()
