"""Recurrence rules against dateutil, the engine in wide use, and the rules that it would never finish."""

from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from fluffy_core.mail.pim import rrule
from tests.fakes.effort import within

FIRST = datetime(2020, 3, 2, 9, 30, 15)  # noqa: DTZ001
LATER = FIRST + timedelta(days=3 * 365)


def ours(text: str, first: datetime = FIRST, since: datetime = FIRST) -> list[datetime]:
    rule = rrule.parse(text)
    assert rule is not None
    return list(rrule.starts(rule, first, since=since, stop=LATER))


def theirs(text: str, first: datetime = FIRST) -> list[datetime]:
    found: list[datetime] = rrulestr(text, dtstart=first).between(first, LATER, inc=True)
    return [moment for moment in found if moment < LATER]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=10;COUNT=5",
        "FREQ=DAILY;BYMONTH=1,3",
        "FREQ=DAILY;BYDAY=MO,WE;BYHOUR=9,17;BYMINUTE=0",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=MO;BYDAY=TU,SU",
        "FREQ=WEEKLY;BYSETPOS=-1;BYDAY=MO,TU",
        "FREQ=MONTHLY;BYDAY=1FR",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "FREQ=MONTHLY;BYMONTHDAY=2,15,-1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=6,7",
        "FREQ=YEARLY;INTERVAL=2;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "FREQ=HOURLY;INTERVAL=7",
        "FREQ=HOURLY;BYHOUR=9,10;BYMINUTE=0,30;BYDAY=MO",
    ],
)
def test_agrees_with_dateutil(text: str) -> None:
    assert ours(text) == theirs(text)
    assert len(ours(text)) >= 2


_DAYS = st.lists(st.sampled_from(rrule.WEEKDAYS), unique=True, max_size=3).map(",".join)
_NUMBERS = {
    "INTERVAL": st.integers(1, 5).map(str),
    "BYDAY": _DAYS,
    "BYMONTH": st.lists(st.integers(1, 12), max_size=4, unique=True).map(lambda n: ",".join(map(str, n))),
    "BYMONTHDAY": st.lists(st.integers(1, 28), max_size=3, unique=True).map(lambda n: ",".join(map(str, n))),
    "COUNT": st.integers(1, 40).map(str),
}


@settings(max_examples=150)
@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.fixed_dictionaries({}, optional=_NUMBERS),
    st.integers(0, 800),
)
def test_agrees_with_dateutil_on_any_rule(frequency: str, parts: dict[str, str], shift: int) -> None:
    text = ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items() if value)])
    first = FIRST + timedelta(days=shift)
    found = ours(text, first)
    if found:  # dateutil would look for the first one until the year 9999
        assert found == list(islice(rrulestr(text, dtstart=first), len(found)))


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=MONTHLY;INTERVAL=5",
        "FREQ=YEARLY",
        "FREQ=DAILY;COUNT=700",
    ],
)
def test_starting_late_changes_nothing(text: str) -> None:
    since = FIRST + timedelta(days=500)
    assert [moment for moment in ours(text, since=since) if moment >= since] == [
        moment for moment in ours(text) if moment >= since
    ]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;BYDAY=60MO;COUNT=3",
        "FREQ=WEEKLY;BYMONTHDAY=31;BYMONTH=6",
    ],
)
def test_rules_that_never_fit_end(text: str) -> None:
    assert within(1, ours, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=999999999999",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=YEARLY;RSCALE=CHINESE",
    ],
)
def test_rules_that_make_no_sense(text: str) -> None:
    assert rrule.parse(text) is None


def test_the_ends_of_the_calendar() -> None:
    for first, stop in ((datetime(1, 1, 1), datetime(1, 3, 1)), (datetime(9999, 11, 1), datetime.max)):  # noqa: DTZ001, DTZ901
        for frequency in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
            rule = rrule.parse(f"FREQ={frequency}")
            assert rule is not None
            assert next(rrule.starts(rule, first, since=first, stop=stop)) == first
            assert len(list(rrule.starts(rule, first, since=first, stop=stop))) < 70
