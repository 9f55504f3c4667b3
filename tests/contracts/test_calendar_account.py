"""What every CalendarAccount keeps, whatever the provider."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fluffy_core.connectors.base import CalendarAccount
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import EventPage, RemoteCalendar, RemoteEvents
from fluffy_core.errors import CursorExpiredError, FolderGoneError
from fluffy_core.mail.pim.recurrence import expand
from tests.contracts import pim_stages
from tests.fakes.calendar_stages import CalendarStage
from tests.fakes.memory_calendars import midnight

START, END = date(2026, 1, 1), date(2028, 1, 1)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = 3600, 86_400
TURNS = 25


@pytest.fixture(params=pim_stages.SERVERS)
def stage(request: pytest.FixtureRequest) -> Iterator[CalendarStage]:
    yield from pim_stages.calendars(request)


@pytest.fixture
def account(stage: CalendarStage) -> CalendarAccount:
    return stage.account()


@pytest.fixture
def main(account: CalendarAccount) -> RemoteCalendar:
    (found,) = [one for one in account.calendars() if one.mine]
    return found


def at(text: str, zone: ZoneInfo | None = None) -> int:
    """Unix seconds of a wall clock: "2026-03-02 09:00"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone or UTC).timestamp())


def meeting(uid: str, begins: str = "2026-03-02 09:00", *, minutes: int = 60) -> CalendarEvent:
    start = at(begins)
    return CalendarEvent(
        f"{uid}@example.com", f"About {uid}", start, start + minutes * 60, status="confirmed"
    )


def weekly(uid: str, *, count: int = 10) -> CalendarEvent:
    """Mondays 09:00 in Berlin from 2 March on: the clock is put forward after four times."""
    start = at("2026-03-02 09:00", BERLIN)
    return replace(
        meeting(uid),
        start=start,
        end=start + HOUR,
        timezone="Europe/Berlin",
        rrule=f"FREQ=WEEKLY;COUNT={count}",
    )


def pages(
    account: CalendarAccount, calendar: RemoteCalendar, cursor: str = "", *, start: date = START
) -> list[EventPage]:
    """All pages of one run."""
    found = [account.events(calendar, cursor=cursor, start=start, end=END)]
    while found[-1].next:
        found.append(account.events(calendar, cursor=cursor, token=found[-1].next, start=start, end=END))
    return found


class Mirror:
    """What a program that syncs has stored of one calendar."""

    def __init__(self, account: CalendarAccount, calendar: RemoteCalendar) -> None:
        self.account = account
        self.calendar = calendar
        self.cursor = ""
        self.entries: dict[str, RemoteEvents] = {}
        self.problems: list[str] = []
        self.catch_up()

    def catch_up(self) -> list[EventPage]:
        """Take over what changed; the pages."""
        found = pages(self.account, self.calendar, self.cursor)
        if found[0].whole:
            self.entries.clear()
        for page in found:
            for one in page.changed:
                self.entries[one.id] = one
                self.problems += one.problems
            for number in page.gone:
                self.entries.pop(number, None)
        self.cursor = found[-1].cursor
        return found

    @property
    def events(self) -> list[CalendarEvent]:
        return [event for entry in self.entries.values() for event in entry.events]

    def meetings(self) -> list[tuple[str, str, int, int]]:
        """(uid, summary, start, end) of everything that takes place."""
        return took_place(self.events)


def took_place(events: Sequence[CalendarEvent]) -> list[tuple[str, str, int, int]]:
    return sorted(
        (one.uid, one.summary, one.start, one.end)
        for one in expand(events, midnight(START), midnight(END))
        if one.status != "cancelled"
    )


@pytest.fixture
def mirror(account: CalendarAccount, main: RemoteCalendar) -> Mirror:
    return Mirror(account, main)


# --- calendars ---


def test_calendars_keep_their_order_and_one_is_mine(stage: CalendarStage, account: CalendarAccount) -> None:
    stage.make("Band & Söhne")
    stage.make("Team", shared=True)
    found = account.calendars()
    assert found == account.calendars()
    assert len({one.id for one in found}) == len(found) == 3
    assert {"Band & Söhne", "Team"} < {one.name for one in found}
    assert [one.mine for one in found].count(True) == 1
    assert not [one for one in found if one.mine and one.name in ("Band & Söhne", "Team")]


