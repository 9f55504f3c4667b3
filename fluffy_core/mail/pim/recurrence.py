"""Expands recurring events into their occurrences, within limits that no rule can escape."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.mail.pim import rrule
from fluffy_core.mail.pim.calendar_zones import zone
from fluffy_core.mail.pim.rrule import Rule

MAX_STEPS = 100_000
"""Candidate dates that one rule may run through: 270 years of a daily meeting."""
MAX_STEPS_IN_ALL = 500_000

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = 253_000_000_000
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def expand(events: Iterable[CalendarEvent], start: int, end: int) -> tuple[CalendarEvent, ...]:
    """The single events and occurrences that overlap [start, end) in Unix seconds, by start.

    An occurrence carries its own times and, as `recurrence_id`, the start that its rule gives it;
    an exception stands in for the occurrence of that start. Rules finer than an hour, and rules that
    would run through too many dates, count as one event.
    """
    latest: dict[tuple[str, int | None], CalendarEvent] = {}
    for event in events:
        known = latest.get((event.uid, event.recurrence_id))
        if known is None or event.sequence >= known.sequence:
            latest[event.uid, event.recurrence_id] = event
    found: list[CalendarEvent] = []
    steps = 0
    for event in latest.values():
        if event.recurrence_id is not None or not (event.rrule or event.extra_starts):
            found.append(event)
            continue
        starts = {event.start, *event.extra_starts}
        if rule := rrule.parse(event.rrule):
            since = start - (event.end - event.start) if rule.count is None else event.start
            cost = rule.steps((end - max(since, event.start)) // DAY)
            steps += cost
            if cost <= MAX_STEPS and steps <= MAX_STEPS_IN_ALL:
                starts.update(_rule_starts(event, rule, since=since, end=end))
        starts.difference_update(event.excluded_starts)
        found += (_occurrence(event, first) for first in starts if (event.uid, first) not in latest)
    overlapping = (event for event in found if event.start < end and max(event.end, event.start + 1) > start)
    return tuple(sorted(overlapping, key=lambda event: (event.start, event.end, event.uid)))


def _occurrence(event: CalendarEvent, first: int) -> CalendarEvent:
    last = first + event.end - event.start
    return replace(
        event, start=first, end=last, recurrence_id=first, rrule="", extra_starts=(), excluded_starts=()
    )


def _rule_starts(event: CalendarEvent, rule: Rule, *, since: int, end: int) -> Iterator[int]:
    """The starts that the rule gives from about `since` until before `end`."""
    own = zone(event.timezone) or UTC
    until = _until(rule, own)
    first, begin, stop = (
        _utc(moment).astimezone(own).replace(tzinfo=None)
        for moment in (event.start, since - DAY, min(end, until) + DAY)
    )
    for moment in rrule.starts(rule, first, since=begin, stop=stop):
        if moment < begin:
            continue
        seconds = int((moment.replace(tzinfo=own) - _EPOCH).total_seconds())
        if seconds < end and seconds <= until:
            yield seconds


def _until(rule: Rule, own: tzinfo) -> int:
    """UNTIL in Unix seconds: a day counts to its end, a time without "Z" is in the event's own zone."""
    match = _UNTIL.match(rule.until)
    if not match:
        return _FAR
    day, time, utc = match.groups()
    try:
        moment = datetime.strptime(day + (time or "235959"), "%Y%m%d%H%M%S").replace(
            tzinfo=UTC if utc else own
        )
    except ValueError:
        return _FAR
    return int((moment.replace(tzinfo=UTC if utc else own) - _EPOCH).total_seconds())


def _utc(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
