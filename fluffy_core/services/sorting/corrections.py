"""The user says "wrong": a conclusion or a field goes, stays away, and can be brought back."""

from fluffy_core.domain.ids import ContactId, ThreadId
from fluffy_core.domain.intelligence import Conclusion, Decision, Importance
from fluffy_core.domain.learning import IMPORTANCE, NO, REPLY
from fluffy_core.domain.rows import ContactField
from fluffy_core.services.sorting import learning
from fluffy_core.store import corrections as stored
from fluffy_core.store import insight, threads, undo
from fluffy_core.store.corrections import decision
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

__all__ = ["decision", "reject", "reject_field", "undo_field", "undo_follow_ups"]

_OTHER = {
    Conclusion.NEEDS_REPLY: (REPLY, NO, "Needs no reply"),
    Conclusion.IMPORTANT: (IMPORTANCE, Importance.FYI, "Not important"),
    Conclusion.FYI: (IMPORTANCE, Importance.IMPORTANT, "Important"),
    Conclusion.BULK: (IMPORTANCE, Importance.IMPORTANT, "Important"),
}


def reject(store: Database, thread_id: ThreadId, wrong: Decision) -> UndoToken:
    """Take the opposite of a conclusion about a thread for true, whatever is worked out later, and learn.

    That no reply is needed counts for the mail that is there; a later message may ask anew.
    """
    with store.transaction() as tx:
        if wrong.conclusion is Conclusion.WAITING:
            dismissed = stored.dismiss_follow_ups(tx, thread_id)
            insight.refresh_sections(tx, [thread_id])
            inverse = {"messages": dismissed, "thread": thread_id}
            return undo.note(tx, "Not waiting for an answer", "follow-ups", inverse=inverse)
        question, answer, label = _OTHER[wrong.conclusion]
        scope = learning.usual_scope(tx, thread_id, (question, answer))
        return learning.keep(tx, learning.said(tx, thread_id, (question, answer), scope=scope), label)


def reject_field(store: Database, contact_id: ContactId, wrong: ContactField) -> UndoToken:
    """Forget a value of a contact; it does not come back, whatever mail says."""
    with store.transaction() as tx:
        before = stored.remove_field(tx, contact_id, wrong.field, value=wrong.value)
        return undo.note(tx, f"Removed {wrong.value}", "field", inverse=before)


def undo_follow_ups(tx: Transaction, inverse: object) -> None:
    """Wait again."""
    if isinstance(inverse, dict):
        stored.reopen_follow_ups(tx, inverse["messages"])
        insight.refresh_sections(tx, threads.of_messages(tx, inverse["messages"]))


def undo_field(tx: Transaction, inverse: object) -> None:
    """Take back that a value is wrong."""
    if isinstance(inverse, dict):
        stored.restore_field(tx, inverse)
