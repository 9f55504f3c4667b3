"""What the machine concluded about mail: categories, open follow-ups, and the sections that follow."""

from collections.abc import Iterable, Sequence

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, FollowUp
from fluffy_core.domain.rows import FollowUpRow, Section
from fluffy_core.events import Changed
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction

NEEDS_REPLY_DAYS = 90
"""Days before the newest mail after which an unanswered question counts as history."""
THERE = "{} NOT IN (SELECT message_id FROM gone_messages)"
"""Whether a message was not deleted on its server."""


def put_categories(tx: Transaction, categories: Iterable[tuple[int, Category]]) -> None:
    """Keep what the rules said of each message; what was learned has to be applied anew."""
    tx.executemany(
        "INSERT INTO categories (message_id, importance, requires_response, priority, reason, ask, engine) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO UPDATE SET importance = "
        "excluded.importance, "
        "requires_response = excluded.requires_response, priority = excluded.priority, reason = "
        "excluded.reason, "
        "ask = excluded.ask, engine = excluded.engine, before = ''",
        [
            (message_id, one.importance, one.requires_response, one.priority, one.reason, one.ask, one.engine)
            for message_id, one in categories
        ],
    )
    tx.changed(Changed.CATEGORIES, Changed.THREADS)


def set_languages(tx: Transaction, languages: Iterable[tuple[str, int]]) -> None:
    """Set (language, message id)."""
    tx.executemany("UPDATE messages SET language = ? WHERE id = ?", languages)


def latest_from(store: Database, email: str, most: int) -> list[tuple[str, int]]:
    """(subject, messages in its thread) of the latest mail from an address that is no list's or program's."""
    return [
        (row[0], row[1])
        for row in store.all(
            "SELECT m.subject, t.message_count FROM addresses a JOIN messages m ON m.from_address_id = a.id "
            "JOIN threads t ON t.id = m.thread_id WHERE a.email = ? AND m.bulk = '' "
            "ORDER BY m.date DESC LIMIT ?",
            (email, most),
        )
    ]


def newest_date(store: Database | Transaction) -> int:
    """The date of the newest mail from a person, 0 without any.

    Lists and machines write on when people have stopped.
    """
    row = store.one("SELECT date FROM messages WHERE bulk = '' ORDER BY date DESC LIMIT 1")
    return int(row[0]) if row else 0


def waiting_candidates(store: Database | Transaction, *, since: int, until: int) -> list[ThreadId]:
    """Threads in which I wrote between two times and no person has answered, as they stood at the second."""
    rows = store.all(
        "SELECT DISTINCT m.thread_id FROM messages m JOIN addresses a ON a.id = m.from_address_id AND "
        "a.mine > 0 WHERE m.date BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM messages l "
        "LEFT JOIN addresses b ON b.id = l.from_address_id WHERE l.thread_id = m.thread_id "
        "AND l.date BETWEEN m.date AND ?2 AND (l.date > m.date OR l.id > m.id) "
        "AND l.bulk IN ('', 'list') AND coalesce(b.mine, 0) = 0) ORDER BY 1",
        (since, until),
    )
    return [ThreadId(row[0]) for row in rows]


def replace_follow_ups(tx: Transaction, found: Sequence[tuple[ThreadId, FollowUp, int]]) -> list[int]:
    """Make these (thread, follow-up, sent at) the open ones; the threads whose state may have changed.

    What the user dismissed stays dismissed.
    """
    before = [row[0] for row in tx.all("SELECT thread_id FROM follow_ups")]
    kept = ", ".join(str(int(one.message_id)) for _, one, _ in found)  # none: NOT IN () is true for every row
    tx.execute(f"DELETE FROM follow_ups WHERE message_id NOT IN ({kept}) AND dismissed = 0")
    tx.executemany(
        "INSERT INTO follow_ups (message_id, thread_id, ask, reason, sent_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (message_id) DO UPDATE SET ask = excluded.ask, reason = excluded.reason, thread_id = "
        "excluded.thread_id",
        [(one.message_id, thread_id, one.ask, one.reason, sent_at) for thread_id, one, sent_at in found],
    )
    tx.changed(Changed.FOLLOW_UPS)
    return sorted({*before, *(thread_id for thread_id, _, _ in found)})


