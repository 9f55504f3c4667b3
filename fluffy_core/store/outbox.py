"""The outbox: messages on their way out. Every change names the state that it starts from."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.outgoing import OPEN, OutboxRow, OutboxState
from fluffy_core.events import Changed
from fluffy_core.store import undo
from fluffy_core.store.database import Database, Row, Transaction

_COLUMNS = (
    "id, account_id, draft, state, message_id, sender, recipients, subject, created_at, not_before, "
    "attempts, tries, error"
)
_TO_DO = (OutboxState.WAITING, OutboxState.CHECKING, OutboxState.FILING)
_DONE = (OutboxState.SENT, OutboxState.SAVED)
SENDING_NOTE = "sending"
"""The kind of an entry in the undo log that takes a message back; it holds until it is handed over."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is put into the outbox; `data` is zstd-compressed, `message_id` without brackets."""

    account_id: AccountId
    draft: bool
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Next:
    """The state that a message goes over to, and when something is done about it there."""

    state: OutboxState
    not_before: float = 0.0
    error: str = ""
    tries: int = 0


def add(tx: Transaction, item: NewItem, *, now: float, not_before: float) -> int:
    """Put a message into the outbox; its number."""
    row = tx.one(
        "INSERT INTO outbox (account_id, draft, state, message_id, sender, recipients, subject, data, "
        "created_at, not_before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            item.account_id, item.draft, OutboxState.WAITING, item.message_id, item.sender,
            json.dumps(item.recipients), item.subject, item.data, now, not_before,
        ),
    )  # fmt: skip
    tx.changed(Changed.OUTBOX)
    return int(row[0]) if row else 0


def rewrite(tx: Transaction, row_id: int, item: NewItem, *, now: float) -> bool:
    """Put a newer version of a draft in the place of an older one, however far that was."""
    row = tx.one(
        "UPDATE outbox SET state = ?, recipients = ?, subject = ?, data = ?, not_before = ?, tries = 0, "
        "error = '' WHERE id = ? AND draft = 1 AND account_id = ? RETURNING 1",
        (
            OutboxState.WAITING, json.dumps(item.recipients), item.subject, item.data, now, row_id,
            item.account_id,
        ),
    )  # fmt: skip
    tx.changed(Changed.OUTBOX)
    return row is not None


def move(tx: Transaction, row_id: int, before: OutboxState, *, after: Next) -> bool:
    """Go from one state to another; False when it is not in the first one any more."""
    handed_over = after.state is OutboxState.SENDING
    row = tx.one(
        "UPDATE outbox SET state = ?, not_before = ?, error = ?, tries = ?, attempts = attempts + ? "
        "WHERE id = ? AND state = ? RETURNING 1",
        (after.state, after.not_before, after.error, after.tries, handed_over, row_id, before),
    )
    if handed_over:
        undo.settle(tx, SENDING_NOTE, row_id)
    tx.changed(Changed.OUTBOX)
    return row is not None


def recover(tx: Transaction, *, now: float, alive: Collection[int] = ()) -> int:
    """What was being handed over and is not any more may have been sent; drafts are saved again. How many."""
    left = [row_id for row_id in being_sent(tx) if row_id not in set(alive)]
    for row_id in left:
        row = get(tx, row_id)
        state = OutboxState.WAITING if row and row.draft else OutboxState.CHECKING
        move(tx, row_id, OutboxState.SENDING, after=Next(state, now))
    return len(left)


def being_sent(store: Database | Transaction) -> list[int]:
    """The numbers of what is being handed over, or was when a process ended."""
    return [row[0] for row in store.all("SELECT id FROM outbox WHERE state = ?", (OutboxState.SENDING,))]


def empty(tx: Transaction, row_id: int) -> None:
    """The bytes are not needed any more: the message is stored as mail, or a draft lies on the server."""
    tx.execute("UPDATE outbox SET data = x'' WHERE id = ?", (row_id,))


def remove(tx: Transaction, row_id: int, states: Sequence[OutboxState]) -> bool:
    """Forget a message that is in one of these states."""
    marks = ", ".join("?" * len(states))
    row = tx.one(f"DELETE FROM outbox WHERE id = ? AND state IN ({marks}) RETURNING 1", (row_id, *states))
    tx.changed(Changed.OUTBOX)
    return row is not None


def prune(tx: Transaction, *, before: float) -> int:
    """Forget what was sent or saved before this moment; how many."""
    rows = tx.all("DELETE FROM outbox WHERE state IN (?, ?) AND created_at < ? RETURNING 1", (*_DONE, before))
    return len(rows)


def get(store: Database | Transaction, row_id: int) -> OutboxRow | None:
    """One message of the outbox."""
    row = store.one(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", (row_id,))
    return None if row is None else _row(row)


def data(store: Database | Transaction, row_id: int) -> bytes:
    """The bytes of a message, zstd-compressed; b"" when they are not kept any more."""
    row = store.one("SELECT data FROM outbox WHERE id = ?", (row_id,))
    return bytes(row[0]) if row else b""


def listed(store: Database | Transaction, *, done: bool = False, limit: int = 100) -> tuple[OutboxRow, ...]:
    """What is in the outbox, newest first; what was sent or saved only if wanted."""
    where = "" if done else f"WHERE state NOT IN ('{_DONE[0]}', '{_DONE[1]}') "
    rows = store.all(f"SELECT {_COLUMNS} FROM outbox {where}ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(_row(row) for row in rows)


def due(store: Database | Transaction, *, now: float) -> tuple[OutboxRow, ...]:
    """What something is to be done about now, in order; what goes to a server that wants a pause waits."""
    columns = ", ".join(f"o.{name}" for name in _COLUMNS.split(", "))
    rows = store.all(
        f"SELECT {columns} FROM outbox o LEFT JOIN account_settings a ON a.account_id = o.account_id "
        "WHERE o.state IN (?, ?, ?) AND o.not_before <= ? AND coalesce(a.throttled_until, 0) <= ? "
        "ORDER BY o.id",
        (*_TO_DO, now, now),
    )
    return tuple(_row(row) for row in rows)


def next_due(store: Database | Transaction, *, after: float) -> float | None:
    """When something is to be done about the next one, None when nothing waits for a later time."""
    row = store.one(
        "SELECT min(not_before) FROM outbox WHERE state IN (?, ?, ?) AND not_before > ?", (*_TO_DO, after)
    )
    return None if row is None or row[0] is None else float(row[0])


def counts(store: Database | Transaction) -> dict[OutboxState, int]:
    """How many messages are in each state; states without any are left out."""
    rows = store.all("SELECT state, count(*) FROM outbox GROUP BY state")
    return {OutboxState(row[0]): int(row[1]) for row in rows}


def open_count(store: Database | Transaction) -> int:
    """How many messages something is still done about without the user."""
    found = counts(store)
    return sum(found.get(state, 0) for state in OPEN)


def _row(row: Row) -> OutboxRow:
    return OutboxRow(
        id=row[0], account_id=None if row[1] is None else AccountId(row[1]), draft=bool(row[2]),
        state=OutboxState(row[3]), message_id=row[4], sender=row[5], recipients=tuple(json.loads(row[6])),
        subject=row[7], created_at=row[8], not_before=row[9], attempts=row[10], tries=row[11], error=row[12],
    )  # fmt: skip
