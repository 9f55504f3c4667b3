"""`check-follow-ups`: mail of mine that asked something and got no answer."""

import time

from fluffy_core.ai.commitments import follow_ups
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import FollowUp
from fluffy_core.services.reading import conversations
from fluffy_core.store import insight
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.insight import follow_ups as listed

__all__ = ["as_of", "find", "listed", "write"]

QUIET_DAYS = 7
Waiting = tuple[ThreadId, FollowUp, int]
"""(thread, what waits, when it was sent)"""


def as_of(store: Database, now: float) -> int:
    """The time that waiting is counted to: now, or a week after the newest mail of an old archive."""
    newest = insight.newest_date(store)
    return min(int(now), newest + QUIET_DAYS * 86400) if newest else int(now)


def find(store: Database, *, lookback_days: int, now: float | None = None) -> list[Waiting]:
    """Everything that waits for an answer; nothing is written."""
    today = as_of(store, time.time() if now is None else now)
    since = today - follow_ups.MAX_DAYS * 86400
    waiting = insight.waiting_candidates(store, since=since, until=today)
    loaded = {one: conversations.load(store, one) for one in waiting}
    owner = {message.id: (thread_id, message.date) for thread_id, some in loaded.items() for message in some}
    found = follow_ups.find(loaded.values(), today, lookback_days=lookback_days)
    return [(owner[one.message_id][0], one, owner[one.message_id][1]) for one in found]


def write(tx: Transaction, found: list[Waiting]) -> int:
    """Make these the open follow-ups and bring the inbox in line; how many there are."""
    insight.refresh_sections(tx, insight.replace_follow_ups(tx, found))
    return len(found)
