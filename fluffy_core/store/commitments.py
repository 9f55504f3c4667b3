"""The ledger of what is owed, with the user's word about each entry."""

import json
from collections.abc import Iterable, Sequence

from fluffy_core.domain.commitments import (
    Commitment,
    CommitmentKind,
    CommitmentRow,
    CommitmentState,
    Debtor,
    Ruling,
)
from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.message import Address
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Row, Transaction
from fluffy_core.store.insight import THERE

_COLUMNS = (
    "message_id",
    "debtor",
    "kind",
    "email",
    "name",
    "quote",
    "due",
    "made_at",
    "state",
    "settled_by",
    "evidence",
)
_MARKS = ", ".join("?" * len(_COLUMNS))
_FRESH = ", ".join(f"{one} = excluded.{one}" for one in _COLUMNS if one not in {"message_id", "quote"})
_ROWS = (
    "SELECT c.id, m.thread_id, t.subject, s.contact_id, c.ruling, c.message_id IN (SELECT message_id FROM "
    f"gone_messages), c.{', c.'.join(_COLUMNS)} "
    "FROM commitments c JOIN messages m ON m.id = c.message_id JOIN threads t ON t.id = m.thread_id "
    "LEFT JOIN addresses a ON a.email = c.email "
    "LEFT JOIN address_stats s ON s.address_id = a.id "
)
_OPEN = (
    f"c.state = 'open' AND c.ruling = '' AND {THERE.format('c.message_id')} "
    "AND NOT EXISTS (SELECT 1 FROM commitments l WHERE l.email = c.email AND l.quote = c.quote "
    "AND l.debtor = c.debtor AND (l.made_at, l.id) > (c.made_at, c.id) "
    f"AND {THERE.format('l.message_id')})"
)
"""Not settled, ruled on or deleted, nor written again word for word since, as by programs and reminders."""


def between_people(store: Database | Transaction, thread_ids: Sequence[int]) -> list[tuple[ThreadId, int]]:
    """(thread, its last message) of those in which a person wrote to me or I wrote to somebody."""
    rows = store.all(
        "SELECT t.id, coalesce(t.last_message_id, 0) FROM threads t WHERE t.id IN (SELECT value FROM "
        "json_each(?)) AND EXISTS (SELECT 1 FROM messages m LEFT JOIN addresses f "
        "ON f.id = m.from_address_id "
        "WHERE m.thread_id = t.id AND m.bulk IN ('', 'list') AND (f.mine > 0 OR EXISTS (SELECT 1 FROM "
        "message_addresses r JOIN addresses a ON a.id = r.address_id AND a.mine > 0 "
        "WHERE r.message_id = m.id AND r.role = 1))) ORDER BY t.id",
        (json.dumps([int(one) for one in thread_ids]),),
    )
    return [(ThreadId(row[0]), row[1]) for row in rows]


def replace(tx: Transaction, thread_ids: Sequence[int], found: Iterable[Commitment]) -> None:
    """Make these the commitments of threads; the user's word stays with those that are found again."""
    kept = list(found)
    before = tx.all(
        "SELECT c.id, c.message_id, c.quote FROM commitments c JOIN messages m ON m.id = c.message_id "
        "WHERE m.thread_id IN (SELECT value FROM json_each(?))",
        (json.dumps([int(one) for one in thread_ids]),),
    )
    if not before and not kept:
        return
    again = {(int(one.message_id), one.quote) for one in kept}
    gone = [row[:1] for row in before if row[1:] not in again]
    tx.executemany("DELETE FROM commitments WHERE id = ?", gone)
    tx.executemany(
        f"INSERT INTO commitments ({', '.join(_COLUMNS)}) VALUES ({_MARKS}) "
        f"ON CONFLICT (message_id, quote) DO UPDATE SET {_FRESH}",
        [_values(one) for one in kept],
    )
    tx.changed(Changed.COMMITMENTS)


def rule(tx: Transaction, commitment_id: int, ruling: Ruling) -> tuple[str, Ruling] | None:
    """Keep the user's word about a commitment; (its quote, the word before), None when it is gone."""
    row = tx.one("SELECT quote, ruling FROM commitments WHERE id = ?", (commitment_id,))
    if row is None:
        return None
    tx.execute("UPDATE commitments SET ruling = ? WHERE id = ?", (ruling, commitment_id))
    tx.changed(Changed.COMMITMENTS)
    return str(row[0]), Ruling(row[1])


def open_ones(store: Database | Transaction, *, since: int, limit: int = 500) -> list[CommitmentRow]:
    """What is neither settled nor ruled on and was made since a Unix time: dated ones first, by their day."""
    return _listed(
        store,
        f"WHERE {_OPEN} AND c.made_at >= ? ORDER BY c.due = '', c.due, c.made_at, c.id LIMIT ?",
        (since, limit),
    )


def everything(store: Database | Transaction, limit: int = 500) -> list[CommitmentRow]:
    """Every commitment whatever became of it, the newest first."""
    return _listed(store, "ORDER BY c.made_at DESC, c.id DESC LIMIT ?", (limit,))


def of_thread(store: Database | Transaction, thread_id: ThreadId) -> list[CommitmentRow]:
    """The commitments of a thread, oldest first."""
    return _listed(store, "WHERE m.thread_id = ? ORDER BY c.made_at, c.id", (thread_id,))


def open_with(store: Database | Transaction, contact_id: ContactId, *, since: int) -> list[CommitmentRow]:
    """What is open between me and a contact since a Unix time, dated ones first."""
    return _listed(
        store,
        f"WHERE s.contact_id = ? AND {_OPEN} AND c.made_at >= ? ORDER BY c.due = '', c.due, c.made_at, c.id",
        (contact_id, since),
    )


def _listed(store: Database | Transaction, where: str, values: Sequence[object]) -> list[CommitmentRow]:
    return [_row(one) for one in store.all(_ROWS + where, values)]


def _values(one: Commitment) -> tuple[object, ...]:
    return (
        one.message_id, one.debtor, one.kind, one.person.email, one.person.name, one.quote, one.due,
        one.made_at, one.state, one.settled_by, one.evidence,
    )  # fmt: skip


def _row(row: Row) -> CommitmentRow:
    number, thread_id, subject, contact_id, ruling, gone, *rest = row
    message_id, debtor, kind, email, name, quote, due, made_at, state, settled_by, evidence = rest
    commitment = Commitment(
        message_id=MessageId(message_id), debtor=Debtor(debtor), kind=CommitmentKind(kind),
        person=Address(email, name), quote=quote, due=due, made_at=made_at, state=CommitmentState(state),
        settled_by=None if settled_by is None else MessageId(settled_by), evidence=evidence,
    )  # fmt: skip
    contact = None if contact_id is None else ContactId(contact_id)
    return CommitmentRow(
        number, ThreadId(thread_id), subject, contact, commitment, Ruling(ruling), gone=bool(gone)
    )
