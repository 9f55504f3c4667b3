"""Dates and times of Google's calendar, whole and broken."""

from datetime import UTC, datetime

import pytest

from fluffy_core.connectors.google.moments import Moment, listed, moment, zone_named

JUNE = int(datetime(2026, 6, 1, 7, tzinfo=UTC).timestamp())
DAY = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
START = Moment(JUNE, False, "Europe/Berlin", datetime(2026, 6, 1, 9))  # noqa: DTZ001
DAYS = Moment(DAY, True, "UTC", datetime(2026, 6, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("told", "seconds", "zone"),
    [
        ({"dateTime": "2026-06-01T07:00:00Z"}, JUNE, "Europe/Paris"),
        ({"dateTime": "2026-06-01T09:00:00+02:00", "timeZone": "Europe/Berlin"}, JUNE, "Europe/Berlin"),
        ({"dateTime": "2026-06-01T09:00:00", "timeZone": "Europe/Berlin"}, JUNE, "Europe/Berlin"),
        ({"dateTime": "2026-06-01T09:00:00"}, JUNE, "Europe/Paris"),
        ({"dateTime": "2026-06-01T09:00:00", "timeZone": "Mars/Olympus"}, JUNE, "Europe/Paris"),
        ({"dateTime": "2026-06-01T07:00:00.000Z", "timeZone": "../../etc/passwd"}, JUNE, "Europe/Paris"),
    ],
)
def test_times(told: dict[str, str], seconds: int, zone: str) -> None:
    found = moment(told, "Europe/Paris")
    assert (found.seconds, found.zone, found.all_day) == (seconds, zone, False)
    assert found.local.hour == 9


def test_days_begin_at_midnight_utc() -> None:
    assert moment({"date": "2026-06-01"}, "Europe/Paris") == DAYS


@pytest.mark.parametrize("told", [{}, {"dateTime": "soon"}, {"date": "2026-13-01"}, {"timeZone": "UTC"}])
def test_what_is_no_moment(told: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        moment(told, "UTC")


@pytest.mark.parametrize(
    ("line", "start", "found"),
    [
        ("EXDATE;TZID=Europe/Berlin:20260601T090000", START, [JUNE]),
        ("EXDATE:20260601T070000Z,20260602T070000Z", START, [JUNE, JUNE + 86_400]),
        ("EXDATE;VALUE=DATE:20260601", START, [JUNE]),
        ("EXDATE;VALUE=DATE:20260601", DAYS, [DAY]),
        ("EXDATE:20260601T090000", DAYS, [DAY]),
        ("RDATE;VALUE=PERIOD:20260601T070000Z/PT1H", START, [JUNE]),
        ('RDATE;TZID="Europe/Berlin":20260601T090000', START, [JUNE]),
        ("EXDATE;TZID=Mars/Olympus:20260601T090000", START, [JUNE]),
    ],
)
def test_lines(line: str, start: Moment, found: list[int]) -> None:
    assert list(listed(line, start)) == found


@pytest.mark.parametrize(
    "line", ["EXDATE:", "EXDATE", "EXDATE:2026", "EXDATE:20261301", "EXDATE:20260601T990000"]
)
def test_lines_that_say_nothing(line: str) -> None:
    with pytest.raises(ValueError):
        listed(line, START)


@pytest.mark.parametrize("name", ["", "x", "/", "../x", "Europe", "a\0b", "x" * 5000])
def test_no_names_of_zones(name: str) -> None:
    assert zone_named(name) is None
