"""The user says "wrong": a conclusion or a field goes, stays away, and can be brought back."""

from fluffy_core.domain.ids import ContactId, ThreadId
from fluffy_core.domain.intelligence import Conclusion, Decision, Importance
from fluffy_core.domain.rows import ContactField
from fluffy_core.store import corrections as stored
from fluffy_core.store import insight, threads, undo
from fluffy_core.store.corrections import decision
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

__all__ = ["decision", "reject", "reject_field", "undo_categories", "undo_field", "undo_follow_ups"]

NO_REPLY = "You said that it needs no reply"
_OTHER = {
    Conclusion.IMPORTANT: (Importance.FYI, "You said that it is not important"),
    Conclusion.FYI: (Importance.IMPORTANT, "You said that it is important"),
    Conclusion.BULK: (Importance.IMPORTANT, "You said that it is no bulk mail"),
}


def reject(store: Database, thread_id: ThreadId, wrong: Decision) -> UndoToken:
    """Take the opposite of a conclusion about a thread for true, whatever is worked out later.

    It counts for the mail that is there; a later message may ask anew.
    """
    with store.transaction() as tx:
        if wrong.conclusion is Conclusion.WAITING:
            dismissed = stored.dismiss_follow_ups(tx, thread_id)
            insight.refresh_sections(tx, [thread_id])
            inverse = {"messages": dismissed, "thread": thread_id}
            return undo.note(tx, "Not waiting for an answer", "follow-ups", inverse=inverse)
        if wrong.conclusion is Conclusion.NEEDS_REPLY:
            label = "Needs no reply"
            asking = stored.asking(tx, thread_id)
            before = stored.rule(tx, [(one, importance, False, NO_REPLY) for one, importance in asking])
        else:
            importance, reason = _OTHER[wrong.conclusion]
            label = "Important" if importance is Importance.IMPORTANT else "Not important"
            before = stored.rule(tx, [(wrong.message_id, importance, False, reason)])
        insight.refresh_sections(tx, [thread_id])
        return undo.note(tx, label, "categories", inverse=before)


def reject_field(store: Database, contact_id: ContactId, wrong: ContactField) -> UndoToken:
    """Forget a value of a contact; it does not come back, whatever mail says."""
    with store.transaction() as tx:
        before = stored.remove_field(tx, contact_id, wrong.field, value=wrong.value)
        return undo.note(tx, f"Removed {wrong.value}", "field", inverse=before)


def undo_categories(tx: Transaction, inverse: object) -> None:
    """Take back what was said about messages."""
    if isinstance(inverse, dict):
        insight.refresh_sections(tx, threads.of_messages(tx, stored.unrule(tx, inverse)))


def undo_follow_ups(tx: Transaction, inverse: object) -> None:
    """Wait again."""
    if isinstance(inverse, dict):
        stored.reopen_follow_ups(tx, inverse["messages"])
        insight.refresh_sections(tx, threads.of_messages(tx, inverse["messages"]))


def undo_field(tx: Transaction, inverse: object) -> None:
    """Take back that a value is wrong."""
    if isinstance(inverse, dict):
        stored.restore_field(tx, inverse)
