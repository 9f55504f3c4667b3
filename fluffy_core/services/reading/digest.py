"""The digest: what needs a reply, what is due, who waits, the people behind it, on one page."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from fluffy_core.domain.commitments import CommitmentRow, Debtor
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Decision, Summary
from fluffy_core.domain.rows import ContactRow, FollowUpRow, InboxCounts, Section, ThreadRow
from fluffy_core.services.home import local_time
from fluffy_core.services.insight import analytics, commitments
from fluffy_core.store import corrections, inbox, insight, people_rows, summaries
from fluffy_core.store.database import Database

DUE_DAYS = 7
"""What I owe within so many days is told."""
_TOLD = ("received", "sent")
"""The figures of the week that are told."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The first page. `summaries` and `decisions` are those of the threads that need a reply.

    `due` is what I owe within a week, overdue first, as far as it does not stand in those; `week` tells
    the last seven days in words, nothing before anything was counted.
    """

    counts: InboxCounts
    needs_reply: tuple[ThreadRow, ...]
    due: tuple[CommitmentRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    people: tuple[ContactRow, ...]
    summaries: dict[ThreadId, Summary]
    decisions: dict[ThreadId, Decision]
    week: tuple[str, ...] = ()


def digest(store: Database, *, limit: int = 8, now: float | None = None) -> Digest:
    """The most pressing `limit` of each kind."""
    moment = time.time() if now is None else now
    pressing = inbox.ids(store, Section.NEEDS_REPLY)[:limit]
    rows = inbox.rows(store, pressing)
    people = people_rows.top(store, limit)
    shown = people_rows.rows(store, people)
    found = {one: summaries.get(store, one) for one in pressing}
    decided = {one: corrections.decision(store, one) for one in pressing}
    needs_reply = tuple(rows[one] for one in pressing if decided[one])
    return Digest(
        counts=inbox.counts(store),
        needs_reply=needs_reply,
        due=_due(store, {row.id for row in needs_reply}, moment),
        follow_ups=insight.follow_ups(store, limit),
        people=tuple(shown[one] for one in people if one in shown),
        summaries={one: summary[0] for one, summary in found.items() if summary and summary[0].points},
        decisions={one: decision for one, decision in decided.items() if decision},
        week=_week(store, moment),
    )


def _due(store: Database, listed: set[ThreadId], now: float) -> tuple[CommitmentRow, ...]:
    today = datetime.fromtimestamp(now, local_time.zone(store)).date()
    last = (today + timedelta(days=DUE_DAYS)).isoformat()
    return tuple(
        row
        for row in commitments.open_ones(store, now=now)
        if row.commitment.debtor is Debtor.ME
        and "" < row.commitment.due[: len(last)] <= last
        and row.thread_id not in listed
    )


def _week(store: Database, now: float) -> tuple[str, ...]:
    report = analytics.report(store, by="week", limit=1, now=now)
    if report is None:
        return ()
    return tuple(one.text for one in report.trends if one.name in _TOLD and one.now)
