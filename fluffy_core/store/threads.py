"""Threads: who belongs together, and the row that the inbox shows for each."""

import json
from collections.abc import Collection, Iterable, Sequence

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


def stored_subjects(tx: Transaction, base_subjects: Collection[str]) -> frozenset[str]:
    """Those of some base subjects that a thread has."""
    rows = tx.all(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM threads WHERE base_subject = value)",
        (json.dumps(sorted(base_subjects)),),
    )
    return frozenset(row[0] for row in rows)


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
    """Bring the inbox rows of threads in line with their messages; threads without any end.

    Newer mail brings a thread back that was done.
    """
    wanted = sorted(set(thread_ids))
    for start in range(0, len(wanted), CHUNK):
        _refresh(tx, wanted[start : start + CHUNK])
    tx.changed(Changed.THREADS)


def _refresh(tx: Transaction, thread_ids: Sequence[int]) -> None:
    marks = ", ".join(str(int(one)) for one in thread_ids)
    facts = tx.all(
        "SELECT count(*), min(date), max(date), sum(1 - seen), sum(attachments) > 0, min(bulk <> "
        "''), thread_id "
        f"FROM messages WHERE thread_id IN ({marks}) GROUP BY thread_id"
    )
    ends = _ends(tx, marks)
    people = _people(tx, marks)
    tx.executemany(
        "UPDATE threads SET subject = ?, last_message_id = ?, preview = ?, people = ?, message_count = ?, "
        "first_date = ?, last_date = ?, unread_count = ?, has_attachments = ?, bulk = ?, "
        "done = done AND last_date >= ? WHERE id = ?",
        [(*ends[row[6]], people.get(row[6], ""), *row[:6], row[2], row[6]) for row in facts],
    )
    if len(facts) < len(thread_ids):
        filled = {row[6] for row in facts}
        tx.executemany(
            "DELETE FROM threads WHERE id = ?", [(one,) for one in thread_ids if one not in filled]
        )


def _ends(tx: Transaction, marks: str) -> dict[int, tuple[str, int, str]]:
    """(subject of the first message, id and preview of the last one) by thread."""
    # SQLite takes the other columns of a bare max() or min() from the row that it found.
    last = tx.all(
        "SELECT thread_id, id, preview, max(date * 4294967296 + id) FROM messages "
        f"WHERE thread_id IN ({marks}) GROUP BY thread_id"
    )
    first = tx.all(
        "SELECT thread_id, subject, min(date * 4294967296 + id) FROM messages "
        f"WHERE thread_id IN ({marks}) GROUP BY thread_id"
    )
    subjects = {row[0]: row[1] for row in first}
    return {row[0]: (subjects[row[0]], row[1], row[2]) for row in last}


def _people(tx: Transaction, marks: str) -> dict[int, str]:
    """Who writes in each thread, latest first, me left out; or whom I wrote to when nobody else did."""
    names: dict[int, dict[str, None]] = {}
    for thread_id, name, email, _date in tx.all(
        "SELECT m.thread_id, m.from_name, a.email, max(m.date) FROM messages m JOIN addresses a ON "
        "a.id = m.from_address_id "
        f"WHERE m.thread_id IN ({marks}) AND a.mine = 0 GROUP BY m.thread_id, a.id ORDER BY 4 DESC, a.email"
    ):
        names.setdefault(thread_id, {})[str(name or email).strip()] = None
    shown = {one: ", ".join(list(some)[:SHOWN_PEOPLE])[:200] for one, some in names.items()}
    for thread_id, name, email in tx.all(
        "SELECT m.thread_id, r.name, a.email FROM messages m JOIN addresses me ON me.id = "
        "m.from_address_id AND me.mine > 0 "
        "JOIN message_addresses r ON r.message_id = m.id AND r.role = 1 JOIN addresses a ON a.id = "
        "r.address_id "
        f"WHERE m.thread_id IN ({marks}) AND a.mine = 0 GROUP BY m.thread_id, a.id ORDER BY a.email"
    ):
        if thread_id not in names:
            shown[thread_id] = (f"{shown[thread_id]}, " if thread_id in shown else "To: ") + str(
                name or email
            )
    return {one: text[:200] for one, text in shown.items()}


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
