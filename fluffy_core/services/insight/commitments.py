"""The commitments ledger: kept in line with each thread's mail, listed, and ruled on by the user."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fluffy_core.ai.commitments import commitments as skill
from fluffy_core.ai.commitments.promises import Mailbox
from fluffy_core.ai.sentences import intent
from fluffy_core.domain.commitments import Commitment, CommitmentRow, CommitmentState, Ruling
from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.events import Changed
from fluffy_core.services.home import local_time
from fluffy_core.services.insight import follow_ups
from fluffy_core.services.reading import conversations
from fluffy_core.store import addresses, reading, summaries, undo
from fluffy_core.store import commitments as stored
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

__all__ = ["everything", "find", "in_thread", "open_ones", "rule", "undo_ruling", "with_person", "write"]

CURRENT_DAYS = 90
"""What was made longer ago, with no day set, counts as history."""


_NAME = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Read:
    """The commitments of a thread as it stood at its message `last`."""

    thread_id: ThreadId
    last: int
    found: tuple[Commitment, ...]


def find(store: Database, thread_ids: Sequence[int]) -> list[Read]:
    """Read threads for what they promise and ask for; nothing is written.

    Threads between other people, and those of programs and newsletters, are not even loaded; nobody owes
    anything to a sender who may not be who they claim to be.
    """
    between = stored.between_people(store, thread_ids)
    if not between:
        return []
    mailbox = Mailbox(local_time.zone(store), _my_names(store))
    read = []
    for thread_id, last in between:
        facts = reading.thread_messages(store, thread_id)
        thread = [conversations.as_seen(one) for one in facts if not one.suspicious]
        files = {
            MessageId(one): [file.name for file in some if file.name and not file.inline]
            for one, some in reading.attachments(store, [int(each.id) for each in thread]).items()
        }
        read.append(Read(thread_id, last, tuple(skill.find(thread, mailbox, files))))
    return read


def _my_names(store: Database) -> frozenset[str]:
    """The words of my names and of the local parts of my addresses, everyday ones ("me") left out."""
    written = [*addresses.my_names(store), *(one.partition("@")[0] for one in addresses.mine(store))]
    words = {word for name in written for word in _NAME.findall(name.lower())}
    return frozenset(word for word in words if not intent.knows(word))


def write(tx: Transaction, read: Iterable[Read]) -> int:
    """Keep what was found; a thread that grew meanwhile is read again by its own job. How many there are."""
    kept = list(read)
    last = summaries.last_messages(tx, [one.thread_id for one in kept])
    kept = [one for one in kept if last.get(one.thread_id) == one.last]
    found = [each for one in kept for each in one.found]
    stored.replace(tx, [one.thread_id for one in kept], found)
    return len(found)


def open_ones(store: Database, *, now: float | None = None) -> list[CommitmentRow]:
    """What is owed now, by both sides: dated ones first, in the order of their days."""
    moment = time.time() if now is None else now
    return _as_of(store, stored.open_ones(store, since=_since(store, moment)), moment)


def everything(store: Database, *, now: float | None = None) -> list[CommitmentRow]:
    """Every commitment with what became of it, the newest first."""
    return _as_of(store, stored.everything(store), time.time() if now is None else now)


def with_person(store: Database, contact_id: ContactId, *, now: float | None = None) -> list[CommitmentRow]:
    """What is owed now between me and a contact."""
    moment = time.time() if now is None else now
    return _as_of(store, stored.open_with(store, contact_id, since=_since(store, moment)), moment)


def in_thread(store: Database, thread_id: ThreadId, *, now: float | None = None) -> list[CommitmentRow]:
    """What is still owed in a thread, however long ago it was made; oldest first."""
    rows = _as_of(store, stored.of_thread(store, thread_id), time.time() if now is None else now)
    return [row for row in rows if row.commitment.state in _OWED]


def rule(store: Database, commitment_id: int, ruling: Ruling) -> UndoToken | None:
    """The user says that something is done, no commitment at all, or not theirs; None when it is gone."""
    with store.transaction() as tx:
        before = stored.rule(tx, commitment_id, ruling)
        if before is None:
            return None
        quote, was = before
        return undo.note(tx, _LABELS[ruling] + quote[:60], "commitment", inverse=[commitment_id, was])


def undo_ruling(tx: Transaction, inverse: object) -> None:
    """Take the user's word about a commitment back."""
    if isinstance(inverse, list):
        stored.rule(tx, inverse[0], Ruling(inverse[1]))
        tx.changed(Changed.COMMITMENTS)


_LABELS = {
    Ruling.NONE: "Open again: ",
    Ruling.DONE: "Done: ",
    Ruling.WRONG: "Nothing owed: ",
    Ruling.NOT_MINE: "Not mine: ",
}
_OWED = {CommitmentState.OPEN, CommitmentState.OVERDUE}
_RULED = {
    Ruling.DONE: CommitmentState.FULFILLED,
    Ruling.WRONG: CommitmentState.DISMISSED,
    Ruling.NOT_MINE: CommitmentState.DISMISSED,
}


def _since(store: Database, now: float) -> int:
    return follow_ups.as_of(store, now) - CURRENT_DAYS * 86400


def _as_of(store: Database, rows: Sequence[CommitmentRow], now: float) -> list[CommitmentRow]:
    """The rows with the user's word and today's date taken into account."""
    today = local_time.day(store, now) if rows else ""
    return [replace(row, commitment=replace(row.commitment, state=_state(row, today))) for row in rows]


def _state(row: CommitmentRow, today: str) -> CommitmentState:
    one = row.commitment
    if row.ruling in _RULED:
        return _RULED[row.ruling]
    if row.gone and one.state is CommitmentState.OPEN:
        return CommitmentState.DISMISSED
    overdue = one.state is CommitmentState.OPEN and "" < one.due < today
    return CommitmentState.OVERDUE if overdue else one.state
