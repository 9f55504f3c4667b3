"""The inbox as the window and the command line list it: ids in order, rows by id."""

from collections.abc import Sequence

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import InboxCounts, Section, ThreadRow, ThreadTag
from fluffy_core.store import tags
from fluffy_core.store.database import Database, Row, Transaction

_ROW = (
    "id, subject, people, preview, note, last_date, message_count, unread_count, has_attachments, section, "
    "priority, done"
)
_LISTED = "section = {} AND section > 0 AND done = 0"
"""Threads of a section; the index leaves out those of none, which SQLite must be told."""


def counts(store: Database) -> InboxCounts:
    """How many threads each section holds."""
    row = store.one(
        f"SELECT (SELECT count(*) FROM threads WHERE {_LISTED.format(1)}), "
        f"(SELECT count(*) FROM threads WHERE {_LISTED.format(2)}), "
        "(SELECT count(*) FROM threads WHERE done = 0)"
    )
    return InboxCounts(*row) if row else InboxCounts(0, 0, 0)


def ids(store: Database, section: Section, *, include_done: bool = False) -> tuple[ThreadId, ...]:
    """The threads of a section in reading order; all of them."""
    if section is Section.EVERYTHING:
        where = "" if include_done else "WHERE done = 0"
        sql = f"SELECT id FROM threads {where} ORDER BY last_date DESC, id DESC"
        return tuple(ThreadId(row[0]) for row in store.all(sql))
    sql = f"SELECT id FROM threads WHERE {_LISTED.format('?')} ORDER BY " + (
        "priority DESC, last_date DESC, id DESC" if section is Section.NEEDS_REPLY else "last_date, id"
    )
    return tuple(ThreadId(row[0]) for row in store.all(sql, (int(section),)))


def rows(store: Database | Transaction, thread_ids: Sequence[ThreadId]) -> dict[ThreadId, ThreadRow]:
    """The rows of threads; absent ones are left out."""
    if not thread_ids:
        return {}
    marks = ", ".join(str(int(one)) for one in thread_ids)
    found = store.all(f"SELECT {_ROW} FROM threads WHERE id IN ({marks})")
    tagged = tags.of_threads(store, thread_ids)
    return {ThreadId(row[0]): _thread_row(row, tagged.get(row[0], ())) for row in found}


def _thread_row(row: Row, tagged: tuple[ThreadTag, ...]) -> ThreadRow:
    return ThreadRow(
        id=ThreadId(row[0]), subject=row[1], people=row[2], preview=row[3], note=row[4], last_date=row[5],
        message_count=row[6], unread_count=row[7], has_attachments=bool(row[8]), section=Section(row[9]),
        priority=row[10], done=bool(row[11]), tags=tagged,
    )  # fmt: skip


def set_done(tx: Transaction, thread_ids: Sequence[ThreadId], done: bool) -> list[ThreadId]:
    """Mark threads done or not; those that changed."""
    sql = "UPDATE threads SET done = ? WHERE id = ? AND done <> ? RETURNING id"
    return [one for one in thread_ids if tx.one(sql, (done, one, done))]


def set_seen(tx: Transaction, thread_ids: Sequence[ThreadId], seen: bool) -> list[int]:
    """Mark all messages of threads read or unread; the messages that changed."""
    changed: list[int] = []
    for one in thread_ids:
        rows_ = tx.all(
            "UPDATE messages SET seen = ? WHERE thread_id = ? AND seen <> ? RETURNING id", (seen, one, seen)
        )
        changed += [row[0] for row in rows_]
        tx.execute(
            "UPDATE threads SET unread_count = (SELECT sum(1 - seen) FROM messages WHERE thread_id = "
            "threads.id) WHERE id = ?",
            (one,),
        )
    return changed


def set_messages_seen(tx: Transaction, message_ids: Sequence[int], seen: bool) -> None:
    """Set the read state of single messages and their threads' counts."""
    for one in message_ids:
        tx.execute("UPDATE messages SET seen = ? WHERE id = ?", (seen, one))
        tx.execute(
            "UPDATE threads SET unread_count = (SELECT sum(1 - seen) FROM messages WHERE thread_id = "
            "threads.id) "
            "WHERE id = (SELECT thread_id FROM messages WHERE id = ?)",
            (one,),
        )
