"""Accounts, and the files an import reads, each with its cursor and its counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.ingest import PageCount
from fluffy_core.domain.source import SourceFile, SourceKind
from fluffy_core.store.database import Database, Transaction

_COLUMNS = (
    "id, path, member, kind, folder, size, position, finished, messages, stored, duplicates, unread, "
    "skipped, problem"
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """One file of an import: what it is, how far it was read, what became of its items."""

    id: int
    account_id: AccountId
    file: SourceFile
    position: int
    finished: bool
    count: PageCount
    problem: str


def open_account(tx: Transaction, kind: str, name: str, *, now: float) -> AccountId:
    """The account of this kind and name, made when it is new."""
    tx.execute(
        "INSERT INTO accounts (kind, name, created_at) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO NOTHING",
        (kind, name, now),
    )
    row = tx.one("SELECT id FROM accounts WHERE kind = ? AND name = ?", (kind, name))
    return AccountId(int(row[0]) if row else 0)


def is_settled(tx: Transaction, account_id: AccountId) -> bool:
    """Whether the last reading of this account's files came to its end."""
    row = tx.one("SELECT settled FROM accounts WHERE id = ?", (account_id,))
    return row is None or bool(row[0])


def is_new(tx: Transaction, account_id: AccountId) -> bool:
    """Whether nothing was ever read for this account."""
    return tx.one("SELECT 1 FROM sources WHERE account_id = ? LIMIT 1", (account_id,)) is None


def begin(tx: Transaction, account_id: AccountId, files: Sequence[SourceFile]) -> None:
    """Start a reading from the beginning: what to read, in order, with cursors at the start."""
    tx.execute(
        "UPDATE accounts SET settled = 0, "
        "first_message_id = (SELECT coalesce(max(id), 0) + 1 FROM messages) WHERE id = ?",
        (account_id,),
    )
    tx.executemany(
        "INSERT INTO sources (account_id, path, member, kind, folder, size, problem) VALUES (?, ?, ?, ?, "
        "?, ?, ?) "
        "ON CONFLICT (account_id, path, member) DO UPDATE SET kind = excluded.kind, size = excluded.size, "
        "problem = excluded.problem, position = -1, finished = 0, messages = 0, stored = 0, duplicates = 0, "
        "unread = 0, skipped = 0",
        [(account_id, one.path, one.member, one.kind, one.folder, one.size, one.problem) for one in files],
    )


def end(tx: Transaction, account_id: AccountId) -> None:
    """The reading is complete and its consequences are written down."""
    tx.execute("UPDATE accounts SET settled = 1 WHERE id = ?", (account_id,))


def of_account(store: Database | Transaction, account_id: AccountId) -> list[SourceState]:
    """The files of an import, in reading order."""
    rows = store.all(f"SELECT {_COLUMNS} FROM sources WHERE account_id = ? ORDER BY id", (account_id,))
    return [
        SourceState(
            id=row[0],
            account_id=account_id,
            file=SourceFile(row[1], SourceKind(row[3]), row[4], row[5], member=row[2], problem=row[13]),
            position=row[6],
            finished=bool(row[7]),
            count=PageCount(*row[8:13]),
            problem=row[13],
        )
        for row in rows
    ]


def advance(tx: Transaction, source_id: int, count: PageCount, *, position: int) -> None:
    """Move the cursor behind a page, in the transaction that stores the page."""
    tx.execute(
        "UPDATE sources SET position = ?, messages = messages + ?, stored = stored + ?, "
        "duplicates = duplicates + ?, unread = unread + ?, skipped = skipped + ? WHERE id = ?",
        (position, count.messages, count.stored, count.duplicates, count.unread, count.skipped, source_id),
    )


def finish(tx: Transaction, source_id: int, problem: str = "") -> None:
    """Mark a file as read to its end, or as far as it goes."""
    tx.execute("UPDATE sources SET finished = 1, problem = ? WHERE id = ?", (problem, source_id))


def new_message_ids(store: Database | Transaction, account_id: AccountId) -> list[int]:
    """Messages that the current reading stored first, in id order."""
    rows = store.all(
        "SELECT DISTINCT l.message_id FROM locations l JOIN sources s ON s.id = l.source_id "
        "JOIN accounts a ON a.id = s.account_id WHERE a.id = ? AND l.message_id >= a.first_message_id "
        "ORDER BY l.message_id",
        (account_id,),
    )
    return [row[0] for row in rows]


def message_ids(store: Database | Transaction, account_id: AccountId) -> list[int]:
    """Every message that lies somewhere in an account, in id order."""
    rows = store.all(
        "SELECT DISTINCT l.message_id FROM locations l JOIN sources s ON s.id = l.source_id "
        "WHERE s.account_id = ? ORDER BY l.message_id",
        (account_id,),
    )
    return [row[0] for row in rows]


def holding(store: Database | Transaction, message_id: MessageId) -> frozenset[AccountId]:
    """The accounts that a message lies in."""
    rows = store.all(
        "SELECT DISTINCT s.account_id FROM locations l JOIN sources s ON s.id = l.source_id "
        "WHERE l.message_id = ?",
        (message_id,),
    )
    return frozenset(AccountId(row[0]) for row in rows)


@dataclass(frozen=True, slots=True)
class OwnerEvidence:
    """What one file says about whose mailbox it is: counts of messages an address stands in."""

    folder: str
    messages: int
    by_address: tuple[tuple[str, int, int, int], ...]
    """(address, written by it, sent to it personally, delivered to it)"""


def owner_evidence(store: Database | Transaction, source_id: int, folder: str) -> OwnerEvidence:
    """Count how often the most frequent addresses of a file write and receive, mailing lists left out."""
    total = store.one(
        "SELECT count(*) FROM locations l JOIN messages m ON m.id = l.message_id "
        "WHERE l.source_id = ? AND m.bulk <> 'list'",
        (source_id,),
    )
    rows = store.all(
        "SELECT a.email, sum(r.role = 0), sum(r.role IN (1, 2)), coalesce(d.messages, 0) "
        "FROM locations l JOIN messages m ON m.id = l.message_id AND m.bulk <> 'list' "
        "JOIN message_addresses r ON r.message_id = l.message_id AND r.role <= 2 "
        "JOIN addresses a ON a.id = r.address_id LEFT JOIN delivered_to d ON d.address_id = a.id "
        "WHERE l.source_id = ? GROUP BY a.id ORDER BY count(*) DESC, a.email LIMIT 40",
        (source_id,),
    )
    return OwnerEvidence(folder, int(total[0]) if total else 0, tuple((r[0], r[1], r[2], r[3]) for r in rows))


@dataclass(frozen=True, slots=True)
class Account:
    """One place that mail comes from. `name` is an address, or the paths of an import, one a line."""

    id: AccountId
    kind: str
    name: str


def accounts(store: Database | Transaction) -> list[Account]:
    """Every account, the oldest first."""
    rows = store.all("SELECT id, kind, name FROM accounts ORDER BY id")
    return [Account(AccountId(row[0]), row[1], row[2]) for row in rows]


def account(store: Database | Transaction, account_id: AccountId) -> Account | None:
    """The account with this id, or None."""
    row = store.one("SELECT id, kind, name FROM accounts WHERE id = ?", (account_id,))
    return None if row is None else Account(AccountId(row[0]), row[1], row[2])
