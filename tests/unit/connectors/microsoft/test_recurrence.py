"""Graph's patterns as RRULEs: the same days as when they are counted one by one."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.connectors.microsoft.recurrence import rrule
from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.mail.pim.recurrence import expand
from tests.fakes import graph_recurrence
from tests.fakes.graph_recurrence import DAYS, INDEX

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 1, 1)
STOP = date(2030, 1, 1)


def pattern(kind: str, **more: Any) -> dict[str, Any]:
    usual = {"interval": 1, "daysOfWeek": ["monday"], "dayOfMonth": 2, "month": 3, "index": "first"}
    return {**usual, "type": kind, "firstDayOfWeek": "sunday", **more}


def recurrence(found: dict[str, Any], **extent: Any) -> dict[str, Any]:
    return {"pattern": found, "range": {"type": "noEnd", "startDate": str(FIRST), **extent}}


def expanded(rule: str, first: date) -> list[date]:
    """The days on which our calendar shows a series that begins at nine in Berlin."""
    start = int(datetime.combine(first, time(9), BERLIN).timestamp())
    event = CalendarEvent("u", "s", start, start + 3600, timezone="Europe/Berlin", rrule=rule)
    end = int(datetime.combine(STOP, time(), UTC).timestamp())
    found = [datetime.fromtimestamp(one.start, BERLIN) for one in expand([event], start, end)]
    assert {one.hour for one in found} <= {9}
    return [one.date() for one in found]


def check(found: dict[str, Any]) -> None:
    """A series that begins on one of its own days, as Outlook sees to it."""
    days = list(graph_recurrence.days(found, STOP - timedelta(days=1)))
    if not days:
        return
    found["range"]["startDate"] = str(days[0])
    days = list(graph_recurrence.days(found, STOP - timedelta(days=1)))
    assert expanded(rrule(found, BERLIN), days[0]) == days


PATTERNS = st.builds(
    lambda kind, interval, names, day, month, index, week: pattern(
        kind,
        interval=interval,
        daysOfWeek=sorted(names),
        dayOfMonth=min(day, 30 if month in (4, 6, 9, 11) else 31),
        month=month,
        index=index,
        firstDayOfWeek=week,
    ),
    st.sampled_from(
        ["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"]
    ),
    st.integers(1, 5),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(1, 31),
    st.integers(1, 12),
    st.sampled_from(INDEX),
    st.sampled_from(DAYS),
)
EXTENTS = st.one_of(
    st.just({"type": "noEnd"}),
    st.builds(lambda n: {"type": "numbered", "numberOfOccurrences": n}, st.integers(1, 30)),
    st.builds(lambda n: {"type": "endDate", "endDate": str(FIRST + timedelta(days=n))}, st.integers(0, 1200)),
)


@given(PATTERNS, EXTENTS)
def test_the_same_days(found: dict[str, Any], extent: dict[str, Any]) -> None:
    check(recurrence(found, **extent))


@pytest.mark.parametrize(
    ("found", "extent", "wanted"),
    [
        (pattern("daily", interval=3), {}, "FREQ=DAILY;INTERVAL=3"),
        (pattern("weekly", daysOfWeek=["monday", "friday"]), {}, "FREQ=WEEKLY;BYDAY=MO,FR;WKST=SU"),
        (pattern("absoluteMonthly"), {}, "FREQ=MONTHLY;BYMONTHDAY=2"),
        (pattern("absoluteMonthly", dayOfMonth=30), {}, "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        (pattern("relativeMonthly", index="last"), {}, "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1"),
        (pattern("absoluteYearly"), {}, "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2"),
        (pattern("relativeYearly", index="second"), {}, "FREQ=YEARLY;BYMONTH=3;BYDAY=MO;BYSETPOS=2"),
        (pattern("daily"), {"type": "numbered", "numberOfOccurrences": 7}, "FREQ=DAILY;COUNT=7"),
        (pattern("daily"), {"type": "endDate", "endDate": "2026-07-01"}, "FREQ=DAILY;UNTIL=20260701T215959Z"),
    ],
)
def test_the_rules(found: dict[str, Any], extent: dict[str, Any], wanted: str) -> None:
    assert rrule(recurrence(found, **extent), BERLIN) == wanted
    check(recurrence(found, **extent))


def test_whole_days_end_on_a_day() -> None:
    told = recurrence(pattern("daily"), type="endDate", endDate="2026-07-01")
    assert rrule(told, None) == "FREQ=DAILY;UNTIL=20260701"


@pytest.mark.parametrize(
    "told",
    [
        recurrence(pattern("hourly")),
        recurrence(pattern("daily", interval=0)),
        recurrence(pattern("daily", interval="2")),
        recurrence(pattern("daily", interval=10**6)),
        recurrence(pattern("weekly", daysOfWeek=["funday"])),
        recurrence(pattern("absoluteMonthly", dayOfMonth=32)),
        recurrence(pattern("absoluteYearly", month=13)),
        recurrence(pattern("relativeMonthly", index="fifth")),
        recurrence(pattern("daily"), type="someday"),
        recurrence(pattern("daily"), type="endDate", endDate="31.12.2026"),
        recurrence(pattern("daily"), type="numbered", numberOfOccurrences=0),
        {"pattern": pattern("daily")},
        {"pattern": None, "range": None},
    ],
)
def test_what_makes_no_sense(told: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        rrule(told, BERLIN)