def refresh_sections(tx: Transaction, thread_ids: Iterable[int]) -> None:
    """Work out the inbox section, priority and third line of threads.

    A thread needs a reply when a message asks for one and none of mine came after it; it waits when
    an open follow-up says so; the newest mail decides what is too old to be either. What was deleted on its
    server asks for nothing.
    """
    oldest = newest_date(tx) - NEEDS_REPLY_DAYS * 86400
    wanted = sorted({int(one) for one in thread_ids})
    for start in range(0, len(wanted), CHUNK):
        marks = ", ".join(map(str, wanted[start : start + CHUNK]))
        found = _waiting(tx, marks) | _asked(tx, marks, oldest)
        everything = (Section.EVERYTHING, 0, "")
        rows = tx.all(f"SELECT section, priority, note, id FROM threads WHERE id IN ({marks})")
        tx.executemany(
            "UPDATE threads SET section = ?, priority = ?, note = ? WHERE id = ?",
            [(*now, row[3]) for row in rows if (now := found.get(row[3], everything)) != row[:3]],
        )
    tx.changed(Changed.THREADS)


_Place = tuple[Section, int, str]
"""Section, priority and third line of a thread."""


def _asked(tx: Transaction, marks: str, oldest: int) -> dict[int, _Place]:
    """Threads that need a reply, by the newest message that asks for one."""
    rows = tx.all(  # SQLite takes the other columns of a bare max() from the row that it found
        "SELECT m.thread_id, c.priority, c.ask, max(m.date * 4294967296 + m.id) FROM messages m "
        "JOIN categories c ON c.message_id = m.id AND c.requires_response = 1 "
        f"WHERE m.thread_id IN ({marks}) AND m.date >= ? AND {THERE.format('m.id')} "
        "AND NOT EXISTS (SELECT 1 FROM messages l "
        "JOIN addresses a ON a.id = l.from_address_id AND a.mine > 0 "
        "WHERE l.thread_id = m.thread_id AND l.date > m.date) GROUP BY m.thread_id",
        (oldest,),
    )
    return {row[0]: (Section.NEEDS_REPLY, row[1], f"asks: {row[2]}" if row[2] else "") for row in rows}


def _waiting(tx: Transaction, marks: str) -> dict[int, _Place]:
    """Threads with an open follow-up, by the first of them."""
    rows = tx.all(
        "SELECT thread_id, reason, min(message_id) FROM follow_ups "
        f"WHERE dismissed = 0 AND {THERE.format('message_id')} AND thread_id IN ({marks}) GROUP BY thread_id"
    )
    return {row[0]: (Section.WAITING, 0, row[1]) for row in rows}


def follow_ups(store: Database | Transaction, limit: int = 500) -> tuple[FollowUpRow, ...]:
    """Open follow-ups, the longest wait first."""
    rows = store.all(
        "SELECT f.thread_id, f.message_id, t.subject, t.people, f.ask, f.reason, f.sent_at FROM follow_ups f "
        "JOIN threads t ON t.id = f.thread_id WHERE f.dismissed = 0 AND t.done = 0 "
        f"AND {THERE.format('f.message_id')} ORDER BY f.sent_at, f.message_id LIMIT ?",
        (limit,),
    )
    return tuple(FollowUpRow(ThreadId(row[0]), MessageId(row[1]), *row[2:]) for row in rows)


def newest_personal(store: Database | Transaction, first: int, most: int) -> list[int]:
    """The newest messages, from id `first` on, that were sorted and are no bulk mail."""
    rows = store.all(
        "SELECT m.id FROM messages m JOIN categories c ON c.message_id = m.id "
        "WHERE m.id >= ? AND c.importance <> 'bulk' ORDER BY m.date DESC, m.id DESC LIMIT ?",
        (first, most),
    )
    return [row[0] for row in rows]


def category_counts(store: Database) -> dict[str, int]:
    """How many messages each importance has, and how many want an answer."""
    counted: dict[str, int] = dict(
        store.all("SELECT importance, count(*) FROM categories GROUP BY importance")
    )
    row = store.one("SELECT count(*) FROM categories WHERE requires_response = 1")
    return {**{str(k): int(v) for k, v in counted.items()}, "requires-response": int(row[0]) if row else 0}


def categories(store: Database, limit: int, importance: str = "") -> list[tuple[object, ...]]:
    """(message, thread, subject, importance, requires response, priority, reason), newest first."""
    where, values = ("WHERE c.importance = ? ", (importance,)) if importance else ("", ())
    return store.all(
        "SELECT m.id, m.thread_id, m.subject, c.importance, c.requires_response, c.priority, c.reason FROM "
        "categories c "
        f"JOIN messages m ON m.id = c.message_id {where}ORDER BY m.date DESC, m.id DESC LIMIT ?",
        (*values, limit),
    )