def test_each_calendar_has_its_own_entries(
    stage: CalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.make("Team", shared=True)
    (team,) = [one for one in account.calendars() if one.name == "Team"]
    stage.put(main, meeting("one"))
    stage.put(team, meeting("two"))
    assert [one.uid for one in Mirror(account, main).events] == ["one@example.com"]
    assert [one.uid for one in Mirror(account, team).events] == ["two@example.com"]


def test_a_calendar_that_is_gone_says_so(stage: CalendarStage, account: CalendarAccount) -> None:
    stage.make("Project")
    (project,) = [one for one in account.calendars() if one.name == "Project"]
    stage.put(project, meeting("one"))
    cursor = Mirror(account, project).cursor
    stage.drop(project)
    again = stage.account()
    assert project not in again.calendars()
    with pytest.raises(FolderGoneError):
        again.events(project, cursor=cursor, start=START, end=END)
    with pytest.raises(FolderGoneError):
        again.events(project, start=START, end=END)


# --- what an entry says ---


def test_an_empty_calendar(mirror: Mirror) -> None:
    assert mirror.entries == {}
    (page,) = mirror.catch_up()
    assert (page.changed, page.gone, page.next) == ((), (), "")


def test_a_meeting_with_who_answered_what(stage: CalendarStage, mirror: Mirror) -> None:
    invited = (
        Attendee("ann@firm.example", "Ann Ode", "accepted"),
        Attendee("bob@shop.example", "Bob Roe", "declined"),
        Attendee("cat@example.com", "", "needs-action"),
        Attendee("dan@example.com", "Dan", "tentative"),
    )
    wanted = replace(
        meeting("one"),
        summary="Angebot; über „Größe“, Ümläut",
        location="Room 5, 2nd floor",
        description="Line one\nline two, with; signs \\ in it",
        organizer=Attendee("ann@firm.example", "Ann Ode"),
        attendees=invited,
    )
    stage.put(mirror.calendar, wanted)
    mirror.catch_up()
    (found,) = mirror.events
    assert (found.uid, found.summary, found.start, found.end, found.all_day) == (
        wanted.uid, wanted.summary, wanted.start, wanted.end, False,
    )  # fmt: skip
    assert (found.location, found.description.strip()) == (wanted.location, wanted.description)
    assert found.organizer is not None
    assert found.organizer.email == "ann@firm.example"
    assert {(one.email, one.status) for one in found.attendees} == {
        (one.email, one.status) for one in invited
    }
    stage.put(mirror.calendar, replace(wanted, attendees=(replace(invited[2], status="accepted"),)))
    mirror.catch_up()
    (found,) = mirror.events
    assert [(one.email, one.status) for one in found.attendees] == [("cat@example.com", "accepted")]


def test_days_are_counted_at_midnight_utc(stage: CalendarStage, mirror: Mirror) -> None:
    fair = replace(meeting("fair", "2026-05-04 00:00", minutes=3 * 24 * 60), all_day=True)
    stage.put(mirror.calendar, fair)
    mirror.catch_up()
    (found,) = mirror.events
    assert (found.all_day, found.start, found.end) == (True, fair.start, fair.start + 3 * DAY)


def test_a_series_keeps_its_wall_clock(stage: CalendarStage, mirror: Mirror) -> None:
    stage.put(mirror.calendar, weekly("jour"))
    mirror.catch_up()
    starts = [datetime.fromtimestamp(start, BERLIN) for _, _, start, _ in mirror.meetings()]
    assert len(starts) == 10
    assert {(one.weekday(), one.hour) for one in starts} == {(0, 9)}
    assert {one.utcoffset() for one in starts} != {starts[0].utcoffset()}
    assert len([one for one in mirror.events if one.rrule]) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=2;COUNT=5",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=9",
        "FREQ=MONTHLY;BYDAY=1MO;COUNT=6",
        "FREQ=MONTHLY;BYMONTHDAY=2;COUNT=4",
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20260401T080000Z",
    ],
)
def test_series_as_they_repeat(stage: CalendarStage, mirror: Mirror, rule: str) -> None:
    wanted = replace(weekly("series"), rrule=rule)
    stage.put(mirror.calendar, wanted)
    mirror.catch_up()
    assert mirror.meetings() == took_place([wanted])
    assert len(mirror.meetings()) > 1


