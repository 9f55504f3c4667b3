"""Messages that were deleted from every folder of their servers: kept, but they ask for nothing any more."""

import json
from collections.abc import Iterable, Sequence

from fluffy_core.events import Changed
from fluffy_core.store import insight
from fluffy_core.store.database import Transaction

SCHEMA = """
-- Messages that were deleted from their last folder; was_open: so their thread left the inbox.
CREATE TABLE gone_messages (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, was_open INTEGER NOT NULL
) STRICT;
"""


def note(tx: Transaction, message_ids: Iterable[int]) -> None:
    """Those of these messages that lie nowhere any more are gone, and so is what they ask for.

    A thread of which nothing is left leaves the inbox as done.
    """
    rows = tx.all(
        "INSERT INTO gone_messages SELECT m.id, t.done = 0 AND NOT EXISTS (SELECT 1 FROM messages o "
        "JOIN locations l ON l.message_id = o.id WHERE o.thread_id = t.id) FROM messages m "
        "JOIN threads t ON t.id = m.thread_id WHERE m.id IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM locations l WHERE l.message_id = m.id) "
        "ON CONFLICT DO NOTHING RETURNING message_id, was_open",
        (json.dumps(list(message_ids)),),
    )
    _settle(tx, dict(rows), done=True)


def came_back(tx: Transaction, message_ids: Sequence[int]) -> None:
    """These messages lie in a folder: what those that were gone ask for is asked again."""
    if not message_ids:
        return
    rows = tx.all(
        "DELETE FROM gone_messages WHERE message_id IN (SELECT value FROM json_each(?)) "
        "RETURNING message_id, was_open",
        (json.dumps(list(message_ids)),),
    )
    _settle(tx, dict(rows), done=False)


def _settle(tx: Transaction, was_open: dict[int, int], *, done: bool) -> None:
    if not was_open:
        return
    in_thread: dict[int, int] = dict(
        tx.all(
            "SELECT id, thread_id FROM messages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(was_open)),),
        )
    )
    tx.executemany(
        "UPDATE threads SET done = ? WHERE id = ?",
        [(done, in_thread[one]) for one, open_before in was_open.items() if open_before],
    )
    insight.refresh_sections(tx, in_thread.values())
    tx.changed(Changed.COMMITMENTS)
    tx.changed(Changed.FOLLOW_UPS)
