"""Summaries of threads, kept until their thread changes."""

import json
import time
from collections.abc import Sequence

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Owed, Summary, SummaryPoint
from fluffy_core.events import Changed
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction


def put(tx: Transaction, thread_id: ThreadId, summary: Summary, *, last_message_id: int) -> None:
    """Keep the summary of a thread as it stood at `last_message_id`."""
    body = {
        "points": [[one.text, one.message_id] for one in summary.points],
        "owed": [[one.who_owes, one.text, one.message_id, one.due] for one in summary.owed],
    }
    tx.execute(
        "INSERT INTO summaries (thread_id, last_message_id, engine, summary, created_at) VALUES (?, ?, ?, "
        "?, ?) "
        "ON CONFLICT (thread_id) DO UPDATE SET last_message_id = excluded.last_message_id, engine = "
        "excluded.engine, "
        "summary = excluded.summary, created_at = excluded.created_at",
        (thread_id, last_message_id, summary.engine, json.dumps(body), time.time()),
    )
    tx.changed(Changed.SUMMARIES)


def get(store: Database | Transaction, thread_id: ThreadId) -> tuple[Summary, float] | None:
    """(summary, when it was made), or None."""
    row = store.one("SELECT engine, summary, created_at FROM summaries WHERE thread_id = ?", (thread_id,))
    if row is None:
        return None
    body = json.loads(row[1])
    points = tuple(SummaryPoint(text, MessageId(number)) for text, number in body["points"])
    owed = tuple(Owed(who, text, MessageId(number), due) for who, text, number, due in body["owed"])
    return Summary(points, owed, row[0]), float(row[2])


def missing(store: Database, key_end: str, *, limit: int) -> list[tuple[int, int]]:
    """(thread, its last message) of threads without a summary of their last message, newest first.

    Those that were asked for stay with that job, also when it failed: its key is thread, last message
    and `key_end`.
    """
    rows = store.all(
        "SELECT t.id, t.last_message_id FROM threads t LEFT JOIN summaries s ON s.thread_id = t.id "
        "WHERE t.last_message_id IS NOT NULL AND coalesce(s.last_message_id, 0) <> t.last_message_id "
        "AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.name = 'summarize-email-thread' "
        "AND j.key = t.id || '/' || t.last_message_id || ?) ORDER BY t.last_date DESC, t.id DESC LIMIT ?",
        (key_end, limit),
    )
    return [(row[0], row[1]) for row in rows]


def last_messages(store: Database | Transaction, thread_ids: Sequence[int]) -> dict[int, int]:
    """The message up to which each thread would be summarised now: its last one."""
    found: dict[int, int] = {}
    for start in range(0, len(thread_ids), CHUNK):
        marks = ", ".join(str(int(one)) for one in thread_ids[start : start + CHUNK])
        found.update(store.all(f"SELECT id, coalesce(last_message_id, 0) FROM threads WHERE id IN ({marks})"))
    return found
