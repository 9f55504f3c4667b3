"""Meetings of the calendar, series with their occurrences."""

from collections.abc import Iterator
from dataclasses import dataclass

from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.mail.pim import recurrence
from fluffy_core.store import calendar
from fluffy_core.store.database import Database, Transaction

LONGEST = 31 * 86_400
"""Seconds that a single entry may last and still be found by what takes place at its end."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, or one occurrence of a series; times in Unix seconds, days at midnight UTC."""

    event_id: int
    summary: str
    start: int
    end: int
    all_day: bool
    location: str
    people: tuple[Attendee, ...]


def ahead(store: Database | Transaction, since: int, until: int) -> list[Meeting]:
    """What takes place in [since, until), by start: what has begun and whole days too, nothing cancelled."""
    found = [
        (number, one)
        for number, one in _occurrences(store, since, until)
        if one.status != "cancelled" and one.end > since and one.start < until
    ]
    more = calendar.people_of(store, {number for number, _ in found})
    return [
        Meeting(number, one.summary, one.start, one.end, one.all_day, *more.get(number, ("", ())))
        for number, one in sorted(found, key=lambda pair: (pair[1].start, pair[0]))
    ]


def starting(store: Database | Transaction, since: int, until: int) -> list[tuple[int, int]]:
    """(calendar entry, start) of meetings that start in [since, until) in Unix seconds, by start.

    Cancelled ones and those of whole days are none. Each occurrence of a series is one.
    """
    found = [
        (number, one.start)
        for number, one in _occurrences(store, since, until)
        if since <= one.start < until and not one.all_day and one.status != "cancelled"
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _occurrences(
    store: Database | Transaction, since: int, until: int
) -> Iterator[tuple[int, CalendarEvent]]:
    rows = calendar.around(store, since - LONGEST, until)
    ids = {(event.uid, event.recurrence_id): number for number, event in rows}
    for one in recurrence.expand([event for _, event in rows], since, until):
        yield ids.get((one.uid, one.recurrence_id)) or ids[one.uid, None], one
