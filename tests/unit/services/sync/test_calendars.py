"""A pass over calendars: interrupted anywhere, cursors that expire, days that move on, hostile entries."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import RemoteCalendar
from fluffy_core.errors import CursorExpiredError, FolderGoneError, TransientError
from fluffy_core.services.people import meetings
from fluffy_core.services.sync import calendars
from fluffy_core.services.sync.calendars import RENEWED, Days, Tally, Watch, sentence, usual_days
from fluffy_core.store import accounts, remote_calendars, remote_events
from fluffy_core.store.database import Database, Transaction
from tests.fakes.calendar_stages import MemoryCalendarStage
from tests.fakes.calendars_synced import DAYS, SyncedCalendars, here
from tests.fakes.memory_calendars import MemoryCalendars
from tests.fakes.synced import dump

NINE = 1_772_442_000
"""2 March 2026, 09:00 UTC."""
YEAR = 365 * 86_400


def meeting(uid: str, *, start: int = NINE) -> CalendarEvent:
    return CalendarEvent(f"{uid}@example.com", f"About {uid}", start, start + 3600)


class Stop(Exception):
    """The program ends here."""


@pytest.fixture
def synced(store: Database) -> SyncedCalendars:
    return SyncedCalendars(store)


@pytest.fixture
def server(synced: SyncedCalendars) -> MemoryCalendars:
    assert isinstance(synced.stage, MemoryCalendarStage)
    return synced.stage.server


@pytest.fixture
def main(server: MemoryCalendars) -> RemoteCalendar:
    return server.calendars["c1"][0]


def fill(synced: SyncedCalendars, calendar: RemoteCalendar, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        synced.stage.put(calendar, meeting(str(number)))


def stop_at(page: int) -> Watch:
    """A watch that ends the program inside the transaction of a page."""
    left = [page]

    def on_page(_tx: Transaction, _done: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stop

    return Watch(on_page)


@pytest.mark.parametrize("page", range(4))
def test_stopped_in_any_page_the_next_pass_ends_alike(
    synced: SyncedCalendars, main: RemoteCalendar, page: int
) -> None:
    fill(synced, main, 10)
    with pytest.raises(Stop):
        synced.run(watch=stop_at(page))
    assert len(here(synced.store)) == page * 3
    fill(synced, main, 2, first=10)
    synced.stage.remove(main, "1@example.com")
    synced.run()
    synced.run()
    assert {uid for uid, *_ in here(synced.store)} == {f"{one}@example.com" for one in range(12) if one != 1}
    fill(synced, main, 9, first=20)
    with pytest.raises(Stop):
        synced.run(watch=stop_at(min(page, 2)))
    synced.run()
    assert len(here(synced.store)) == 20


def test_a_fault_in_any_request_leaves_a_whole_state(
    synced: SyncedCalendars, server: MemoryCalendars, main: RemoteCalendar
) -> None:
    fill(synced, main, 10)
    for number in range(6):
        left = [number]

        def fault(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise TransientError("The connection broke.", retry_after=3)

        server.fault = fault
        try:
            synced.run()
        except TransientError:
            assert len(here(synced.store)) in (0, 3, 6, 9, 10)
    server.fault = lambda: None
    synced.run()
    assert len(here(synced.store)) == 10
    assert synced.run() == Tally()


def test_a_cursor_that_expires_heals_and_deletes_what_is_gone(
    synced: SyncedCalendars, main: RemoteCalendar
) -> None:
    fill(synced, main, 5)
    synced.run()
    numbers: dict[str, int] = dict(synced.store.all("SELECT uid, id FROM events"))
    synced.stage.remove(main, "2@example.com")
    synced.stage.put(main, replace(meeting("3"), summary="Other"))
    synced.stage.expire()
    assert synced.run() == Tally(changed=1, gone=1)
    assert [uid for uid, *_ in here(synced.store)] == [f"{one}@example.com" for one in (0, 1, 3, 4)]
    assert dict(synced.store.all("SELECT uid, id FROM events")).items() <= numbers.items()


def test_a_server_that_forgets_again_and_again(
    synced: SyncedCalendars, server: MemoryCalendars, monkeypatch: pytest.MonkeyPatch
) -> None:
    def events(*_args: object, **_more: object) -> None:
        raise CursorExpiredError("Forgotten.")

    monkeypatch.setattr("tests.fakes.memory_calendars.MemoryCalendarAccount.events", events)
    with pytest.raises(TransientError, match="again and again what changed in Ben"):
        synced.run()


def test_a_calendar_that_goes_while_it_is_read_holds_up_none(
    synced: SyncedCalendars, server: MemoryCalendars, main: RemoteCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = server.make("Other")
    fill(synced, main, 1)
    synced.stage.put(other, meeting("other"))
    real = server.shelf

    def shelf(calendar_id: str) -> object:
        if calendar_id == main.id:
            raise FolderGoneError("Gone.")
        return real(calendar_id)

    monkeypatch.setattr(server, "shelf", shelf)
    synced.run()
    assert [uid for uid, *_ in here(synced.store)] == ["other@example.com"]


def test_a_calendar_that_comes_back_was_never_gone(synced: SyncedCalendars, server: MemoryCalendars) -> None:
    team = server.make("Team")
    synced.stage.put(team, meeting("one"))
    synced.run()
    kept = server.calendars.pop(team.id)
    synced.run()
    server.calendars[team.id] = kept
    synced.run()
    synced.run()
    assert len(here(synced.store)) == 1
    assert not any(one.missing for one in remote_calendars.listed(synced.store, synced.id).values())


def test_a_calendar_with_another_name(
    synced: SyncedCalendars, server: MemoryCalendars, main: RemoteCalendar
) -> None:
    synced.run()
    server.calendars[main.id] = (replace(main, name="Work"), server.calendars[main.id][1])
    synced.run()
    (state,) = remote_calendars.listed(synced.store, synced.id).values()
    assert state.calendar.name == "Work"


def test_when_the_days_grow_old_all_is_listed_anew_and_the_past_is_kept(
    synced: SyncedCalendars, main: RemoteCalendar
) -> None:
    later = NINE + 2 * YEAR
    synced.stage.put(main, meeting("early", start=NINE - 50 * 86_400))
    synced.stage.put(main, meeting("late", start=later))
    synced.run()
    assert [uid for uid, *_ in here(synced.store)] == ["early@example.com"]
    moved = Days(DAYS.start + timedelta(days=RENEWED), DAYS.end + timedelta(days=RENEWED))
    assert synced.run(days=moved) == Tally()
    far = Days(DAYS.start + timedelta(days=200), DAYS.end + timedelta(days=200))
    assert synced.run(days=far) == Tally(changed=1)
    everything = Days(date(2020, 1, 1), date(2030, 1, 1))
    assert {uid for uid, *_ in here(synced.store, everything)} == {"early@example.com", "late@example.com"}
    before = dump(synced.store)
    assert synced.run(days=far) == Tally()
    assert dump(synced.store) == before


def test_attendees_are_people_whom_mail_knows(synced: SyncedCalendars, main: RemoteCalendar) -> None:
    who = (Attendee("ann@firm.example", "Ann", "accepted"), Attendee("", "Room 5"))
    synced.stage.put(main, replace(meeting("one"), attendees=who))
    synced.run()
    (found,) = meetings.ahead(synced.store, NINE - 60, NINE + 60)
    assert (found.summary, found.people) == ("About one", (Attendee("ann@firm.example", "Ann", "accepted"),))
    assert meetings.starting(synced.store, NINE, NINE + 1) == [(found.event_id, NINE)]


def test_what_cannot_be_read_is_told_and_holds_up_none(
    synced: SyncedCalendars, server: MemoryCalendars, main: RemoteCalendar
) -> None:
    fill(synced, main, 3)
    server.broken["1@example.com"] = "The event was left out: it has no start."
    assert synced.run() == Tally(changed=3, unread=1)
    assert len(here(synced.store)) == 2
    del server.broken["1@example.com"]
    synced.stage.put(main, meeting("1"))
    assert synced.run() == Tally(changed=1)
    assert len(here(synced.store)) == 3


def test_an_account_that_is_removed_meanwhile(synced: SyncedCalendars, main: RemoteCalendar) -> None:
    fill(synced, main, 9)

    def remove() -> None:
        with synced.store.transaction() as tx:
            accounts.remove(tx, synced.id)

    watch = Watch(checkpoint=remove)
    assert calendars.run(synced.store, synced.id, synced.connect, days=DAYS, watch=watch) is None
    assert here(synced.store) == []


def test_ten_thousand_exceptions_and_rules_without_an_end(
    synced: SyncedCalendars, main: RemoteCalendar
) -> None:
    series = replace(meeting("long"), rrule="FREQ=DAILY;COUNT=10000")
    others = [replace(series, rrule="", recurrence_id=NINE + day * 86_400) for day in range(10_000)]
    synced.stage.put(main, series, *others)
    synced.stage.put(main, replace(meeting("secondly"), rrule="FREQ=SECONDLY"))
    synced.stage.put(main, replace(meeting("zone"), timezone="Mars/Olympus", rrule="FREQ=WEEKLY"))
    started = time.process_time()
    synced.run()
    assert len(meetings.ahead(synced.store, NINE, NINE + 7 * 86_400)) >= 8
    synced.stage.expire()
    assert synced.run() == Tally()
    assert time.process_time() - started < 20
    assert remote_events.problems(synced.store, synced.id) == []


def test_the_usual_days_are_a_year_back_and_two_ahead() -> None:
    days = usual_days(date(2026, 3, 2))
    assert (days.start, days.end) == (date(2025, 3, 2), date(2028, 3, 1))
    assert days.seconds[1] - days.seconds[0] == 3 * YEAR


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), "0 meetings new or changed, 0 gone"),
        (Tally(14, 2), "14 meetings new or changed, 2 gone"),
        (Tally(1, 0, 1200), "1 meeting new or changed, 0 gone, 1,200 that could not be read whole"),
    ],
)
def test_a_pass_in_words(tally: Tally, words: str) -> None:
    assert sentence(tally) == words
