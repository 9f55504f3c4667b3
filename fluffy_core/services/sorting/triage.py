"""Done, read, and undo: the small decisions of a day, each reversible."""

from collections.abc import Callable, Sequence

from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.outgoing import OutboxState
from fluffy_core.events import Changed
from fluffy_core.services.insight import commitments, summarising
from fluffy_core.services.people import identity
from fluffy_core.services.sorting import corrections, learning
from fluffy_core.services.writing import habits
from fluffy_core.store import inbox, ledger, outbox, unsent
from fluffy_core.store import undo as log
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken


def set_done(store: Database, thread_ids: Sequence[ThreadId], done: bool) -> UndoToken:
    """Mark threads done (they leave the inbox) or bring them back."""
    with store.transaction() as tx:
        changed = inbox.set_done(tx, thread_ids, done)
        tx.changed(Changed.THREADS)
        label = f"{number_of(len(changed), 'conversation')} {'put away' if done else 'brought back'}"
        return log.note(tx, label, "done", inverse={"ids": changed, "done": not done})


def set_seen(store: Database, thread_ids: Sequence[ThreadId], seen: bool) -> UndoToken:
    """Mark all messages of threads read or unread."""
    with store.transaction() as tx:
        changed = inbox.set_seen(tx, thread_ids, seen)
        tx.changed(Changed.THREADS)
        label = f"{number_of(len(thread_ids), 'conversation')} marked {'read' if seen else 'unread'}"
        return log.note(tx, label, "seen", inverse={"ids": changed, "seen": not seen})


def undo(store: Database) -> str | None:
    """Take back the newest thing that was not taken back yet; its label, or None when there is nothing."""
    with store.transaction() as tx:
        found = log.latest(tx)
        if found is None:
            return None
        token, kind, inverse = found
        _INVERSES[kind](tx, inverse)
        log.mark_undone(tx, token.id)
        return token.label


def _undo_done(tx: Transaction, inverse: object) -> None:
    if isinstance(inverse, dict):
        inbox.set_done(tx, inverse["ids"], inverse["done"])
        tx.changed(Changed.THREADS)


def _undo_seen(tx: Transaction, inverse: object) -> None:
    if isinstance(inverse, dict):
        inbox.set_messages_seen(tx, inverse["ids"], inverse["seen"])
        tx.changed(Changed.THREADS)


def _undo_discard(tx: Transaction, inverse: object) -> None:
    if isinstance(inverse, list):
        ledger.bring_back(tx, inverse)


def _undo_sending(tx: Transaction, inverse: object) -> None:
    """Nothing has been handed over yet, or the entry would be gone from the log."""
    if isinstance(inverse, int):
        unsent.take_back(tx, inverse)
        outbox.remove(tx, inverse, (OutboxState.WAITING,))


def _undo_draft(tx: Transaction, inverse: object) -> None:
    if isinstance(inverse, int):
        unsent.bring_back(tx, inverse)


_INVERSES: dict[str, Callable[[Transaction, object], None]] = {
    "discard": _undo_discard,
    "done": _undo_done,
    "draft": _undo_draft,
    "habit": habits.take_back,
    "seen": _undo_seen,
    "identity": identity.undo_ruling,
    "learning": learning.take_back,
    "follow-ups": corrections.undo_follow_ups,
    "field": corrections.undo_field,
    outbox.SENDING_NOTE: _undo_sending,
    "summary-point": summarising.undo_rejected,
    "commitment": commitments.undo_ruling,
}
