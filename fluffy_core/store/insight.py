"""What the machine concluded about mail: categories, open follow-ups, and the sections that follow."""

from collections.abc import Iterable, Sequence

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, FollowUp
from fluffy_core.domain.rows import FollowUpRow, Section
from fluffy_core.events import Changed
from fluffy_core.store import corrections
from fluffy_core.store.database import Database, Transaction

NEEDS_REPLY_DAYS = 90
"""Days before the newest mail after which an unanswered question counts as history."""


def put_categories(tx: Transaction, categories: Iterable[tuple[int, Category]]) -> None:
    """Keep the category of each message, replacing an earlier one but not the user's word."""
    tx.executemany(
        "INSERT INTO categories (message_id, importance, requires_response, priority, reason, ask, engine) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO UPDATE SET importance = "
        "excluded.importance, "
        "requires_response = excluded.requires_response, priority = excluded.priority, reason = "
        "excluded.reason, "
        "ask = excluded.ask, engine = excluded.engine",
        [
            (message_id, one.importance, one.requires_response, one.priority, one.reason, one.ask, one.engine)
            for message_id, one in categories
        ],
    )
    corrections.enforce(tx)
    tx.changed(Changed.CATEGORIES, Changed.THREADS)


def set_languages(tx: Transaction, languages: Iterable[tuple[str, int]]) -> None:
    """Set (language, message id)."""
    tx.executemany("UPDATE messages SET language = ? WHERE id = ?", languages)


def mail_dates(store: Database | Transaction, email: str, limit: int = 500) -> tuple[list[int], list[int]]:
    """(dates of mail from me to this address, dates of mail from it), each sorted, the oldest `limit`."""
    sent = store.all(
        "SELECT m.date FROM message_addresses r JOIN messages m ON m.id = r.message_id "
        "JOIN addresses me ON me.id = m.from_address_id AND me.mine > 0 "
        "WHERE r.address_id = (SELECT id FROM addresses WHERE email = ?) AND r.role IN (1, 2) ORDER "
        "BY 1 LIMIT ?",
        (email, limit),
    )
    received = store.all(
        "SELECT date FROM messages WHERE from_address_id = (SELECT id FROM addresses WHERE email = ?) "
        "ORDER BY 1 LIMIT ?",
        (email, limit),
    )
    return [row[0] for row in sent], [row[0] for row in received]


def newest_date(store: Database | Transaction) -> int:
    """The date of the newest mail from a person, 0 without any.

    Lists and machines write on when people have stopped.
    """
    row = store.one("SELECT coalesce(max(date), 0) FROM messages WHERE bulk = ''")
    return int(row[0]) if row else 0


def waiting_candidates(store: Database | Transaction, *, since: int) -> list[ThreadId]:
    """Threads in which I wrote since a time."""
    rows = store.all(
        "SELECT DISTINCT m.thread_id FROM messages m JOIN addresses a ON a.id = m.from_address_id AND "
        "a.mine > 0 "
        "WHERE m.date >= ? ORDER BY 1",
        (since,),
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
    an open follow-up says so; the newest mail decides what is too old to be either.
    """
    oldest = newest_date(tx) - NEEDS_REPLY_DAYS * 86400
    for thread_id in thread_ids:
        section, priority, note = _section(tx, thread_id, oldest)
        tx.execute(
            "UPDATE threads SET section = ?, priority = ?, note = ? WHERE id = ? AND (section, priority, "
            "note) <> (?, ?, ?)",
            (section, priority, note, thread_id, section, priority, note),
        )
    tx.changed(Changed.THREADS)


def _section(tx: Transaction, thread_id: int, oldest: int) -> tuple[int, int, str]:
    asked = tx.one(
        "SELECT c.priority, c.ask FROM messages m JOIN categories c ON c.message_id = m.id WHERE "
        "m.thread_id = ?1 "
        "AND c.requires_response = 1 AND m.date >= ?2 AND NOT EXISTS (SELECT 1 FROM messages l JOIN "
        "addresses a "
        "ON a.id = l.from_address_id AND a.mine > 0 WHERE l.thread_id = ?1 AND l.date > m.date) ORDER BY "
        "m.date DESC LIMIT 1",
        (thread_id, oldest),
    )
    if asked is not None:
        return Section.NEEDS_REPLY, int(asked[0]), f"asks: {asked[1]}" if asked[1] else ""
    waiting = tx.one(
        "SELECT reason FROM follow_ups WHERE thread_id = ? AND dismissed = 0 LIMIT 1", (thread_id,)
    )
    if waiting is not None:
        return Section.WAITING, 0, str(waiting[0])
    return Section.EVERYTHING, 0, ""


def follow_ups(store: Database, limit: int = 500) -> tuple[FollowUpRow, ...]:
    """Open follow-ups, the longest wait first."""
    rows = store.all(
        "SELECT f.thread_id, f.message_id, t.subject, t.people, f.ask, f.reason, f.sent_at FROM follow_ups f "
        "JOIN threads t ON t.id = f.thread_id WHERE f.dismissed = 0 AND t.done = 0 ORDER BY f.sent_at, "
        "f.message_id LIMIT ?",
        (limit,),
    )
    return tuple(FollowUpRow(ThreadId(row[0]), MessageId(row[1]), *row[2:]) for row in rows)


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
