"""Expands recurring events into their occurrences, within limits that no rule can escape."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.mail.calendar_zones import zone

MAX_STEPS = 100_000
"""Candidate dates that one rule may run through: 270 years of a daily meeting."""
MAX_STEPS_IN_ALL = 2_000_000

_STEPS_A_DAY = {"HOURLY": 24, "DAILY": 1, "WEEKLY": 1, "MONTHLY": 1, "YEARLY": 1}
_TIME_LISTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_REFUSALS = (ValueError, KeyError, IndexError, AttributeError, TypeError, ArithmeticError, RecursionError)
"""What dateutil raises on rules that make no sense."""


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
        cost = _steps(event, end)
        steps += cost
        rule = event.rrule if cost <= MAX_STEPS and steps <= MAX_STEPS_IN_ALL else ""
        starts = {event.start, *event.extra_starts, *_rule_starts(replace(event, rrule=rule), end)}
        starts.difference_update(event.excluded_starts)
        found += (_occurrence(event, first) for first in starts if (event.uid, first) not in latest)
    overlapping = (event for event in found if event.start < end and max(event.end, event.start + 1) > start)
    return tuple(sorted(overlapping, key=lambda event: (event.start, event.end, event.uid)))


def _occurrence(event: CalendarEvent, first: int) -> CalendarEvent:
    last = first + event.end - event.start
    return replace(
        event, start=first, end=last, recurrence_id=first, rrule="", extra_starts=(), excluded_starts=()
    )


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)


def _steps(event: CalendarEvent, end: int) -> int:
    """At most so many dates does the rule run through up to `end`."""
    parts = _parts(event.rrule)
    per_day = _STEPS_A_DAY.get(parts.get("FREQ", ""), MAX_STEPS)
    for name in _TIME_LISTS:
        per_day *= parts.get(name, "").count(",") + 1
    return per_day * max(0, (end - event.start) // 86_400 + 1) if event.rrule else 0


def _rule_starts(event: CalendarEvent, end: int) -> Iterator[int]:
    """The starts that the rule gives before `end`; none when there is no rule that can be read.

    UNTIL is always set: a rule that never fits (30 February) would be tried until the year 9999.
    """
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    parts = _parts(event.rrule)
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", parts.get("INTERVAL", "1")):
        return
    count = parts.pop("COUNT", "")
    until = _utc(end - 1).strftime("%Y%m%dT%H%M%SZ")
    if given := re.sub(r"[^0-9TZ]", "", parts.pop("UNTIL", "")):
        until = min(until, f"{given[:15]}Z" if "T" in given else f"{given[:8]}T235959Z")
    rule = ";".join(f"{name}={value}" for name, value in {**parts, "UNTIL": until}.items())
    try:
        dates = rrulestr(rule, dtstart=_utc(event.start).astimezone(zone(event.timezone) or UTC))
        for date in islice(dates, int(count) if count.isdecimal() else None):
            yield int(date.timestamp())
    except _REFUSALS:
        return


def _utc(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
