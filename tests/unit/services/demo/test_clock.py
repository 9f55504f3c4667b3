"""The demo's clock: working moments, spoken dates, and the two hours a year that are difficult."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.errors import BugError
from fluffy_core.services.demo.clock import Clock, spoken_date, stamped, weekday_name


def wall(*parts: int) -> datetime:
    """A wall time: year, month, day and what follows, in no zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


WEDNESDAY = Clock(wall(2026, 7, 15, 16, 20))


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 1, 15, 12, tzinfo=UTC), wall(2026, 1, 15, 13)),
        (datetime(2026, 7, 15, 12, tzinfo=UTC), wall(2026, 7, 15, 14)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), wall(2026, 3, 29, 1, 59)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), wall(2026, 3, 29, 3, 0)),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), wall(2026, 10, 25, 2, 59)),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), wall(2026, 10, 25, 2, 0)),
        (wall(2026, 1, 15, 12), wall(2026, 1, 15, 12)),
    ],
)
def test_now_is_told_in_berlin(moment: datetime, told: datetime) -> None:
    assert Clock(moment).now == told


@pytest.mark.parametrize(
    ("clock", "shift", "text"),
    [
        (wall(2026, 1, 15, 13), 0, "2026-01-15T13:00:00+01:00"),
        (wall(2026, 7, 15, 13), 0, "2026-07-15T13:00:00+02:00"),
        (wall(2026, 7, 15, 13), -1, "2026-07-15T12:00:00+01:00"),
        (wall(2026, 1, 15, 2), -6, "2026-01-14T20:00:00-05:00"),
        (wall(2026, 10, 25, 2, 30), 0, "2026-10-25T02:30:00+02:00"),
        (wall(2026, 10, 25, 3, 0), 0, "2026-10-25T03:00:00+01:00"),
    ],
)
def test_a_wall_time_gets_its_offset(clock: datetime, shift: int, text: str) -> None:
    assert stamped(clock, shift).isoformat() == text


@given(st.datetimes(wall(2000, 1, 1), wall(2090, 1, 1), timezones=st.just(UTC)))
def test_the_newest_moment_is_never_in_the_future(moment: datetime) -> None:
    assert stamped(Clock(moment).newest) <= moment


@pytest.mark.parametrize(
    ("sent", "settled"),
    [
        ("2026-07-14T09:14", "2026-07-14T09:14"),  # a Tuesday at work
        ("2026-07-12T10:12", "2026-07-10T10:12"),  # a Sunday becomes the Friday before
        ("2026-07-11T10:12", "2026-07-10T10:12"),  # so does a Saturday
        ("2026-07-14T03:07", "2026-07-13T17:07"),  # before hours: the evening before
        ("2026-07-14T22:45", "2026-07-14T17:45"),  # after hours: the same day
        ("2026-07-13T05:30", "2026-07-10T17:30"),  # Monday before hours: Friday
        ("2026-01-01T11:00", "2025-12-30T11:00"),  # New Year and New Year's Eve
        ("2025-12-26T11:00", "2025-12-23T11:00"),  # Christmas
        ("2026-05-01T11:00", "2026-04-30T11:00"),
    ],
)
def test_business_settles_into_working_hours(sent: str, settled: str) -> None:
    limit = wall(2030, 1, 1)
    assert WEDNESDAY.settle(datetime.fromisoformat(sent), limit=limit) == datetime.fromisoformat(settled)


def test_working_hours_are_the_senders_own() -> None:
    """Ten at night in Berlin is four in the afternoon in Boston; nine in the morning is three at night."""
    evening, morning = wall(2026, 7, 14, 22, 10), wall(2026, 7, 14, 9, 10)
    assert WEDNESDAY.settle(evening, limit=evening, shift=-6) == evening
    assert WEDNESDAY.settle(morning, limit=morning, shift=-6) == wall(2026, 7, 13, 23, 10)


@given(
    st.datetimes(wall(2023, 1, 1), wall(2029, 1, 1)),
    st.datetimes(wall(2023, 1, 1), wall(2029, 1, 1)),
    st.sampled_from([0, -1, -6]),
)
def test_settling_only_moves_back(sent: datetime, limit: datetime, shift: int) -> None:
    settled = WEDNESDAY.settle(sent, limit=limit, shift=shift)
    local = settled + timedelta(hours=shift)
    assert settled <= min(sent, limit)
    assert local.weekday() < 5
    assert time(8) <= local.time().replace(second=0, microsecond=0) <= time(18, 30)


@given(st.integers(-430, 60))
def test_a_due_day_moves_only_on_and_not_far(offset: int) -> None:
    wanted = date(2026, 7, 15) + timedelta(days=offset)
    day = WEDNESDAY.day(offset)
    assert timedelta(0) <= day - wanted <= timedelta(days=5)
    assert day.weekday() < 5


def speak(text: str, said: date = date(2026, 7, 14), lang: str = "en") -> str:
    return WEDNESDAY.speak(text, said=said, lang=lang)


@pytest.mark.parametrize(
    ("text", "lang", "spoken"),
    [
        ("by {weekday:+2d}", "en", "by Friday"),
        ("am {weekday:+2d}", "de", "am Freitag"),
        ("by {weekday:+3d}", "en", "by Monday 20 July"),  # a Saturday moved on, six days away
        ("on {weekday:-9d}", "en", "on Monday 6 July"),
        ("am {weekday:-9d}", "de", "am Montag, den 6. Juli"),
        ("due {date:-30d}", "en", "due 15 June"),
        ("bis {date:-30d}", "de", "bis 15. Juni"),
        ("{month:-120d} {year:-365d}", "de", "März 2025"),
        ("{iso:+0d}", "en", "2026-07-15"),
        ("{weekday:+1d} or {weekday:+2d}", "en", "Thursday or Friday"),
        ("no mark, {just} braces", "en", "no mark, {just} braces"),
    ],
)
def test_days_are_spoken(text: str, lang: str, spoken: str) -> None:
    said = date(2026, 7, 13) if "+3d" in text else date(2026, 7, 14)
    assert speak(text, said, lang) == spoken


def test_a_weekday_said_on_that_very_day_gets_its_date() -> None:
    assert speak("on {weekday:+0d}", date(2026, 7, 15)) == "on Wednesday 15 July"


@pytest.mark.parametrize("text", ["{weekday:2d}", "{day:+1d}", "{date:+3}", "{date:}"])
def test_a_placeholder_nobody_understands_is_our_mistake(text: str) -> None:
    with pytest.raises(BugError, match="placeholder"):
        speak(f"by {text}")


def test_names_of_days() -> None:
    assert spoken_date(date(2024, 2, 29), "en") == "29 February"
    assert spoken_date(date(2024, 2, 29), "de") == "29. Februar"
    assert weekday_name(date(2024, 2, 29), "de") == "Donnerstag"


def test_a_raw_moment_keeps_its_day() -> None:
    assert WEDNESDAY.raw(-3, time(20, 5)) == wall(2026, 7, 12, 20, 5)


def test_a_zone_ahead_of_berlin_may_already_be_tomorrow() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert Clock(datetime(2026, 7, 16, 5, 0, tzinfo=tokyo)).now == wall(2026, 7, 15, 22, 0)