def test_one_day_of_a_series_is_moved_one_called_off_one_left_out(
    stage: CalendarStage, mirror: Mirror
) -> None:
    series = weekly("jour")
    first = series.start
    series = replace(series, excluded_starts=(first + 7 * DAY,))
    moved = replace(
        series, rrule="", excluded_starts=(), recurrence_id=first + 14 * DAY, summary="Later",
        start=first + 14 * DAY + 2 * HOUR, end=first + 14 * DAY + 3 * HOUR,
    )  # fmt: skip
    off = replace(
        moved, recurrence_id=first + 21 * DAY, start=first + 21 * DAY, end=first + 21 * DAY + HOUR,
        status="cancelled",
    )  # fmt: skip
    stage.put(mirror.calendar, series, moved, off)
    mirror.catch_up()
    assert mirror.meetings() == took_place([series, moved, off])
    assert len(mirror.meetings()) == 8
    stage.put(mirror.calendar, series)
    mirror.catch_up()
    assert mirror.meetings() == took_place([series])
    assert len(mirror.meetings()) == 9


# --- changes ---


def test_a_change_comes_though_no_sequence_was_raised(stage: CalendarStage, mirror: Mirror) -> None:
    one = meeting("one")
    stage.put(mirror.calendar, one)
    mirror.catch_up()
    stage.put(mirror.calendar, replace(one, start=one.start + HOUR, end=one.end + HOUR, summary="Moved"))
    mirror.catch_up()
    assert mirror.meetings() == [(one.uid, "Moved", one.start + HOUR, one.end + HOUR)]


def test_what_is_deleted_is_gone_by_its_id(stage: CalendarStage, mirror: Mirror) -> None:
    stage.put(mirror.calendar, meeting("one"))
    stage.put(mirror.calendar, weekly("two"))
    mirror.catch_up()
    stage.remove(mirror.calendar, "one@example.com")
    mirror.catch_up()
    assert {uid for uid, *_ in mirror.meetings()} == {"two@example.com"}
    stage.remove(mirror.calendar, "two@example.com")
    mirror.catch_up()
    assert mirror.meetings() == []


def test_what_is_called_off_does_not_take_place(stage: CalendarStage, mirror: Mirror) -> None:
    stage.put(mirror.calendar, meeting("one"))
    mirror.catch_up()
    assert len(mirror.meetings()) == 1
    stage.cancel(mirror.calendar, "one@example.com")
    mirror.catch_up()
    assert mirror.meetings() == []


def test_nothing_new_is_nothing(stage: CalendarStage, mirror: Mirror) -> None:
    for number in range(stage.page + 1):
        stage.put(mirror.calendar, meeting(str(number)))
    mirror.catch_up()
    for _ in range(2):
        found = mirror.catch_up()
        assert [(page.changed, page.gone) for page in found] == [((), ())]


