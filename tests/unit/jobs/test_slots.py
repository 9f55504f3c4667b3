"""When an expression is due: clock changes neither double nor drop a slot, frequent ones know no zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fluffy_core.jobs.slots import Slots, SlotTrigger

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def slots(zone: ZoneInfo = BERLIN, **fields: str) -> Slots:
    return Slots(fields, zone)


def walked(some: Slots, start: float, end: float) -> list[datetime]:
    """Every slot from `start` to `end`, each found from the one before."""
    found = []
    now = start
    while (one := some.after(now)) is not None and one.timestamp() <= end:
        found.append(one)
        now = one.timestamp()
    return found


DAILY = {"hour": "9", "minute": "0"}
CASES = [
    (DAILY, "2026-05-05 08:59", "2026-05-04T09:00", "2026-05-05T09:00"),
    (DAILY, "2026-05-05 09:00", "2026-05-05T09:00", "2026-05-06T09:00"),
    ({"day_of_week": "mon", "hour": "8"}, "2026-05-10 23:00", "2026-05-04T08:00", "2026-05-11T08:00"),
    ({"day": "1", "hour": "4"}, "2026-05-31 12:00", "2026-05-01T04:00", "2026-06-01T04:00"),
    ({"month": "1", "day": "1", "hour": "0"}, "2026-12-30 12:00", "2026-01-01T00:00", "2027-01-01T00:00"),
]


@pytest.mark.parametrize(("fields", "now", "latest", "after"), CASES)
def test_the_slot_that_is_due_and_the_next(fields: dict[str, str], now: str, latest: str, after: str) -> None:
    some = Slots(fields, BERLIN)
    found, following = some.latest(at(now)), some.after(at(now))
    assert found is not None
    assert following is not None
    assert (some.name(found), some.name(following)) == (latest, after)


def test_every_quarter_of_an_hour_counts_in_utc() -> None:
    some = slots(minute="*/15")
    found = some.latest(at("2026-05-05 08:59"))
    assert found is not None
    assert (some.name(found), some.frequent) == ("2026-05-05T06:45Z", True)
    assert not Slots(DAILY, BERLIN).frequent


def test_a_user_whose_own_zone_is_utc_has_daily_slots_all_the_same() -> None:
    some = Slots(DAILY, UTC)
    found = some.latest(datetime(2026, 5, 5, 12, tzinfo=UTC).timestamp())
    assert found is not None
    assert (some.name(found), some.frequent) == ("2026-05-05T09:00", False)


GAPS = [(BERLIN, "2026-03-29", 2), (NEW_YORK, "2026-03-08", 2)]
REPEATS = [(BERLIN, "2026-10-25", 2), (NEW_YORK, "2026-11-01", 1)]


@pytest.mark.parametrize(("zone", "day", "hour"), GAPS + REPEATS)
@pytest.mark.parametrize("minute", ["0", "30", "59"])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_every_date_has_its_slot_once(zone: ZoneInfo, day: str, hour: int, minute: str, shift: int) -> None:
    some = slots(zone, hour=str(hour + shift), minute=minute)
    noon = at(f"{day} 12:00", zone)
    found = walked(some, noon - 3 * 86400, noon + 3 * 86400)
    dates = [one.date() for one in found]
    assert len(dates) == len(set(dates)) == 6
    assert {later - earlier for earlier, later in pairwise(dates)} == {timedelta(days=1)}
    for one in found:
        assert some.latest(one.timestamp()) == one
        before = some.latest(one.timestamp() - 1)
        assert before is not None
        assert before < one


@pytest.mark.parametrize(("zone", "day", "hour"), GAPS)
def test_what_the_gap_skips_comes_after_it(zone: ZoneInfo, day: str, hour: int) -> None:
    some = slots(zone, hour=str(hour), minute="30")
    found = some.after(at(f"{day} 00:00", zone))
    assert found is not None
    shown = datetime.fromtimestamp(found.timestamp(), zone)
    assert f"{shown:%Y-%m-%d %H:%M}" == f"{day} {hour + 1:02}:30"
    assert some.name(found) == f"{day}T{hour:02}:30"


@pytest.mark.parametrize(("zone", "day", "hour"), REPEATS)
def test_what_is_repeated_comes_the_first_time(zone: ZoneInfo, day: str, hour: int) -> None:
    some = slots(zone, hour=str(hour), minute="30")
    found = some.after(at(f"{day} 00:00", zone))
    assert found is not None
    assert found.timestamp() == at(f"{day} {hour:02}:30", zone, fold=0)
    between = at(f"{day} {hour:02}:10", zone, fold=1)
    assert some.latest(between) == found
    following = some.after(between)
    assert following is not None
    assert following.date() == found.date() + timedelta(days=1)


@pytest.mark.parametrize(("zone", "day", "hour"), GAPS + REPEATS)
def test_frequent_slots_are_evenly_apart_on_such_days(zone: ZoneInfo, day: str, hour: int) -> None:
    del hour
    noon = at(f"{day} 12:00", zone)
    for fields, seconds in (({"minute": "*/15"}, 900), ({"hour": "*/6", "minute": "0"}, 21600)):
        found = [one.timestamp() for one in walked(Slots(fields, zone), noon - 86400, noon + 86400)]
        assert {b - a for a, b in pairwise(found)} == {seconds}
        assert len(found) == 2 * 86400 // seconds


NOW = at("2026-05-05 10:00")
NEWS = [
    (None, True, "never asked"),
    ("2026-05-04T09:00", True, "yesterday's was asked"),
    ("2026-05-05T09:00", False, "it was asked"),
    ("2026-05-06T09:00", False, "the clock was set back a day, or somebody travelled west"),
    ("2031-01-01T09:00", True, "the clock was years ahead"),
]


@pytest.mark.parametrize(("asked", "news", "why"), NEWS)
def test_what_is_news(asked: str | None, news: bool, why: str) -> None:
    some = Slots(DAILY, BERLIN)
    slot = some.latest(NOW)
    assert slot is not None
    assert some.is_news(slot, asked, now=NOW) is news, why


def test_a_frequent_slot_is_news_again_when_the_clock_was_set_back() -> None:
    some = slots(minute="*/15")
    slot = some.latest(NOW)
    assert slot is not None
    assert not some.is_news(slot, some.name(slot), now=NOW)
    assert some.is_news(slot, "2026-05-06T08:00Z", now=NOW)


def test_the_trigger_skips_what_was_slept_through() -> None:
    trigger = SlotTrigger(slots(minute="*/15"))
    asleep, awake = datetime(2026, 5, 5, 8, 0, tzinfo=UTC), datetime(2026, 5, 8, 8, 7, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, awake) == datetime(2026, 5, 8, 8, 15, tzinfo=UTC)
    assert trigger.get_next_fire_time(asleep, awake) == datetime(2026, 5, 8, 8, 15, tzinfo=UTC)
    assert trigger.get_next_fire_time(awake, asleep) == datetime(2026, 5, 8, 8, 15, tzinfo=UTC)
