"""Google's events as values: what an entry says, and what is said of one that is broken."""

from typing import Any

import pytest

from fluffy_core.connectors.google.events import MAX_TEXT, entry
from fluffy_core.domain.pim import Attendee, CalendarEvent

START = {"dateTime": "2026-06-01T09:00:00+02:00", "timeZone": "Europe/Berlin"}
END = {"dateTime": "2026-06-01T10:00:00+02:00", "timeZone": "Europe/Berlin"}
BASE: dict[str, Any] = {"id": "e1", "status": "confirmed", "summary": "Jour fixe", "start": START, "end": END}


def one(**more: Any) -> CalendarEvent:
    found = entry({**BASE, **more}, uid="u@google.com", zone="Europe/Berlin")
    assert (found.id, found.problems) == ("e1", ())
    (event,) = found.events
    return event


def test_everything_that_an_event_says() -> None:
    event = one(
        description="Line\x00 one\nline two ",
        location=" Room 5 ",
        sequence=3,
        hangoutLink="https://meet.google.com/x",
        htmlLink="https://calendar.google.com/x",
        organizer={"email": "Ann@Example.com", "displayName": "Ann", "self": True},
        attendees=[
            {"email": "ben@example.com", "displayName": "Ben", "responseStatus": "needsAction"},
            {"email": "ben@example.com", "responseStatus": "accepted"},
            {"email": "room@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"},
            {"displayName": "Somebody", "responseStatus": "what"},
            {"responseStatus": "declined"},
        ],
    )
    assert event == CalendarEvent(
        uid="u@google.com",
        summary="Jour fixe",
        start=1_780_297_200,
        end=1_780_300_800,
        timezone="Europe/Berlin",
        organizer=Attendee("ann@example.com", "Ann"),
        attendees=(
            Attendee("ben@example.com", "Ben", "needs-action"),
            Attendee("room@resource.calendar.google.com", "", "accepted"),
            Attendee("", "Somebody", ""),
        ),
        status="confirmed",
        sequence=3,
        location="Room 5",
        description="Line one\nline two",
        url="https://meet.google.com/x",
    )


def test_an_event_with_nothing_but_times() -> None:
    found = entry({"id": "e1", "start": START, "end": END}, uid="u", zone="UTC")
    assert found.problems == ()
    assert (found.events[0].summary, found.events[0].organizer, found.events[0].url) == ("", None, "")


def test_a_series() -> None:
    event = one(
        recurrence=[
            "EXDATE;TZID=Europe/Berlin:20260608T090000",
            "RRULE:FREQ=WEEKLY; UNTIL=20261231T235959Z",
            "RDATE;TZID=Europe/Berlin:20260603T090000,20260604T090000",
        ]
    )
    assert event.rrule == "FREQ=WEEKLY;UNTIL=20261231T235959Z"
    assert event.excluded_starts == (event.start + 7 * 86_400,)
    assert event.extra_starts == (event.start + 2 * 86_400, event.start + 3 * 86_400)


def test_lines_of_a_series_that_cannot_be_read_are_named() -> None:
    lines = ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY", "EXDATE:never", "EXRULE:FREQ=DAILY"]
    found = entry({**BASE, "recurrence": lines}, uid="u", zone="UTC")
    assert found.events[0].rrule == "FREQ=DAILY"
    assert len(found.problems) == 3


def test_an_exception_stands_in_for_its_day() -> None:
    moved = one(recurringEventId="e0", originalStartTime={**START, "dateTime": "2026-06-01T08:00:00+02:00"})
    assert moved.recurrence_id == moved.start - 3600
    off = entry(
        {"id": "e1", "status": "cancelled", "recurringEventId": "e0", "originalStartTime": START},
        uid="u",
        zone="UTC",
    )
    (event,) = off.events
    assert (event.status, event.recurrence_id, event.start) == ("cancelled", 1_780_297_200, 1_780_297_200)


def test_whole_days() -> None:
    event = one(start={"date": "2026-06-01"}, end={"date": "2026-06-04"})
    assert (event.all_day, event.end - event.start, event.timezone) == (True, 3 * 86_400, "UTC")
    assert event.start % 86_400 == 0


def test_an_end_before_the_start_is_the_start() -> None:
    event = one(end={"dateTime": "2026-05-01T10:00:00+02:00"})
    assert event.end == event.start


def test_a_zone_that_nobody_knows_is_told() -> None:
    found = entry({**BASE, "start": {**START, "timeZone": "Mars/Olympus"}}, uid="u", zone="Europe/Berlin")
    assert found.events[0].timezone == "Europe/Berlin"
    assert found.problems == (
        "The time zone “Mars/Olympus” is not known; its times were read as Europe/Berlin.",
    )


def test_texts_are_bounded() -> None:
    assert len(one(description="x" * (MAX_TEXT + 9)).description) == MAX_TEXT


@pytest.mark.parametrize(
    "broken",
    [
        {"start": None},
        {"start": {}},
        {"start": {"dateTime": "then"}},
        {"start": "2026-06-01"},
        {"sequence": "x"},
        {"attendees": 5},
        {"attendees": ["ben@example.com"]},
        {"recurrence": [5]},
        {"start": {"dateTime": "0001-01-01T00:00:00+23:00"}},
    ],
)
def test_a_broken_event_is_left_out_with_its_name(broken: dict[str, Any]) -> None:
    found = entry({**BASE, **broken}, uid="u", zone="Europe/Berlin")
    assert found.events == ()
    assert found.problems == ("The event “Jour fixe” was left out: its values make no sense.",)