def test_pages_name_each_entry_once_and_the_last_one_has_the_cursor(
    stage: CalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    count = stage.page * 2 + 1
    for number in range(count):
        stage.put(main, meeting(str(number)))
    found = pages(account, main)
    assert len(found) > 1
    ids = [one.id for page in found for one in page.changed]
    assert len(ids) == len(set(ids)) == count
    assert [bool(page.cursor) for page in found] == [False] * (len(found) - 1) + [True]
    assert {page.whole for page in found} == {True}
    assert max(len(page.changed) for page in found) <= stage.page


def test_changes_come_in_pages_too(stage: CalendarStage, mirror: Mirror) -> None:
    count = stage.page * 2 + 1
    for number in range(count):
        stage.put(mirror.calendar, meeting(str(number)))
    assert len(mirror.catch_up()) > 1
    assert len(mirror.meetings()) == count


def test_a_listing_goes_on_with_another_client(
    stage: CalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    for number in range(stage.page + 1):
        stage.put(main, meeting(str(number)))
    first = account.events(main, start=START, end=END)
    rest = stage.account().events(main, token=first.next, start=START, end=END)
    assert len({one.id for one in (*first.changed, *rest.changed)}) == stage.page + 1


def test_what_happens_during_a_listing_is_not_lost(
    stage: CalendarStage, account: CalendarAccount, mirror: Mirror
) -> None:
    for number in range(stage.page + 2):
        stage.put(mirror.calendar, meeting(str(number)))
    page = account.events(mirror.calendar, start=START, end=END)
    entries = {one.id: one for one in page.changed}
    stage.put(mirror.calendar, meeting("new"))
    stage.remove(mirror.calendar, "0@example.com")
    stage.remove(mirror.calendar, f"{stage.page + 1}@example.com")
    stage.put(mirror.calendar, replace(meeting("1"), summary="Changed"))
    while page.next:
        page = account.events(mirror.calendar, token=page.next, start=START, end=END)
        entries |= {one.id: one for one in page.changed}
    mirror.entries, mirror.cursor = entries, page.cursor
    mirror.catch_up()
    names = [(uid.partition("@")[0], summary) for uid, summary, _, _ in mirror.meetings()]
    left = [(str(number), f"About {number}") for number in range(2, stage.page + 1)]
    assert names == sorted([("1", "Changed"), ("new", "About new"), *left])


def test_the_first_listing_is_of_its_window(
    stage: CalendarStage, account: CalendarAccount, main: RemoteCalendar
) -> None:
    stage.put(main, meeting("before", "2024-05-02 09:00"))
    stage.put(main, meeting("after", "2029-05-02 09:00"))
    stage.put(main, meeting("within"))
    began = at("2025-06-02 09:00")
    stage.put(main, replace(meeting("series"), start=began, end=began + HOUR, rrule="FREQ=WEEKLY;COUNT=60"))
    found = {event.uid for page in pages(account, main) for one in page.changed for event in one.events}
    assert found == {"within@example.com", "series@example.com"}


def test_a_cursor_that_the_server_has_forgotten(stage: CalendarStage, mirror: Mirror) -> None:
    stage.put(mirror.calendar, meeting("one"))
    stage.put(mirror.calendar, meeting("two"))
    mirror.catch_up()
    stage.remove(mirror.calendar, "one@example.com")
    stage.expire()
    with pytest.raises(CursorExpiredError):
        mirror.catch_up()
    mirror.cursor = ""
    mirror.catch_up()
    assert {uid for uid, *_ in mirror.meetings()} == {"two@example.com"}


def test_whatever_others_do_both_sides_are_alike_afterwards(stage: CalendarStage, mirror: Mirror) -> None:
    dice = random.Random(7)
    there: dict[str, list[CalendarEvent]] = {}
    for turn in range(TURNS):
        action = dice.choice(["new", "new", "change", "remove", "look"])
        uid = dice.choice(sorted(there)) if there else ""
        if action == "new" or not uid:
            fresh = (
                weekly(f"n{turn}") if turn % 3 == 0 else meeting(f"n{turn}", f"2026-04-{turn + 1:02} 10:00")
            )
            there[fresh.uid] = [fresh]
            stage.put(mirror.calendar, fresh)
        elif action == "change":
            there[uid] = [replace(one, summary=f"Turn {turn}") for one in there[uid]]
            stage.put(mirror.calendar, *there[uid])
        elif action == "remove":
            del there[uid]
            stage.remove(mirror.calendar, uid)
        if action == "look":
            mirror.catch_up()
    mirror.catch_up()
    assert mirror.meetings() == took_place([event for events in there.values() for event in events])
    assert mirror.problems == []


def test_closing_twice(account: CalendarAccount) -> None:
    account.close()
    account.close()
