"""The digest: what needs a reply, who waits, the people behind it, on one page."""

from dataclasses import dataclass

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Decision, Summary
from fluffy_core.domain.rows import ContactRow, FollowUpRow, InboxCounts, Section, ThreadRow
from fluffy_core.store import corrections, inbox, insight, people_rows, summaries
from fluffy_core.store.database import Database


@dataclass(frozen=True, slots=True)
class Digest:
    """The first page. `summaries` and `decisions` are those of the threads that need a reply."""

    counts: InboxCounts
    needs_reply: tuple[ThreadRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    people: tuple[ContactRow, ...]
    summaries: dict[ThreadId, Summary]
    decisions: dict[ThreadId, Decision]


def digest(store: Database, *, limit: int = 8) -> Digest:
    """The most pressing `limit` of each kind."""
    pressing = inbox.ids(store, Section.NEEDS_REPLY)[:limit]
    rows = inbox.rows(store, pressing)
    people = people_rows.top(store, limit)
    shown = people_rows.rows(store, people)
    found = {one: summaries.get(store, one) for one in pressing}
    decided = {one: corrections.decision(store, one) for one in pressing}
    return Digest(
        counts=inbox.counts(store),
        needs_reply=tuple(rows[one] for one in pressing if decided[one]),
        follow_ups=insight.follow_ups(store, limit),
        people=tuple(shown[one] for one in people if one in shown),
        summaries={one: summary[0] for one, summary in found.items() if summary and summary[0].points},
        decisions={one: decision for one, decision in decided.items() if decision},
    )
