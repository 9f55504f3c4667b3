"""Calendars at Graph: series read whole when a day of theirs is told of, views that move on, lost places."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fluffy_core.connectors.base import CalendarAccount
from fluffy_core.connectors.microsoft.calendar import AHEAD, LONGEST, OutlookCalendar
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import EventPage, RemoteCalendar
from fluffy_core.errors import AnswerError, CursorExpiredError, FolderGoneError, TransientError
from tests.fakes.graph_clients import JSON, strike
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_pim_stages import OutlookCalendarStage
from tests.fakes.outlook_stage import gateway
from tests.fakes.web_server import Reply

START, END = date(2026, 1, 1), date(2027, 1, 1)
HOUR, DAY = 3600, 86_400
FIRST = int(datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp())


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


@pytest.fixture
def stage(server: GraphServer) -> Iterator[OutlookCalendarStage]:
    with closing(OutlookCalendarStage(server)) as found:
        yield found


@pytest.fixture
def account(stage: OutlookCalendarStage) -> CalendarAccount:
    return stage.account()


@pytest.fixture
def main(account: CalendarAccount) -> RemoteCalendar:
    return account.calendars()[0]


def meeting(uid: str) -> CalendarEvent:
    return CalendarEvent(uid, f"About {uid}", FIRST, FIRST + HOUR, status="confirmed")


def series(uid: str, count: int = 6) -> CalendarEvent:
    return replace(meeting(uid), timezone="Europe/Berlin", rrule=f"FREQ=WEEKLY;COUNT={count}")


def pages(
    account: CalendarAccount, calendar: RemoteCalendar, cursor: str = "", *, end: date = END
) -> list[EventPage]:
    found = [account.events(calendar, cursor=cursor, start=START, end=end)]
    while found[-1].next:
        found.append(account.events(calendar, cursor=cursor, token=found[-1].next, start=START, end=end))
    return found


def changed(found: list[EventPage]) -> dict[str, tuple[CalendarEvent, ...]]:
    return {one.id: one.events for page in found for one in page.changed}


def gone(found: list[EventPage]) -> set[str]:
    return {name for page in found for name in page.gone}


def test_calendars(server: GraphServer, account: CalendarAccount) -> None:
    server.calendars.make("Band")
    server.calendars.make("Archive")
    assert [(one.name, one.mine) for one in account.calendars()] == [
        ("Calendar", True),
        ("Archive", False),
        ("Band", False),
    ]


def test_a_series_is_read_once_though_all_its_days_are_told(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, series("a", 20))
    found = pages(account, main)
    assert len(found) == 7
    assert len(changed(found)) == 1
    assert sum("/events/" in one.path for one in server.web.asked) == 1


def test_a_day_that_was_deleted(
    stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, series("a"))
    stage.put(main, meeting("b"))
    cursor = pages(account, main)[-1].cursor
    stage.put(main, replace(series("a"), excluded_starts=(FIRST + 7 * DAY,)))
    (events,) = changed(pages(account, main, cursor)).values()
    assert events[0].excluded_starts == (FIRST + 7 * DAY,)


def test_a_deleted_series_that_is_told_by_its_days_alone_is_gone(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    for uid in ("a", "b"):
        stage.put(main, series(uid))
    first = pages(account, main)
    server.calendars.quiet = True
    stage.remove(main, "a")
    found = pages(account, main, first[-1].cursor)
    assert gone(found) & changed(first).keys() == {"e0001"}
    assert changed(found).keys() == {"e0002"}
    later = pages(account, main, found[-1].cursor)
    assert (changed(later), gone(later)) == ({}, set())


def test_a_series_becomes_a_single_event_and_back(
    stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, series("a"))
    cursor = pages(account, main)[-1].cursor
    stage.put(main, meeting("a"))
    found = pages(account, main, cursor)
    assert [one.rrule for one in changed(found)["e0001"]] == [""]
    stage.put(main, series("a"))
    found = pages(account, main, found[-1].cursor)
    assert changed(found)["e0001"][0].rrule.startswith("FREQ=WEEKLY")


def test_an_event_of_which_only_a_part_is_told_is_read_whole(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, meeting("a"))
    link = json.loads(pages(account, main)[-1].cursor)["link"]
    for part in ({"id": "e0001", "subject": "Moved"}, {"id": "e0001", "type": "singleInstance"}):
        content = {"value": [part], "@odata.deltaLink": link}
        strike(server, "/delta", Reply(200, json.dumps(content).encode(), JSON))
        (events,) = changed(pages(account, main)).values()
        assert [one.summary for one in events] == ["About a"]
    stage.put(main, series("b"), replace(meeting("b"), recurrence_id=FIRST + 7 * DAY))
    content = {"value": [{"id": "e0002_2026-03-09"}], "@odata.deltaLink": link}
    strike(server, "/delta", Reply(200, json.dumps(content).encode(), JSON))
    assert [len(one) for one in changed(pages(account, main)).values()] == [2]


def test_a_series_that_went_before_it_was_read(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, series("a"))
    strike(server, "/events/e0001", Reply(404, b"", JSON))
    assert changed(pages(account, main)) == {}


def test_days_of_which_too_little_is_told_are_read_one_by_one(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    moved = replace(meeting("a"), recurrence_id=FIRST + 7 * DAY, start=FIRST + 8 * DAY, end=FIRST + 9 * DAY)
    stage.put(main, series("a"), moved)
    (events,) = changed(pages(account, main)).values()
    assert events[1].recurrence_id == FIRST + 7 * DAY
    asked = [one for one in server.web.asked if one.path.endswith("/events/e0001")]
    whole = json.loads(server.handle(asked[0]).content)
    whole["exceptionOccurrences"] = [{"id": "e0001_2026-03-09"}, 5]
    strike(server, "/events/e0001", Reply(200, json.dumps(whole).encode(), JSON))
    (again,) = changed(pages(account, main)).values()
    assert again == events


def test_more_days_that_differ_than_a_page(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    moved = replace(meeting("a"), recurrence_id=FIRST + 7 * DAY, start=FIRST + 8 * DAY, end=FIRST + 9 * DAY)
    stage.put(main, series("a"), moved)
    (events,) = changed(pages(account, main)).values()
    asked = next(one for one in server.web.asked if one.path.endswith("/events/e0001"))
    whole = json.loads(server.handle(asked).content)
    rest = {"value": whole.pop("exceptionOccurrences")}
    whole["exceptionOccurrences@odata.nextLink"] = f"{server.web.url}/v1.0/me/more/contacts"
    server.web.struck = lambda asked: asked.path.endswith(("/events/e0001", "/more/contacts"))
    server.web.faults.extend(Reply(200, json.dumps(one).encode(), JSON) for one in (whole, rest))
    (again,) = changed(pages(account, main)).values()
    assert again == events


def test_my_answer_is_that_of_the_calendars_owner(
    server: GraphServer, stage: OutlookCalendarStage, main: RemoteCalendar
) -> None:
    stage.put(main, replace(meeting("a"), attendees=(Attendee("ben@example.com", "", ""),)))
    server.calendars.shelves[main.id].events["e0001"].entity["responseStatus"] = {"response": "accepted"}
    with closing(stage.account()) as fresh:
        (events,) = changed(pages(fresh, main)).values()
    assert [who.status for who in events[0].attendees] == ["accepted"]


# --- views and places ---


def test_a_view_serves_until_the_days_have_moved_on(
    stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, meeting("a"))
    cursor = pages(account, main)[-1].cursor
    assert changed(pages(account, main, cursor, end=END + AHEAD)) == {}
    with pytest.raises(CursorExpiredError):
        account.events(main, cursor=cursor, start=START, end=END + AHEAD + timedelta(days=1))
    with pytest.raises(CursorExpiredError):
        account.events(main, cursor=cursor, start=START - timedelta(days=1), end=END)


def test_a_view_is_never_longer_than_graph_gives(
    server: GraphServer, account: CalendarAccount, main: RemoteCalendar
) -> None:
    early = date(2010, 1, 1)
    cursor = account.events(main, start=early, end=END).cursor
    first, last = (server.web.asked[-1].query[one][:10] for one in ("startDateTime", "endDateTime"))
    assert date.fromisoformat(last) - date.fromisoformat(first) == LONGEST
    assert account.events(main, cursor=cursor, start=early, end=END).changed == ()


@pytest.mark.parametrize("place", ["x", "5", "[]", "{}", '{"first": 5}', "[" * 5000])
def test_places_that_are_none(account: CalendarAccount, main: RemoteCalendar, place: str) -> None:
    with pytest.raises(CursorExpiredError):
        account.events(main, cursor=place, start=START, end=END)
    with pytest.raises(CursorExpiredError):
        account.events(main, token=place, start=START, end=END)


def test_a_place_that_was_tampered_with(
    stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, meeting("a"))
    cursor = json.loads(pages(account, main)[-1].cursor)
    for more in (
        {"link": "https://graph.example.net/v1.0/x"}, {"link": 5}, {"todo": "abc"}, {"series": None},
        {"first": "soon"}, {"more": 1},
    ):  # fmt: skip
        with pytest.raises(CursorExpiredError):
            account.events(main, cursor=json.dumps({**cursor, **more}), start=START, end=END)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_place_that_the_server_has_forgotten(
    server: GraphServer, account: CalendarAccount, main: RemoteCalendar, status: int
) -> None:
    cursor = pages(account, main)[-1].cursor
    strike(server, "/delta", Reply(status, b"", JSON))
    with pytest.raises(CursorExpiredError):
        account.events(main, cursor=cursor, start=START, end=END)


def test_a_calendar_that_is_gone(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount
) -> None:
    stage.make("Project")
    (project,) = [one for one in account.calendars() if one.name == "Project"]
    cursor = pages(account, project)[-1].cursor
    stage.drop(project)
    for place in (cursor, ""):
        with pytest.raises(FolderGoneError, match="Project"):
            account.events(project, cursor=place, start=START, end=END)


def test_a_calendar_of_others_that_may_not_be_read_holds_up_none(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.make("Team", shared=True)
    (team,) = [one for one in account.calendars() if one.name == "Team"]
    for calendar, error in ((team, FolderGoneError), (main, AnswerError)):
        strike(server, "/delta", Reply(403, b"", JSON))
        with pytest.raises(error):
            account.events(calendar, start=START, end=END)
    stage.put(team, series("a"))
    strike(server, "/events/e0001", Reply(403, b"", JSON))
    with pytest.raises(FolderGoneError, match="Team may not be read"):
        pages(account, team)


# --- faults ---


@pytest.mark.parametrize(
    "reply",
    [
        Reply(429, b"", {"Retry-After": "37"}),
        Reply(500, b"", JSON),
        Reply(200, b"<!doctype html>", {"Content-Type": "text/html"}),
        Reply(200, b'{"value": [{"id": "x"', JSON),
        Reply(200, json.dumps({"value": [{"id": "x" * 90}]}).encode(), JSON, drop_at=30),
        Reply(200, b'{"value": []}', JSON),
        Reply(200, b'{"value": [], "@odata.nextLink": "https://graph.example.net/v1.0/x"}', JSON),
    ],
)
@pytest.mark.parametrize("page", [1, 2])
def test_after_a_fault_the_same_page_is_asked_for_again(
    server: GraphServer,
    stage: OutlookCalendarStage,
    account: CalendarAccount,
    main: RemoteCalendar,
    reply: Reply,
    page: int,
) -> None:
    for number in range(5):
        stage.put(main, meeting(str(number)))
    token = ""
    if page > 1:
        token = account.events(main, start=START, end=END).next
    strike(server, "/delta", reply)
    with pytest.raises(TransientError) as told:
        account.events(main, token=token, start=START, end=END)
    assert told.value.retry_after == (37.0 if reply.status == 429 else None)
    found = [account.events(main, token=token, start=START, end=END)]
    while found[-1].next:
        found.append(account.events(main, token=found[-1].next, start=START, end=END))
    assert len(changed(found)) == (5 if page == 1 else 2)


def test_a_server_that_leads_in_circles(
    server: GraphServer, stage: OutlookCalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    for number in range(5):
        stage.put(main, meeting(str(number)))
    token = account.events(main, start=START, end=END).next
    link = json.loads(token)["link"]
    again = Reply(200, json.dumps({"value": [], "@odata.nextLink": link}).encode(), JSON)
    strike(server, "/delta", *[again] * 9)
    with pytest.raises(TransientError, match="circles"):
        account.events(main, token=token, start=START, end=END)
    assert account.events(main, token=token, start=START, end=END).next  # asked anew, it is no circle yet


def test_ten_thousand_days_of_a_series(
    server: GraphServer, stage: OutlookCalendarStage, main: RemoteCalendar
) -> None:
    """They are days of one entry: the view tells of 540, and the series is read once."""
    stage.put(main, replace(series("a"), rrule="FREQ=DAILY;COUNT=10000"))
    with closing(OutlookCalendar(gateway(), server.web.url, server.token, page=1000)) as account:
        found = pages(account, main)
    (events,) = changed(found).values()
    assert [one.rrule for one in events] == ["FREQ=DAILY;COUNT=10000"]
    assert sum("/events/" in one.path for one in server.web.asked) == 1


def test_closing(account: CalendarAccount, main: RemoteCalendar) -> None:
    account.close()
    account.close()
    with pytest.raises(TransientError):
        account.events(main, start=START, end=END)
