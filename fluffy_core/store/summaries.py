"""Summaries of threads, kept until their thread changes."""

import json
import time
from collections.abc import Sequence
from typing import Any

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Sentiment, Summary, SummaryPoint, Tone, Urgency
from fluffy_core.events import Changed
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction


def put(tx: Transaction, thread_id: ThreadId, summary: Summary, *, last_message_id: int) -> None:
    """Keep the summary of a thread as it stood at `last_message_id`."""
    tone = summary.tone
    body = {
        "points": _listed(summary.points),
        "gist": _listed(summary.gist),
        "decisions": _listed(summary.decisions),
        "sentiment": [tone.sentiment, _listed([tone.sentiment_shown] if tone.sentiment_shown else [])],
        "urgency": [tone.urgency, _listed([tone.urgency_shown] if tone.urgency_shown else [])],
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
    """(summary, when it was made), or None; without what the user said is wrong."""
    row = store.one("SELECT engine, summary, created_at FROM summaries WHERE thread_id = ?", (thread_id,))
    if row is None:
        return None
    body, wrong = json.loads(row[1]), rejected(store, thread_id)
    points, gist, decisions = (
        tuple(each for each in _points(body[name]) if (each.message_id, each.evidence) not in wrong)
        for name in ("points", "gist", "decisions")
    )
    sentiment, urgency = body["sentiment"], body["urgency"]
    tone = Tone(
        Sentiment(sentiment[0]),
        next(iter(_points(sentiment[1])), None),
        Urgency(urgency[0]),
        next(iter(_points(urgency[1])), None),
    )
    return Summary(points, row[0], gist, decisions, tone), float(row[2])


def made_of(store: Database | Transaction, thread_id: ThreadId) -> tuple[int, str]:
    """(last message, engine) of the summary that is kept, (0, "") without one."""
    row = store.one("SELECT last_message_id, engine FROM summaries WHERE thread_id = ?", (thread_id,))
    return (int(row[0]), str(row[1])) if row else (0, "")


def reject(tx: Transaction, message_id: MessageId, quote: str) -> bool:
    """Show these words of a message in no summary; False when that was so already."""
    made = tx.all(
        "INSERT OR IGNORE INTO wrong_points (message_id, quote) VALUES (?, ?) RETURNING message_id",
        (message_id, quote),
    )
    tx.changed(Changed.SUMMARIES)
    return bool(made)


def accept(tx: Transaction, message_id: MessageId, quote: str) -> None:
    """Take `reject` back."""
    tx.execute("DELETE FROM wrong_points WHERE message_id = ? AND quote = ?", (message_id, quote))
    tx.changed(Changed.SUMMARIES)


def rejected(store: Database | Transaction, thread_id: ThreadId) -> frozenset[tuple[MessageId, str]]:
    """(message, words) that the user does not want to see in the summary of a thread."""
    rows = store.all(
        "SELECT w.message_id, w.quote FROM wrong_points w JOIN messages m ON m.id = w.message_id "
        "WHERE m.thread_id = ?",
        (thread_id,),
    )
    return frozenset((MessageId(number), quote) for number, quote in rows)


def _listed(points: Sequence[SummaryPoint]) -> list[list[object]]:
    return [[one.text, one.message_id, one.quote] for one in points]


def _points(rows: Sequence[Sequence[Any]]) -> list[SummaryPoint]:
    return [SummaryPoint(text, MessageId(number), quote) for text, number, quote in rows]


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
