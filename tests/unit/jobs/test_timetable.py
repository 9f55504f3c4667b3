"""Who is asked for when, with arguments that the declared kinds take, and keys that name the slot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fluffy_core.domain.accounts import AccountSettings, Service
from fluffy_core.domain.events import DomainEvent, MeetingSoon
from fluffy_core.domain.jobs import Job
from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.jobs import catalogue, timetable
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.jobs.schedule import Schedule
from fluffy_core.jobs.slots import Slots
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.store import accounts, calendar, ledger, people, settings, sources
from fluffy_core.store.database import Database
from tests.fakes import kinds, stored
from tests.fakes.clocks import World
from tests.fakes.jobs import NO_PIM, NOW, all_jobs, done, nowhere, paths
from tests.fakes.models import NoModels
from tests.fakes.stored import Letter

BERLIN = ZoneInfo("Europe/Berlin")
SLOT = datetime(2026, 3, 2, 9, 0, tzinfo=BERLIN)
WHEN = {
    "sync-emails-incremental": ["2026-03-02T08:00Z", "2026-03-02T08:15Z"],
    "sync-calendar-events": ["2026-03-02T05:00", "2026-03-03T05:00"],
    "enrich-contact": ["2026-03-01T04:00", "2026-03-08T04:00"],
    "summarize-email-thread": ["2026-03-02T08:00Z", "2026-03-02T08:30Z"],
    "analyze-relationships": ["2026-03-02T04:00", "2026-03-03T04:00"],
    "analyze-writing-style": ["2026-03-01T04:30", "2026-04-01T04:30"],
    "check-follow-ups": ["2026-03-02T09:00", "2026-03-03T09:00"],
    "score-leads": ["2026-03-02T06:00", "2026-03-09T06:00"],
    "find-dormant-relationships": ["2026-03-02T08:00", "2026-03-09T08:00"],
    "monitor-competitors": ["2026-03-02T05:00", "2026-03-03T05:00"],
    "cleanup-old-data": ["2026-03-02T03:00", "2026-03-03T03:00"],
    "check-sync-health": ["2026-03-02T06:00Z", "2026-03-02T12:00Z"],
    "aggregate-analytics": ["2026-03-02T02:00", "2026-03-03T02:00"],
}
"""The slot before and after Monday 2 March 2026, 09:00 in Berlin, of everything that has a schedule."""


def today(store: Database) -> tuple[JobKind, ...]:
    return catalogue.kinds(paths(store.path.parent), NoModels(), connect=nowhere, pim=NO_PIM)


def crons(store: Database) -> dict[str, Slots]:
    found = {name: Slots(cron.fields, BERLIN) for name, cron in timetable.SCHEDULES.items()}
    return found | {
        kind.name: Slots(kind.schedule.fields, BERLIN) for kind in today(store) if kind.schedule is not None
    }


@pytest.fixture
def home(store: Database) -> Database:
    """Two letters, two contacts, a mailbox, and a file import."""
    stored.keep(store, [Letter("One"), Letter("Two", day=1)])
    with store.transaction() as tx:
        settings.put(tx, "time-zone", "Europe/Berlin")
        account = sources.open_account(tx, "imap", "me@example.com", now=NOW)
        accounts.put(tx, account, AccountSettings(services=tuple(Service)), password="")
        people.create_contact(tx, "Ann", [], now=NOW)
        people.create_contact(tx, "Bob", [], now=NOW)
    return store


def test_everything_that_is_due_by_the_clock_is_due_then(store: Database) -> None:
    now = SLOT.timestamp()
    found = {}
    for name, some in crons(store).items():
        before, after = some.latest(now), some.after(now)
        assert before is not None
        assert after is not None
        found[name] = [some.name(before), some.name(after)]
    assert found == WHEN


def test_a_kind_has_its_own_schedule_or_the_one_of_the_table() -> None:
    plain = kinds.kind("enrich-contact")
    own = replace(plain, schedule=timetable.daily("7"))
    assert timetable.scheduled([plain])[0].schedule is timetable.SCHEDULES["enrich-contact"]
    assert timetable.scheduled([own])[0].schedule is own.schedule
    assert timetable.scheduled([kinds.kind("prepare-meeting")])[0].schedule is None


def test_what_is_asked_for_fits_the_declared_arguments(home: Database) -> None:
    registry = Registry([replace(kind, handler=done) for kind in today(home)])
    tried = set()
    for kind in registry:
        for args in kind.schedule.args(home, SLOT) if kind.schedule else ():
            job = registry.new_job(kind.name, args, run_after=0)
            assert job.key
            tried.add(kind.name)
    assert tried >= {"check-follow-ups", "cleanup-old-data", "check-sync-health", "aggregate-analytics"}
    assert "summarize-email-thread" in tried


def test_the_next_slot_has_another_key(home: Database) -> None:
    registry = kinds.everything()
    for kind in (*registry, *today(home)):
        if kind.schedule is None or kind.name == "summarize-email-thread":  # keyed by what is summarised
            continue
        some = Slots(kind.schedule.fields, BERLIN)
        first, second = some.latest(SLOT.timestamp()), some.after(SLOT.timestamp())
        assert first is not None
        assert second is not None
        seen = [[dict(args) for args in kind.schedule.args(home, one)] for one in (first, second)]
        assert seen[0], kind.name
        assert not [args for args in seen[0] if args in seen[1]], kind.name


def test_an_empty_home_is_left_alone(store: Database) -> None:
    for name, cron in timetable.SCHEDULES.items():
        assert list(cron.args(store, SLOT)) == [], name
    for kind in today(store):
        assert kind.schedule is None or list(kind.schedule.args(store, SLOT)) == [], kind.name


def test_calendars_are_asked_for_where_they_are_wanted(home: Database) -> None:
    cron = timetable.SCHEDULES["sync-calendar-events"]
    with home.transaction() as tx:
        mail = sources.open_account(tx, "imap", "mail@example.com", now=NOW)
        accounts.put(tx, mail, AccountSettings(), password="")
        books = sources.open_account(tx, "dav", "books@example.com", now=NOW)
        accounts.put(tx, books, AccountSettings(services=(Service.CONTACTS,)), password="")
    both = next(one.id for one in sources.accounts(home) if one.name == "me@example.com")
    asked = [dict(one) for one in cron.args(home, SLOT)]
    assert asked == [{"account_id": one, "sync_token": "2026-03-02"} for one in (both, books)]
    with home.transaction() as tx:
        accounts.set_refused(tx, books, "No.")
    assert [one["account_id"] for one in cron.args(home, SLOT)] == [both]


def test_file_imports_are_not_polled(home: Database) -> None:
    asked = [dict(one) for one in timetable.SCHEDULES["sync-emails-incremental"].args(home, SLOT)]
    (mailbox,) = [one.id for one in sources.accounts(home) if one.kind == "imap"]
    assert [one["account_id"] for one in asked] == [mailbox]
    checked = next(kind for kind in today(home) if kind.name == "check-sync-health").schedule
    assert checked is not None
    assert len(list(checked.args(home, SLOT))) == 2


def test_idle_summaries_are_for_threads_that_nobody_asked_for(home: Database) -> None:
    backlog = next(kind for kind in today(home) if kind.name == "summarize-email-thread")
    assert backlog.schedule is not None
    asked = list(backlog.schedule.args(home, SLOT))
    assert [one["thread_id"] for one in asked] == [2, 1, 0]  # at last, what meaning search lacks
    registry = Registry(today(home))
    with home.transaction() as tx:
        job = registry.new_job(backlog.name, asked[0], run_after=NOW)
        assert ledger.enqueue(tx, job, now=NOW) is not None
    assert list(backlog.schedule.args(home, SLOT)) == []  # something else is to be done first
    with home.transaction() as tx:
        tx.execute("UPDATE jobs SET state = 'dead', finished_at = 1")
    assert [one["thread_id"] for one in backlog.schedule.args(home, SLOT)] == [1, 0]


def meeting(uid: str, start: datetime, **more: object) -> CalendarEvent:
    seconds = int(start.timestamp())
    return CalendarEvent(uid, uid, seconds, seconds + 1800, **more)  # type: ignore[arg-type]


def keep(store: Database, events: Sequence[CalendarEvent]) -> None:
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "calendar", now=NOW)
        calendar.put(tx, account, events, address_ids={})


def test_meetings_are_noticed_once_and_prepared_on_the_minute(store: Database) -> None:
    world = World("2026-03-02 07:01", "Europe/Berlin")
    nine = datetime(2026, 3, 2, 9, 3, tzinfo=BERLIN)
    keep(store, [meeting("a", nine), meeting("b", nine + timedelta(hours=5))])
    heard: list[DomainEvent] = []
    store.add_trigger(lambda _tx, event: heard.append(event))
    registry = kinds.everything()
    store.add_trigger(Triggers(registry, clock=lambda: world.wall))
    world.open(Schedule(store, Registry([]), clocks=world.clocks, looks=timetable.looks(registry)))
    world.run(hours=3)
    (job,) = meetings(all_jobs(store))
    assert world.local(job.run_after) == "2026-03-02 08:03"
    assert job.created_at <= job.run_after
    assert {one.event_id for one in heard if isinstance(one, MeetingSoon)} == {1}
    world.run(hours=5)
    assert [job.args["meeting_id"] for job in meetings(all_jobs(store))] == [1, 2]


def meetings(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.name == "prepare-meeting"]


def test_as_long_as_nobody_can_prepare_meetings_nobody_looks_for_them(store: Database) -> None:
    assert timetable.looks(Registry(today(store))) == ()
    assert [one.name for one in timetable.looks(kinds.everything())] == ["meetings-soon"]


def test_names_of_slots_and_weeks() -> None:
    assert timetable.name_of(SLOT) == "2026-03-02T09:00"
    assert timetable.name_of(datetime(2026, 3, 2, 9, 15, tzinfo=UTC)) == "2026-03-02T09:15Z"
    assert timetable.week_of(SLOT) == "2026-W10"
    assert timetable.week_of(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"
