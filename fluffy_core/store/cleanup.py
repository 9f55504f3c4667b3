"""What nothing refers to any more, taken out in bounded steps; mail itself is never touched."""

from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

STEP = 500
"""Rows that one transaction takes out at most."""
_UNUSED = (
    "a.mine = 0 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.from_address_id = a.id) "
    "AND NOT EXISTS (SELECT 1 FROM message_addresses r WHERE r.address_id = a.id) "
    "AND NOT EXISTS (SELECT 1 FROM address_stats s WHERE s.address_id = a.id AND s.contact_id IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM contact_fields f WHERE f.address_id = a.id AND f.locked = 1) "
    "AND NOT EXISTS (SELECT 1 FROM delivered_to d WHERE d.address_id = a.id) "
    "AND a.id NOT IN (SELECT address_id FROM event_attendees) "
    "AND a.id NOT IN (SELECT address_a FROM identity_rulings) "
    "AND a.id NOT IN (SELECT address_b FROM identity_rulings) "
    "AND a.id NOT IN (SELECT address_id FROM wrong_fields)"
)
_ABOUT_ADDRESSES = ("address_stats", "address_names", "contact_fields")
_DERIVED = (
    ("vectors", "message_id", "messages"),
    ("categories", "message_id", "messages"),
    ("extracted_messages", "message_id", "messages"),
    ("follow_ups", "message_id", "messages"),
    ("summaries", "thread_id", "threads"),
    ("thread_answers", "thread_id", "threads"),
    ("contact_activity", "contact_id", "contacts"),
    ("account_health", "account_id", "accounts"),
)
"""(table, column, whose rows it speaks of): derived, so that it may go once those are gone."""


def unused_addresses(tx: Transaction, *, after: int) -> tuple[int, int | None]:
    """Forget addresses above an id that no message, contact, meeting or word of the user names.

    (how many, the id to go on after; None when all were looked at). One step.
    """
    looked_at = tx.all("SELECT id FROM addresses WHERE id > ? ORDER BY id LIMIT ?", (after, STEP * 20))
    if not looked_at:
        return 0, None
    last = looked_at[-1][0]
    found = tx.all(
        f"SELECT a.id FROM addresses a WHERE a.id > ? AND a.id <= ? AND {_UNUSED} ORDER BY a.id LIMIT ?",
        (after, last, STEP),
    )
    for table in _ABOUT_ADDRESSES:
        tx.executemany(f"DELETE FROM {table} WHERE address_id = ?", found)
    tx.executemany("DELETE FROM addresses WHERE id = ?", found)
    return len(found), found[-1][0] if len(found) == STEP else last


def orphans(tx: Transaction) -> int:
    """Take out derived rows whose message, thread, contact or account is gone; how many there were."""
    count = 0
    for table, column, parent in _DERIVED:
        count += len(
            tx.all(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {parent}) RETURNING {column}")
        )
    return count


def undone(tx: Transaction, *, before: float) -> int:
    """Forget what was done and taken back before a time; how many entries there were."""
    return len(tx.all("DELETE FROM undo_log WHERE undone = 1 AND at < ? RETURNING id", (before,)))


def archive(tx: Transaction, *, older_than: int, already: int, known_thread: int) -> list[int]:
    """Mark threads done whose last mail is older than a date; the threads that changed.

    Those that an earlier run had before it are left as the user has them by now: last mail before
    `already`, and a thread id up to `known_thread`. What needs a reply or waits stays, too.
    """
    rows = tx.all(
        "UPDATE threads SET done = 1 WHERE done = 0 AND section = 0 AND last_date < ? "
        "AND (last_date >= ? OR id > ?) RETURNING id",
        (older_than, already, known_thread),
    )
    if rows:
        tx.changed(Changed.THREADS)
    return sorted(row[0] for row in rows)


def newest_thread(store: Database | Transaction) -> int:
    """The highest thread id, 0 without any."""
    row = store.one("SELECT coalesce(max(id), 0) FROM threads")
    return int(row[0]) if row else 0


def free_share(store: Database) -> tuple[float, int]:
    """(share of the database file that is empty, bytes that are in use)."""
    free = int((store.one("PRAGMA freelist_count") or (0,))[0])
    pages = int((store.one("PRAGMA page_count") or (0,))[0])
    size = int((store.one("PRAGMA page_size") or (0,))[0])
    return (free / pages if pages else 0.0), (pages - free) * size
