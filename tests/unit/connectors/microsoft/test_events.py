"""What Graph tells of events, as our own: times and zones, answers, exceptions; and what makes no sense."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fluffy_core.connectors.microsoft import events as outlook_events
from fluffy_core.connectors.microsoft.events import Series, zone_of
from fluffy_core.connectors.microsoft.graph import Entry
from fluffy_core.domain.pim import CalendarEvent

OWNER = "ben@example.com"
DAY = 86_400


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def when(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": f"{text}:00.0000000", "timeZone": zone}


def entry(**more: Any) -> Entry:
    return {
        "id": "e1",
        "iCalUId": "uid-1",
        "subject": "About it",
        "start": when("2026-03-02T08:00"),
        "end": when("2026-03-02T09:00"),
        "originalStartTimeZone": "W. Europe Standard Time",
        **more,
    }


def weekly(**more: Any) -> Entry:
    told = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"},
        "range": {
            "type": "noEnd",
            "startDate": "2026-03-02",
            "recurrenceTimeZone": "W. Europe Standard Time",
        },
    }
    return entry(recurrence=told, **more)


def one(found: Entry, owner: str = OWNER) -> CalendarEvent:
    told = outlook_events.single(found, owner)
    assert told.problems == ()
    (event,) = told.events
    return event


def test_a_meeting() -> None:
    found = one(
        entry(
            body={"contentType": "text", "content": "Line one\r\nline two\x07\r\n"},
            location={"displayName": " Room 5 "},
            onlineMeeting={"joinUrl": "https://meet.example.com/1"},
            organizer={"emailAddress": {"name": "Ann", "address": "Ann@Example.com"}},
        )
    )
    assert (found.uid, found.summary, found.status) == ("uid-1", "About it", "confirmed")
    assert (found.start, found.end) == (at("2026-03-02T08:00"), at("2026-03-02T09:00"))
    assert (found.timezone, found.all_day, found.rrule) == ("Europe/Berlin", False, "")
    assert (found.description, found.location) == ("Line one\nline two", "Room 5")
    assert found.url == "https://meet.example.com/1"
    assert found.organizer is not None
    assert (found.organizer.email, found.organizer.name) == ("ann@example.com", "Ann")


def test_times_in_another_zone_than_asked_for() -> None:
    found = one(
        entry(
            start=when("2026-07-01T09:00", "Eastern Standard Time"),
            end=when("2026-07-01T10:00", "America/New_York"),
        )
    )
    assert (found.start, found.end) == (at("2026-07-01T13:00"), at("2026-07-01T14:00"))


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"isCancelled": True, "showAs": "tentative"}, "cancelled"),
        ({"showAs": "tentative"}, "tentative"),
        ({"showAs": "free", "isCancelled": False}, "confirmed"),
    ],
)
def test_whether_it_takes_place(told: Entry, status: str) -> None:
    assert one(entry(**told)).status == status


def attendee(email: str, response: Any, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": email, "name": name or email}, "status": {"response": response}}


def test_answers() -> None:
    responses = (
        "accepted",
        "tentativelyAccepted",
        "declined",
        "notResponded",
        "none",
        "organizer",
        "perhaps",
    )
    told = [attendee(f"p{number}@example.com", one) for number, one in enumerate(responses)]
    found = one(entry(attendees=told))
    assert [who.status for who in found.attendees] == [
        "accepted", "tentative", "declined", "needs-action", "needs-action", "accepted", "",
    ]  # fmt: skip
    assert {who.name for who in found.attendees} == {""}


def test_my_own_answer_is_told_elsewhere() -> None:
    told = [attendee("Ben@Example.com", "none", "Ben"), attendee("cat@example.com", "none")]
    found = one(entry(attendees=told, responseStatus={"response": "declined"}))
    assert [(who.email, who.status) for who in found.attendees] == [
        ("ben@example.com", "declined"),
        ("cat@example.com", "needs-action"),
    ]
    assert [who.status for who in one(entry(attendees=told), "").attendees] == ["needs-action"] * 2


def test_people_without_an_address_and_twice() -> None:
    told = [
        {"emailAddress": {"name": "Room 5", "address": "/o=Firm/cn=Room5"}},
        {"emailAddress": None},
        {},
        attendee("cat@example.com", "accepted"),
        attendee("Cat@example.com", "declined"),
    ]
    found = one(entry(attendees=told))
    assert [(who.email, who.name, who.status) for who in found.attendees] == [
        ("", "Room 5", ""),
        ("cat@example.com", "", "accepted"),
    ]


def test_whole_days_at_midnight_utc_wherever_they_are_days() -> None:
    plain = entry(isAllDay=True, start=when("2026-05-04T00:00"), end=when("2026-05-06T00:00"))
    shifted = entry(isAllDay=True, start=when("2026-05-03T22:00"), end=when("2026-05-05T22:00"))
    for told in (plain, shifted):
        found = one(told)
        assert (found.start, found.end, found.timezone) == (at("2026-05-04"), at("2026-05-06"), "UTC")
    assert one({**plain, "end": when("2026-05-04T00:00")}).end == at("2026-05-05")


def test_an_end_before_its_start() -> None:
    assert one(entry(end=when("2026-03-01T00:00"))).end == at("2026-03-02T08:00")


def test_a_series_with_a_day_that_differs_and_one_that_went() -> None:
    moved = entry(
        id="e1x", iCalUId="uid-x", subject="Later", originalStart="2026-04-06T07:00:00Z",
        start=when("2026-04-07T10:00"), end=when("2026-04-07T11:00"),
    )  # fmt: skip
    told = outlook_events.series(
        Series(weekly(), (moved,), ("OID.e1.2026-03-16", "OID.e1.2026-03-30", "OID.e1")), OWNER
    )
    master, exception = told.events
    assert (told.id, told.problems) == ("e1", ())
    assert (master.rrule, master.timezone) == ("FREQ=WEEKLY;BYDAY=MO;WKST=MO", "Europe/Berlin")
    berlin = [at(f"{day}T09:00", "Europe/Berlin") for day in ("2026-03-16", "2026-03-30")]
    assert master.excluded_starts == tuple(berlin)
    assert berlin[1] - berlin[0] == 14 * DAY - 3600
    assert (exception.uid, exception.summary, exception.rrule) == ("uid-1", "Later", "")
    assert exception.recurrence_id == at("2026-04-06T09:00", "Europe/Berlin")
    assert exception.start == at("2026-04-07T10:00")


def test_a_series_of_whole_days() -> None:
    days = {"isAllDay": True, "start": when("2026-03-02T00:00"), "end": when("2026-03-03T00:00")}
    moved = entry(**days, originalStart="2026-03-08T23:00:00Z")
    told = outlook_events.series(Series(weekly(**days), (moved,), ("OID.e1.2026-03-16",)), OWNER)
    master, exception = told.events
    assert (master.all_day, master.timezone) == (True, "UTC")
    assert master.excluded_starts == (at("2026-03-16"),)
    assert exception.recurrence_id == at("2026-03-09")


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "", None, 5, "Mars/Phobos", "../etc/passwd"])
def test_a_zone_that_is_not_known_is_told(zone: object) -> None:
    told = weekly(originalStartTimeZone=zone)
    told["recurrence"]["range"]["recurrenceTimeZone"] = zone
    found = outlook_events.series(Series(told, (), ()), OWNER)
    assert found.events[0].timezone == "UTC"
    assert found.problems == ("The time zone of “About it” is not known; its times were read as UTC.",)
    assert zone_of(zone) == (ZoneInfo("UTC"), False)


def test_the_other_zone_helps_out() -> None:
    told = weekly(originalStartTimeZone="Eastern Standard Time")
    told["recurrence"]["range"]["recurrenceTimeZone"] = "tzone://Microsoft/Custom"
    found = outlook_events.series(Series(told, (), ()), OWNER)
    assert (found.events[0].timezone, found.problems) == ("America/New_York", ())


@pytest.mark.parametrize(
    "more",
    [
        {"start": None},
        {"start": {"dateTime": "soon", "timeZone": "UTC"}},
        {"start": {"dateTime": 5}},
        {"end": {}},
        {"start": when("9999-12-31T23:59", "Pacific Standard Time")} | {"end": "x"},
        {"attendees": 5},
    ],
)
def test_an_event_that_makes_no_sense_is_left_out_and_told(more: Entry) -> None:
    found = outlook_events.single(entry(**more), OWNER)
    assert found.events == ()
    assert found.problems[0].startswith("The event “About it” was left out: ")


@pytest.mark.parametrize("part", ["pattern", "range"])
@pytest.mark.parametrize("value", [None, {}, [], {"type": "sometimes"}])
def test_a_series_that_makes_no_sense_is_left_out_and_told(part: str, value: object) -> None:
    told = weekly()
    told["recurrence"][part] = value
    found = outlook_events.series(Series(told, (), ()), OWNER)
    assert found.events == ()
    assert len(found.problems) == 1


def test_a_day_that_makes_no_sense_costs_only_itself() -> None:
    bad = entry(originalStart="once")
    found = outlook_events.series(Series(weekly(), (bad, entry(originalStart=5), entry()), ()), OWNER)
    assert len(found.events) == 1
    assert found.problems == ("A day that differs from the series “About it” was left out.",) * 3


def test_an_event_without_a_title_or_uid() -> None:
    found = one(entry(subject=None, iCalUId=None))
    assert (found.summary, found.uid) == ("", "e1")
    told = outlook_events.single(entry(subject=None, start=None), OWNER)
    assert "“without a title”" in told.problems[0]


def test_the_first_moment_that_is_counted() -> None:
    assert datetime.fromtimestamp(one(entry()).start, UTC).year == 2026
