"""Threads: who belongs together, and the row that the inbox shows for each."""

from collections.abc import Iterable, Sequence

from fluffy_core.domain.ids import ThreadId
from fluffy_core.events import Changed
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction

SHOWN_PEOPLE = 4


def by_reference(tx: Transaction, references: Sequence[bytes]) -> dict[bytes, int]:
    """The threads that hold or name these Message-ID keys."""
    found: dict[bytes, int] = {}
    for start in range(0, len(references), CHUNK):
        part = references[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        found.update(
            tx.all(f"SELECT reference, thread_id FROM thread_references WHERE reference IN ({marks})", part)
        )
    return found


def add_references(tx: Transaction, rows: Iterable[tuple[bytes, int]]) -> None:
    """Note (key, thread id): the thread holds or names this Message-ID."""
    tx.executemany(
        "INSERT INTO thread_references (reference, thread_id) VALUES (?, ?) "
        "ON CONFLICT (reference) DO UPDATE SET thread_id = excluded.thread_id",
        rows,
    )


def next_id(tx: Transaction) -> int:
    """The id that the next thread gets; ids of absorbed threads are not used again."""
    row = tx.one(
        "SELECT max(coalesce((SELECT max(id) FROM threads), 0), coalesce((SELECT max(thread_id) FROM "
        "messages), 0)) + 1"
    )
    return int(row[0]) if row else 1


def create(tx: Transaction, rows: Iterable[tuple[int, str, str, int]]) -> None:
    """New threads: (id, subject, base subject, date of the first message)."""
    tx.executemany(
        "INSERT INTO threads (id, subject, base_subject, first_date, last_date) VALUES (?, ?, ?, ?, ?)",
        [(*row, row[3]) for row in rows],
    )


def absorb(tx: Transaction, target: int, absorbed: Sequence[int]) -> None:
    """Make one thread of several: everything moves to `target`, the others end."""
    for thread_id in absorbed:
        tx.execute("UPDATE messages SET thread_id = ? WHERE thread_id = ?", (target, thread_id))
        tx.execute("UPDATE thread_references SET thread_id = ? WHERE thread_id = ?", (target, thread_id))
        tx.execute("UPDATE follow_ups SET thread_id = ? WHERE thread_id = ?", (target, thread_id))
        tx.execute("DELETE FROM threads WHERE id = ?", (thread_id,))


def with_subject(
    tx: Transaction, base_subject: str, *, after: int, before: int, limit: int = 12
) -> list[tuple[int, int, int]]:
    """(id, first date, last date) of threads with this base subject whose span touches the time given."""
    return [
        (row[0], row[1], row[2])
        for row in tx.all(
            "SELECT id, first_date, last_date FROM threads WHERE base_subject = ? AND last_date >= ? "
            "AND first_date <= ? ORDER BY last_date DESC LIMIT ?",
            (base_subject, after, before, limit),
        )
    ]


def participants(tx: Transaction, thread_id: int) -> tuple[set[int], set[str], str]:
    """(address ids in From/To/Cc, sender names and addresses in lower case, subject of the first message)."""
    people = {
        row[0]
        for row in tx.all(
            "SELECT DISTINCT a.address_id FROM messages m JOIN message_addresses a ON a.message_id = m.id "
            "WHERE m.thread_id = ? AND a.role <= 2 LIMIT 500",
            (thread_id,),
        )
    }
    rows = tx.all(
        "SELECT m.from_name, a.email, m.subject FROM messages m LEFT JOIN addresses a ON a.id = "
        "m.from_address_id "
        "WHERE m.thread_id = ? ORDER BY m.date, m.id LIMIT 50",
        (thread_id,),
    )
    names = {str(text).casefold() for row in rows for text in row[:2] if text}
    return people, names, str(rows[0][2]) if rows else ""


def refresh(tx: Transaction, thread_ids: Iterable[int]) -> None:
    """Bring the inbox rows of threads in line with their messages; threads without any end."""
    for thread_id in thread_ids:
        facts = tx.one(
            "SELECT count(*), min(date), max(date), sum(1 - seen), sum(attachments) > 0, min(bulk <> '') "
            "FROM messages WHERE thread_id = ?",
            (thread_id,),
        )
        if facts is None or not facts[0]:
            tx.execute("DELETE FROM threads WHERE id = ?", (thread_id,))
            continue
        latest = tx.all(
            "SELECT m.id, m.preview, m.from_name, a.email, coalesce(a.mine, 0) FROM messages m "
            "LEFT JOIN addresses a ON a.id = m.from_address_id WHERE m.thread_id = ? ORDER BY m.date DESC, "
            "m.id DESC LIMIT 12",
            (thread_id,),
        )
        subject = tx.one(
            "SELECT subject FROM messages WHERE thread_id = ? ORDER BY date, id LIMIT 1", (thread_id,)
        )
        tx.execute(
            "UPDATE threads SET message_count = ?, first_date = ?, last_date = ?, unread_count = ?, "
            "has_attachments = ?, bulk = ?, subject = ?, last_message_id = ?, preview = ?, people = ? "
            "WHERE id = ?",
            (
                *facts,
                subject[0] if subject else "",
                latest[0][0],
                latest[0][1],
                _people(tx, latest, thread_id),
                thread_id,
            ),
        )
    tx.changed(Changed.THREADS)


def _people(tx: Transaction, latest: Sequence[Sequence[object]], thread_id: int) -> str:
    names: list[str] = []
    for _id, _preview, name, email, mine in latest:
        shown = str(name or email or "").strip()
        if not mine and shown and shown not in names:
            names.append(shown)
    if not names:
        names = ["To: " + str(row[0]) for row in _recipients(tx, thread_id)]
    return ", ".join(names[:SHOWN_PEOPLE])[:200]


def _recipients(tx: Transaction, thread_id: int) -> list[tuple[str]]:
    return [
        (row[0] or row[1],)
        for row in tx.all(
            "SELECT DISTINCT r.name, a.email FROM messages m JOIN message_addresses r ON r.message_id = "
            "m.id AND r.role = 1 "
            "JOIN addresses a ON a.id = r.address_id WHERE m.thread_id = ? AND a.mine = 0 LIMIT 2",
            (thread_id,),
        )
    ]


def of_messages(store: Database | Transaction, message_ids: Sequence[int]) -> tuple[ThreadId, ...]:
    """The threads that hold these messages, each once."""
    found: set[int] = set()
    for start in range(0, len(message_ids), CHUNK):
        part = message_ids[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        found.update(
            row[0] for row in store.all(f"SELECT thread_id FROM messages WHERE id IN ({marks})", part)
        )
    return tuple(ThreadId(one) for one in sorted(found))


def newest_first(store: Database | Transaction, thread_ids: Sequence[int]) -> list[ThreadId]:
    """These threads by their last message, the newest first."""
    wanted = set(thread_ids)
    rows = store.all("SELECT id FROM threads ORDER BY last_date DESC, id DESC")
    return [ThreadId(row[0]) for row in rows if row[0] in wanted]
