"""What is Google's own about its calendars: exceptions of series, kinds of events, tokens, wrong answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from fluffy_core.connectors.base import CalendarAccount
from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.domain.sync import EventPage, RemoteCalendar
from fluffy_core.errors import AnswerError, CursorExpiredError, SignInError, TransientError
from tests.fakes.google_calendars import Shelf
from tests.fakes.google_pim_stages import GoogleCalendarStage, google_calendar_stage
from tests.fakes.google_server import BROKEN, BUSY, HTML, RATE, failure
from tests.fakes.web_server import Reply

DAY = 86_400
SERIES = CalendarEvent("jour@example.com", "Jour", 1_780_297_200, 1_780_300_800, rrule="FREQ=DAILY;COUNT=9")
OFF = replace(SERIES, rrule="", recurrence_id=SERIES.start + DAY, status="cancelled")
MOVED = replace(
    SERIES, rrule="", recurrence_id=SERIES.start + 2 * DAY, start=SERIES.start + 3 * DAY + 60,
    end=SERIES.end + 3 * DAY,
)  # fmt: skip


def ask(
    account: CalendarAccount, calendar: RemoteCalendar, *, cursor: str = "", token: str = ""
) -> EventPage:
    """A page of two years."""
    start, end = date(2026, 1, 1), date(2028, 1, 1)
    return account.events(calendar, cursor=cursor, token=token, start=start, end=end)


@pytest.fixture
def stage() -> Iterator[GoogleCalendarStage]:
    with google_calendar_stage() as found:
        yield found


@pytest.fixture
def account(stage: GoogleCalendarStage) -> CalendarAccount:
    return stage.account()


@pytest.fixture
def main(account: CalendarAccount) -> RemoteCalendar:
    return account.calendars()[0]


@pytest.fixture
def shelf(stage: GoogleCalendarStage, main: RemoteCalendar) -> Shelf:
    stage.server.calendars.page = 1000
    return stage.server.calendars.shelves[main.id]


def test_the_users_own_calendar_is_the_first(stage: GoogleCalendarStage, account: CalendarAccount) -> None:
    for name in ("Able", "zeta", "Band"):
        stage.make(name)
    found = account.calendars()
    assert [one.name for one in found] == ["Ann", "Able", "Band", "zeta"]
    assert [one.mine for one in found] == [True, False, False, False]


def test_what_the_user_calls_a_calendar(stage: GoogleCalendarStage, account: CalendarAccount) -> None:
    told = b'{"id": "a", "summary": "Long", "summaryOverride": "Short"}, {"id": "b", "deleted": true}'
    stage.server.web.faults.append(Reply(content=b'{"items": [%s]}' % told))
    assert [one.name for one in account.calendars()] == ["Short"]


def test_days_called_off_and_moved_are_entries_of_their_own(
    stage: GoogleCalendarStage, account: CalendarAccount, main: RemoteCalendar, shelf: Shelf
) -> None:
    stage.put(main, SERIES, OFF, MOVED)
    page = ask(account, main)
    events = [event for one in page.changed for event in one.events]
    assert {one.uid for one in events} == {SERIES.uid}
    assert [one.recurrence_id for one in events] == [None, OFF.recurrence_id, MOVED.recurrence_id]
    assert [one.status for one in events] == ["confirmed", "cancelled", "confirmed"]
    assert "calendar.events.get" not in stage.server.calls


def test_a_day_called_off_later_finds_its_series(
    stage: GoogleCalendarStage, account: CalendarAccount, main: RemoteCalendar, shelf: Shelf
) -> None:
    stage.put(main, SERIES)
    cursor = ask(account, main).cursor
    (number,) = shelf.events
    for day in (1, 2):
        shelf.put(
            {
                "id": f"{number}_{day}",
                "status": "cancelled",
                "recurringEventId": number,
                "originalStartTime": {"dateTime": f"2026-06-0{day + 1}T07:00:00Z"},
            }
        )
    page = ask(stage.account(), main, cursor=cursor)
    assert [one.events[0].uid for one in page.changed] == [SERIES.uid] * 2
    assert stage.server.calls.count("calendar.events.get") == 1


def test_a_series_takes_its_exceptions_with_it(
    stage: GoogleCalendarStage, account: CalendarAccount, main: RemoteCalendar, shelf: Shelf
) -> None:
    stage.put(main, SERIES, OFF, MOVED)
    first = ask(account, main)
    stage.remove(main, SERIES.uid)
    stage.server.calendars.page = 1
    page = ask(account, main, cursor=first.cursor)
    gone = set(page.gone)
    while page.next:
        page = ask(account, main, cursor=first.cursor, token=page.next)
        gone |= set(page.gone)
        assert page.changed == ()
    assert gone == {one.id for one in first.changed}


def test_an_exception_whose_series_is_nowhere_is_gone(
    account: CalendarAccount, main: RemoteCalendar, shelf: Shelf
) -> None:
    cursor = ask(account, main).cursor
    shelf.put({"id": "x_1", "status": "cancelled", "recurringEventId": "x"})
    page = ask(account, main, cursor=cursor)
    assert (page.changed, page.gone) == ((), ("x_1",))


def test_places_of_work_and_birthdays_are_no_meetings(
    account: CalendarAccount, main: RemoteCalendar, shelf: Shelf
) -> None:
    times = {"start": {"date": "2026-06-01"}, "end": {"date": "2026-06-02"}}
    for number, kind in enumerate(("default", "workingLocation", "birthday", "outOfOffice")):
        shelf.put({"id": f"e{number}", "status": "confirmed", "eventType": kind, **times})
    assert [one.id for one in ask(account, main).changed] == ["e0", "e3"]


def test_a_broken_event_costs_no_other(
    account: CalendarAccount, main: RemoteCalendar, stage: GoogleCalendarStage
) -> None:
    told = b'{"id": "a", "start": 5}, {"id": "b", "start": {"date": "2026-06-01"}}'
    stage.server.web.faults.append(Reply(content=b'{"items": [%s], "nextSyncToken": "s"}' % told))
    page = ask(account, main)
    assert [(one.id, len(one.events), len(one.problems)) for one in page.changed] == [
        ("a", 0, 1),
        ("b", 1, 0),
    ]
    assert page.cursor == "s"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (failure(410, "Sync token is no longer valid", "fullSyncRequired"), CursorExpiredError),
        (failure(400, "Invalid sync token", "invalid"), CursorExpiredError),
        (failure(403, "Forbidden", "forbidden"), AnswerError),
        (RATE, TransientError),
        (BUSY, TransientError),
        (BROKEN, TransientError),
        (HTML, TransientError),
        (Reply(content=b'{"items": 5}'), TransientError),
        (Reply(content=b'{"items": [{}]}'), TransientError),
        (Reply(content=b'{"items": [], "nextPageToken": "t"}'), TransientError),
        (Reply(content=b"{}" * 99, drop_at=50), TransientError),
    ],
)
def test_what_a_failure_means(
    stage: GoogleCalendarStage,
    account: CalendarAccount,
    main: RemoteCalendar,
    fault: Reply,
    error: type[Exception],
) -> None:
    cursor = ask(account, main).cursor
    stage.server.web.faults.append(fault)
    with pytest.raises(error):
        ask(account, main, cursor=cursor, token="t")
    assert ask(account, main, cursor=cursor).changed == ()


def test_a_whole_listing_that_is_refused_is_no_expired_cursor(
    stage: GoogleCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.server.web.faults.append(failure(400, "Bad Request", "invalid"))
    with pytest.raises(AnswerError):
        ask(account, main)
    stage.server.tokens = set()
    with pytest.raises(SignInError):
        account.calendars()


def test_ids_with_any_letters(stage: GoogleCalendarStage, account: CalendarAccount) -> None:
    stage.make("Holidays")
    (found,) = [one for one in account.calendars() if one.name == "Holidays"]
    assert "#" in found.id
    assert "/" in found.id
    assert ask(account, found).whole
