"""Occurrences of series: summer time, exceptions, limits, and agreement with recurring-ical-events."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.mail.pim import calendar
from fluffy_core.mail.pim.recurrence import expand
from tests.fakes.effort import within

HOUR, DAY = 3600, 86_400
START = int(datetime(2020, 3, 2, 9, 0, tzinfo=UTC).timestamp())
MONDAY = CalendarEvent("1", "Plan", START, START + HOUR, timezone="Europe/Berlin", rrule="FREQ=WEEKLY")
FAR = START + 100 * 365 * DAY


def starts(event: CalendarEvent, until: int = START + 400 * DAY) -> list[int]:
    return [occurrence.start for occurrence in expand([event], START - DAY, until)]


def test_the_wall_clock_holds_through_summer_time() -> None:
    first_six = [START + week * 7 * DAY - (HOUR if week >= 4 else 0) for week in range(6)]
    assert starts(MONDAY)[:6] == first_six


def test_an_occurrence_carries_its_times_and_no_rule() -> None:
    second = expand([MONDAY], START + DAY, START + 8 * DAY)[0]
    assert second == replace(
        MONDAY, start=START + 7 * DAY, end=START + 7 * DAY + HOUR, rrule="", recurrence_id=START + 7 * DAY
    )


@pytest.mark.parametrize(
    ("begin", "end", "hit"),
    [
        (START - 10, START, False),
        (START - 10, START + 1, True),
        (START + HOUR - 1, START + HOUR + 5, True),
        (START + HOUR, START + HOUR + 5, False),
    ],
)
def test_the_window_is_half_open(begin: int, end: int, hit: bool) -> None:
    for event in (MONDAY, replace(MONDAY, rrule="")):
        assert bool(expand([event], begin, end)) is hit


def test_an_event_without_length_overlaps_at_its_start() -> None:
    event = replace(MONDAY, rrule="", end=START)
    assert expand([event], START, START + 1) == (event,)
    assert expand([event], START + 1, START + 2) == ()


def test_excluded_and_extra_starts() -> None:
    event = replace(
        MONDAY, rrule="FREQ=WEEKLY;COUNT=3", excluded_starts=(START + 7 * DAY,), extra_starts=(START + DAY,)
    )
    assert starts(event) == [START, START + DAY, START + 14 * DAY]


def test_an_exception_stands_in_for_its_occurrence() -> None:
    moved = replace(
        MONDAY, rrule="", recurrence_id=START + 7 * DAY, start=START + 8 * DAY, end=START + 9 * DAY
    )
    found = expand([moved, MONDAY], START, START + 15 * DAY)
    assert [event.start for event in found] == [START, START + 8 * DAY, START + 14 * DAY]
    assert found[1] == moved


def test_the_highest_sequence_counts() -> None:
    newer = replace(MONDAY, rrule="", sequence=2, summary="Moved")
    assert expand([newer, MONDAY], START, START + 30 * DAY) == (newer,)


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY;COUNT=5", 5),
        ("FREQ=DAILY;UNTIL=20200304", 3),
        ("FREQ=DAILY;UNTIL=20200304T090000Z", 3),
        ("FREQ=DAILY;UNTIL=20200304T085959Z", 2),
        ("FREQ=DAILY;UNTIL=20190101", 1),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=4", 4),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=6;WKST=SU", 6),
        ("FREQ=HOURLY;COUNT=30", 30),
        ("FREQ=YEARLY;COUNT=2", 2),
        ("FREQ=DAILY;INTERVAL=0", 1),
        ("FREQ=DAILY;INTERVAL=-1", 1),
        ("FREQ=FORTNIGHTLY", 1),
        ("FREQ=DAILY;BYMONTH=13", 1),
        ("FREQ=DAILY;COUNT=x;UNTIL=y", 1),
        ("nonsense", 1),
        ("FREQ=SECONDLY", 1),
        ("FREQ=MINUTELY;COUNT=5", 1),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1),
        ("FREQ=DAILY;COUNT=5;BYMONTH=2;BYMONTHDAY=30", 1),
    ],
)
def test_rules(rule: str, count: int) -> None:
    assert len(within(1, starts, replace(MONDAY, rrule=rule))) == count


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYDAY=" + "MO," * 100_000 + "TU",
    ],
)
def test_no_rule_runs_away(rule: str) -> None:
    found = within(5, expand, [replace(MONDAY, rrule=rule)], START, FAR)
    assert 1 <= len(found) <= 100_000


def test_many_long_series_are_all_expanded() -> None:
    events = [replace(MONDAY, uid=str(number), rrule="FREQ=DAILY") for number in range(1000)]
    assert len(within(5, expand, events, FAR - 3 * DAY, FAR)) == 3000


def test_many_rules_that_must_be_counted_through_are_bounded() -> None:
    rule = "FREQ=DAILY;COUNT=900000"
    events = [replace(MONDAY, uid=str(number), rrule=rule) for number in range(1000)]
    found = within(30, expand, events, FAR - 3 * DAY, FAR)
    assert 3 <= len(found) <= 3 * 30


@pytest.mark.realdata
def test_agrees_with_recurring_ical_events_on_real_calendars(realdata: Path) -> None:
    import icalendar
    import recurring_ical_events

    compared = 0
    for path in sorted((realdata / "pim").rglob("*.ics")):
        ours = calendar.parse(path.read_bytes())
        if ours.problems or not any(event.rrule or event.extra_starts for event in ours.events):
            continue
        begin = min(event.start for event in ours.events) - DAY
        window = (datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(begin + 400 * DAY, UTC))
        if any("RSCALE" in event.rrule for event in ours.events):
            continue
        theirs = recurring_ical_events.of(icalendar.Calendar.from_ical(path.read_bytes())).between(*window)
        assert len(expand(ours.events, begin, begin + 400 * DAY)) == len(theirs), path.name
        compared += 1
    assert compared >= 5
