"""The clock asks for jobs: each due one exactly once, through sleep, travel and clocks that are set."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import StoreError
from fluffy_core.jobs.registry import Args, Cron, JobKind, Registry
from fluffy_core.jobs.schedule import SPREAD, Look, Schedule
from fluffy_core.jobs.timetable import name_of
from fluffy_core.store import slots
from fluffy_core.store.database import Database, Transaction
from tests.fakes.clocks import World
from tests.fakes.jobs import all_jobs, done, wait

FIELDS = {
    "follow-ups": {"hour": "9", "minute": "0"},
    "analytics": {"hour": "2", "minute": "0"},
    "half-past-two": {"hour": "2", "minute": "30"},
    "half-past-one": {"hour": "1", "minute": "30"},
    "cleanup": {"hour": "3", "minute": "0"},
    "dormant": {"day_of_week": "mon", "hour": "8", "minute": "0"},
    "style": {"day": "1", "hour": "4", "minute": "30"},
    "sync": {"minute": "*/15"},
    "health": {"hour": "*/6", "minute": "0"},
}
DAILIES = ("follow-ups", "analytics", "half-past-two", "half-past-one", "cleanup")


def kind(
    name: str,
    *,
    queue: Queue = Queue.NORMAL,
    asks: Callable[[Database, datetime], Iterable[Args]] = lambda _store, slot: [{"slot": name_of(slot)}],
) -> JobKind:
    schedule = Cron(FIELDS.get(name, FIELDS["follow-ups"]), asks)
    return JobKind(name, queue, 10, {"slot": str}, lambda args: str(args["slot"]), done, schedule=schedule)


KINDS = [kind(name) for name in FIELDS]


def opened(world: World, store: Database, kinds: Iterable[JobKind] = KINDS, **more: object) -> Schedule:
    made = Schedule(store, Registry(kinds), clocks=world.clocks, **more)  # type: ignore[arg-type]
    world.open(made)
    return made


def keys(store: Database, name: str, *, since: float = 0.0) -> list[str]:
    """The slots of a kind that were asked for, in the order of asking."""
    return [job.key for job in all_jobs(store) if job.name == name and job.created_at >= since]


def new(store: Database, since: float) -> Counter[str]:
    return Counter(job.name for job in all_jobs(store) if job.created_at >= since)


def dates(first: str, count: int, time_of_day: str) -> list[str]:
    start = datetime.fromisoformat(first)
    return [f"{start + timedelta(days=n):%Y-%m-%d}T{time_of_day}" for n in range(count)]


def test_awake_for_three_days_each_slot_is_asked_for_on_time(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    start = world.wall + 1
    world.run(hours=72)
    assert keys(store, "follow-ups", since=start) == dates("2026-05-06", 3, "09:00")
    assert keys(store, "analytics", since=start) == dates("2026-05-06", 3, "02:00")
    assert new(store, start)["sync"] == 3 * 96
    assert new(store, start)["health"] == 12
    for job in all_jobs(store):
        if job.created_at >= start and not job.key.endswith("Z"):
            assert world.local(job.created_at) == job.key.replace("T", " ")
    assert world.scheduler.planned == 1


def test_the_first_start_catches_up_with_the_last_slots(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    found = {job.name: job.key for job in all_jobs(store)}
    assert len(all_jobs(store)) == len(found) == len(FIELDS)
    assert (found["follow-ups"], found["dormant"]) == ("2026-05-05T09:00", "2026-05-04T08:00")
    assert (found["sync"], found["health"]) == ("2026-05-05T10:00Z", "2026-05-05T06:00Z")


SLEEPS = [(1 / 60, 0), (8, 2), (72, 6)]


@pytest.mark.parametrize(("hours", "least"), SLEEPS)
@pytest.mark.parametrize("start", ["2026-05-03 23:59:30", "2026-05-04 07:59:30", "2026-05-04 12:00"])
def test_what_was_slept_through_is_asked_for_once_within_a_minute(
    store: Database, hours: float, least: int, start: str
) -> None:
    world = World(start, "Europe/Berlin")
    opened(world, store)
    before = slots.asked(store)
    asleep = world.wall
    world.sleep(hours=hours)
    awake = world.wall
    world.run(seconds=25)
    missed = {
        name: slot
        for name, fields in FIELDS.items()
        if (slot := expected_latest(name, fields, awake, world.zone)) != before[name]
    }
    late = [job for job in all_jobs(store) if job.created_at > asleep]
    assert {job.name: job.key for job in late} == missed
    assert len(late) == len(missed) >= least
    assert all(awake <= job.created_at <= awake + 60 for job in late)


def expected_latest(name: str, fields: dict[str, str], now: float, zone: ZoneInfo) -> str:
    """The newest slot by walking back minute by minute."""
    utc = not fields.get("hour", "*").isdigit()
    moment = datetime.fromtimestamp(now, UTC if utc else zone).replace(second=0, microsecond=0)
    while True:
        fits = {
            "follow-ups": moment.hour == 9 and moment.minute == 0,
            "analytics": moment.hour == 2 and moment.minute == 0,
            "half-past-two": moment.hour == 2 and moment.minute == 30,
            "half-past-one": moment.hour == 1 and moment.minute == 30,
            "cleanup": moment.hour == 3 and moment.minute == 0,
            "dormant": moment.weekday() == 0 and moment.hour == 8 and moment.minute == 0,
            "style": moment.day == 1 and moment.hour == 4 and moment.minute == 30,
            "sync": moment.minute % 15 == 0,
            "health": moment.hour % 6 == 0 and moment.minute == 0,
        }[name]
        if fits:
            return f"{moment:%Y-%m-%dT%H:%M}" + ("Z" if utc else "")
        moment -= timedelta(minutes=1)


def test_a_sleep_of_a_minute_across_a_slot_loses_nothing(store: Database) -> None:
    world = World("2026-05-05 08:59:30", "Europe/Berlin")
    opened(world, store)
    world.sleep(hours=1 / 60)
    world.run(seconds=60)
    assert keys(store, "follow-ups") == ["2026-05-04T09:00", "2026-05-05T09:00"]


def test_three_days_asleep_ask_for_the_newest_slot_alone(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    world.sleep(hours=72)
    world.run(hours=24)
    assert keys(store, "follow-ups") == ["2026-05-05T09:00", "2026-05-08T09:00", "2026-05-09T09:00"]


def test_a_program_that_was_closed_catches_up_once_however_often_it_starts(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    world.close()
    world.run(hours=72)
    for _ in range(3):
        opened(world, store)
        world.run(seconds=30)
        world.close()
    assert keys(store, "follow-ups") == ["2026-05-05T09:00", "2026-05-08T09:00"]
    assert new(store, world.wall - 600)["sync"] == 1


CHANGES = [
    ("Europe/Berlin", "2026-03-28"), ("Europe/Berlin", "2026-10-24"),
    ("America/New_York", "2026-03-07"), ("America/New_York", "2026-10-31"),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_the_days_of_a_clock_change_have_each_slot_once(store: Database, zone: str, day: str) -> None:
    world = World(f"{day} 00:10", zone)
    opened(world, store)
    start = world.wall + 1
    world.run(hours=72)
    for name in DAILIES:
        hour = f"{int(FIELDS[name]['hour']):02}:{int(FIELDS[name]['minute']):02}"
        assert keys(store, name, since=start) == dates(day, 3, hour), name
    assert new(store, start)["sync"] == 3 * 96


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("hours", [2, 4, 8])
def test_sleeping_through_a_clock_change(store: Database, zone: str, day: str, hours: int) -> None:
    world = World(f"{day} 23:30", zone)
    opened(world, store)
    start = world.wall + 1
    world.sleep(hours=hours)
    world.run(hours=24)
    following = f"{datetime.fromisoformat(day) + timedelta(days=1):%Y-%m-%d}"
    for name in DAILIES:
        found = keys(store, name, since=start)
        assert len(found) == len(set(found)), name
        assert [one for one in found if one.startswith(following)] == [found[0]], name


def test_who_travels_gets_each_date_once_and_on_the_new_clock(store: Database) -> None:
    world = World("2026-05-05 10:00", "Europe/Berlin")
    opened(world, store)
    for zone, hours in (("America/New_York", 30), ("Asia/Tokyo", 30), ("Pacific/Auckland", 30)):
        world.zone = ZoneInfo(zone)
        world.run(hours=hours)
    found = keys(store, "follow-ups")
    assert found == sorted(set(found))
    assert found == dates("2026-05-05", len(found), "09:00")
    last = max((job for job in all_jobs(store) if job.name == "follow-ups"), key=lambda job: job.created_at)
    assert world.local(last.created_at).endswith("09:00")
    assert world.scheduler.planned == 4


def test_a_change_of_zone_that_skips_a_slot_asks_for_it_at_once(store: Database) -> None:
    world = World("2026-05-05 08:00", "America/New_York")
    opened(world, store)
    world.zone = ZoneInfo("Asia/Tokyo")  # 21:00 there
    landed = world.wall
    world.run(seconds=60)
    assert keys(store, "follow-ups", since=landed + 1) == ["2026-05-05T09:00"]


@pytest.mark.parametrize("start", ["2026-05-05 08:30", "2026-05-05 12:00", "2026-05-05 00:05"])
def test_a_clock_set_back_a_day_repeats_nothing(store: Database, start: str) -> None:
    world = World(start, "Europe/Berlin")
    opened(world, store)
    world.run(hours=24)
    before = len(keys(store, "follow-ups"))
    world.wall -= 86400
    world.run(hours=24)
    assert len(keys(store, "follow-ups")) == before
    world.run(hours=24)
    found = keys(store, "follow-ups")
    assert found == dates(found[0][:10], before + 1, "09:00")
    for job_name in FIELDS:
        assert len(keys(store, job_name)) == len(set(keys(store, job_name)))


def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    world.wall += 5 * 365 * 86400
    world.run(seconds=60)
    world.wall -= 5 * 365 * 86400
    world.run(hours=24)
    assert "2026-05-06T09:00" in keys(store, "follow-ups")
    assert new(store, 0)["sync"] > 90


def test_a_clock_put_right_by_seconds_is_no_reason_to_plan_anew(store: Database) -> None:
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store)
    world.wall += 2
    world.run(seconds=60)
    world.wall -= 2
    world.run(seconds=60)
    assert world.scheduler.planned == 1


def test_where_both_clocks_go_on_in_sleep_waking_is_noticed_all_the_same(store: Database) -> None:
    world = World("2026-05-05 08:00", "Europe/Berlin")
    made = opened(world, store)
    world.wall += 8 * 3600
    world.mono += 8 * 3600
    made.tick()
    assert "2026-05-05T09:00" in keys(store, "follow-ups")


def test_heavy_jobs_are_spread_two_at_a_time(store: Database) -> None:
    heavy = [kind(f"heavy-{n}", queue=Queue.SLOW) for n in range(7)]
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store, [*heavy, kind("light")])
    delays = Counter(round(job.run_after - world.wall, 3) for job in all_jobs(store) if job.name != "light")
    assert delays == {0.0: 2, SPREAD: 2, 2 * SPREAD: 2, 3 * SPREAD: 1}
    (light,) = [job for job in all_jobs(store) if job.name == "light"]
    assert light.run_after == world.wall
    assert max(delays) < 60


def test_what_the_clock_asks_for_may_be_less_urgent_than_the_kind(store: Database) -> None:
    asks = KINDS[0].schedule
    assert asks is not None
    patient = replace(kind("cleanup"), schedule=replace(asks, priority=3))
    opened(World("2026-05-05 12:00", "Europe/Berlin"), store, [patient, kind("follow-ups")])
    assert {job.name: job.priority for job in all_jobs(store)} == {"cleanup": 3, "follow-ups": 10}


def test_a_kind_without_a_handler_or_a_schedule_is_never_asked_for(store: Database) -> None:
    later = JobKind("later", Queue.FAST, 1, {"slot": str}, str, None, schedule=KINDS[0].schedule)
    by_hand = JobKind("by-hand", Queue.FAST, 1, {"slot": str}, str, done)
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store, [later, by_hand, kind("cleanup")])
    world.run(hours=48)
    assert {job.name for job in all_jobs(store)} == {"cleanup"}


def test_a_slot_with_nothing_to_do_stays_open(store: Database) -> None:
    full: list[int] = []
    some = kind("follow-ups", asks=lambda _store, slot: [{"slot": f"{name_of(slot)} {n}"} for n in full])
    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store, [some])
    assert (all_jobs(store), slots.asked(store)) == ([], {})
    full += [1, 2]
    world.close()
    opened(world, store, [some])
    assert keys(store, "follow-ups") == ["2026-05-05T09:00 1", "2026-05-05T09:00 2"]
    assert slots.asked(store) == {"follow-ups": "2026-05-05T09:00"}


@pytest.mark.logged("follow-ups is not asked for: follow-ups: slot is not")
def test_one_kind_with_wrong_arguments_does_not_silence_the_others(store: Database) -> None:
    wrong = kind("follow-ups", asks=lambda _store, _slot: [{"slot": 5}])
    opened(World("2026-05-05 12:00", "Europe/Berlin"), store, [wrong, kind("cleanup")])
    assert [job.name for job in all_jobs(store)] == ["cleanup"]


@pytest.mark.logged("the schedule waits: full")
def test_what_cannot_be_written_now_is_asked_for_later(store: Database) -> None:
    failing = [True]

    def asks(_store: Database, slot: datetime) -> list[Args]:
        if failing:
            raise StoreError("full")
        return [{"slot": name_of(slot)}]

    world = World("2026-05-05 12:00", "Europe/Berlin")
    opened(world, store, [kind("follow-ups", asks=asks)])
    world.run(seconds=20)
    assert all_jobs(store) == []
    failing.clear()
    world.run(seconds=20)
    assert keys(store, "follow-ups") == ["2026-05-05T09:00"]


def test_a_look_is_called_inside_a_transaction_at_each_of_its_slots(store: Database) -> None:
    seen: list[float] = []

    def look(tx: Transaction, now: float) -> None:
        assert tx.one("SELECT 1") == (1,)
        seen.append(now)

    world = World("2026-05-05 12:01", "Europe/Berlin")
    opened(world, store, [], looks=(Look("meetings", {"minute": "*/5"}, look),))
    world.run(hours=1)
    assert len(seen) == 13


def test_the_real_scheduler_wakes_the_watcher(store: Database) -> None:
    """Every second, by APScheduler's own thread; all of it comes to an end with `stop`."""
    fields = {"second": "*", "minute": "*"}
    twice = threading.Event()

    def asks(_store: Database, slot: datetime) -> list[Args]:
        return [{"slot": f"{slot:%H:%M:%S}"}]

    made = Schedule(
        store,
        Registry(
            [JobKind("often", Queue.FAST, 1, {"slot": str}, lambda args: str(args["slot"]), done,
                     schedule=Cron(fields, asks))]
        ),
    )  # fmt: skip
    store.add_after_commit(lambda _changes, _jobs: twice.set() if len(all_jobs(store)) > 1 else None)
    before = threading.active_count()
    made.start()
    try:
        wait(twice.is_set, seconds=30)
    finally:
        made.stop()
    wait(lambda: threading.active_count() <= before, seconds=30)
    asked = all_jobs(store)
    assert len({job.key for job in asked}) == len(asked)
    assert abs(time.time() - asked[0].created_at) < 60


def test_without_schedules_there_is_no_clock_to_follow(store: Database) -> None:
    made = Schedule(store, Registry([JobKind("by-hand", Queue.FAST, 1, {}, str, done)]))
    before = threading.active_count()
    made.start()
    assert threading.active_count() == before
    made.stop()
