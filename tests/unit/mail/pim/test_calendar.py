"""Calendars event by event: fields, times, zones, damage, hostile sizes, real files of many programs."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.pim import Attendee, Calendar, CalendarEvent
from fluffy_core.mail.pim import calendar
from tests.fakes.effort import within

MEETING = """\
UID:1@example.com
SUMMARY:Plans\\, and more
DTSTART;TZID=Europe/Berlin:20200702T100000
DTEND;TZID=Europe/Berlin:20200702T113000
LOCATION:Room 1
DESCRIPTION:Line one\\nline
  two
ORGANIZER;CN="Ada A.":MAILTO:Ada@Example.com
ATTENDEE;PARTSTAT=ACCEPTED;CN=Ben:mailto:ben@example.org
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:cy@example.org
ATTENDEE;CN=ben@example.org:mailto:BEN@example.org
STATUS:CONFIRMED
SEQUENCE:3
URL:https://example.com/1
"""


def parse(*events: str, head: str = "", **options: str) -> Calendar:
    body = "".join(f"BEGIN:VEVENT\n{event.rstrip()}\nEND:VEVENT\n" for event in events)
    return calendar.parse(f"BEGIN:VCALENDAR\n{head}{body}END:VCALENDAR\n".encode(), **options)


def one(event: str, head: str = "", **options: str) -> CalendarEvent:
    (found,) = parse(event, head=head, **options).events
    return found


def at(*parts: int, zone: str = "UTC") -> int:
    return int(datetime(*parts, tzinfo=ZoneInfo(zone)).timestamp())  # type: ignore[arg-type,misc]


MIDNIGHT = at(2020, 1, 2)
TEN = MIDNIGHT + 36_000


def test_all_fields() -> None:
    assert one(MEETING) == CalendarEvent(
        uid="1@example.com",
        summary="Plans, and more",
        start=at(2020, 7, 2, 8, 0),
        end=at(2020, 7, 2, 9, 30),
        timezone="Europe/Berlin",
        organizer=Attendee("ada@example.com", "Ada A."),
        attendees=(
            Attendee("ben@example.org", "Ben", "accepted"),
            Attendee("cy@example.org", "", "needs-action"),
        ),
        status="confirmed",
        sequence=3,
        location="Room 1",
        description="Line one\nline two",
        url="https://example.com/1",
    )
    assert parse(MEETING).problems == ()


def test_the_calendar_itself() -> None:
    found = parse(MEETING, head="METHOD:REQUEST\nX-WR-CALNAME:Work\n")
    assert (found.method, found.name) == ("request", "Work")


@pytest.mark.parametrize(
    ("lines", "start", "end", "all_day", "zone"),
    [
        ("DTSTART:20200102T100000Z", TEN, TEN, False, "UTC"),
        ("DTSTART:20200102T100000", TEN - 3600, TEN - 3600, False, "Europe/Paris"),
        ("DTSTART:20200102T100000Z\nDURATION:PT45M", TEN, TEN + 2700, False, "UTC"),
        ("DTSTART;VALUE=DATE:20200102", MIDNIGHT, MIDNIGHT + 86_400, True, "UTC"),
        ("DTSTART:20200102", MIDNIGHT, MIDNIGHT + 86_400, True, "UTC"),
        ("DTSTART:20200102\nDTEND:20200105", MIDNIGHT, MIDNIGHT + 3 * 86_400, True, "UTC"),
        ("DTSTART:20200102T100000Z\nDTEND:20190102T100000Z", TEN, TEN, False, "UTC"),
        ("DTSTART:19000101T000000Z", at(1900, 1, 1), at(1900, 1, 1), False, "UTC"),
        ("DTSTART:21000101T000000Z", at(2100, 1, 1), at(2100, 1, 1), False, "UTC"),
        ("DTSTART;TZID=Eastern Standard Time:20200102T050000", TEN, TEN, False, "America/New_York"),
        ("DTSTART;TZID=/v.example/2020/Asia/Tokyo:20200102T190000", TEN, TEN, False, "Asia/Tokyo"),
        ('DTSTART;TZID="Asia/Tokyo":20200102T190000', TEN, TEN, False, "Asia/Tokyo"),
        ("DTSTART;TZID=UTC:20200102T100000", TEN, TEN, False, "UTC"),
    ],
)
def test_times(lines: str, start: int, end: int, all_day: bool, zone: str) -> None:
    event = one(f"UID:1\n{lines}", timezone_name="Europe/Paris")
    assert (event.start, event.end, event.all_day, event.timezone) == (start, end, all_day, zone)


def test_the_zone_of_the_calendar_goes_before_that_of_the_reader() -> None:
    event = one("DTSTART:20200102T100000", head="X-WR-TIMEZONE:Asia/Tokyo\n", timezone_name="Europe/Paris")
    assert (event.start, event.timezone) == (at(2020, 1, 2, 1), "Asia/Tokyo")


def test_a_zone_defined_in_the_file_is_matched_by_its_offsets() -> None:
    head = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    found = parse("SUMMARY:x\nDTSTART;TZID=Mine:20200702T100000", head=head)
    assert found.events[0].start == at(2020, 7, 2, 8)
    assert found.problems == ("The time zone “Mine” is not known; its times were read as Europe/Berlin.",)


def test_a_series_and_its_exception() -> None:
    series = one("UID:1\nDTSTART;TZID=Europe/Berlin:20200702T100000\nRRULE:FREQ=WEEKLY;BYDAY=TH, FR;COUNT=9\n"
                 "EXDATE;TZID=Europe/Berlin:20200709T100000,20200716T100000\nEXDATE;VALUE=DATE:20200723\n"
                 "RDATE;TZID=Europe/Berlin;VALUE=PERIOD:20200801T100000/PT1H")  # fmt: skip
    assert series.rrule == "FREQ=WEEKLY;COUNT=9;BYDAY=TH,FR"
    assert series.excluded_starts == (at(2020, 7, 9, 8), at(2020, 7, 16, 8), at(2020, 7, 23, 8))
    assert series.extra_starts == (at(2020, 8, 1, 8),)
    exception = one("UID:1\nDTSTART:20200703T080000Z\nRECURRENCE-ID:20200702T080000Z\nSTATUS:CANCELLED")
    assert (exception.recurrence_id, exception.status) == (at(2020, 7, 2, 8), "cancelled")


def test_an_event_without_uid_gets_a_stable_one() -> None:
    first, again, other = (one(f"DTSTART:2020010{day}T100000Z").uid for day in (1, 1, 2))
    assert first == again != other
    assert len(first) == 32


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("SUMMARY:No start", "The event “No start” was left out: it has no start."),
        ("SUMMARY:Odd\nDTSTART:20201301", "The event “Odd” was left out: its start cannot be read."),
        ("DTSTART:TBD", "The event “without a title” was left out: its start cannot be read."),
    ],
)
def test_an_unreadable_event_is_named_and_the_others_stay(event: str, reason: str) -> None:
    found = parse(MEETING, event, MEETING)
    assert len(found.events) == 2
    assert found.problems == (reason,)


def test_a_damaged_field_is_named_and_the_event_stays() -> None:
    found = parse("SUMMARY:x\nDTSTART:20200102T100000Z\nRRULE:FREQ=NEVER\nATTENDEE\n;;;\nDTEND:soon")
    assert found.events[0].rrule == ""
    assert "In the event “x” the field RRULE could not be read." in found.problems
    assert "In the event “x” the field DTEND could not be read." in found.problems


def test_an_event_without_end_is_kept_and_named() -> None:
    data = b"BEGIN:VEVENT\nSUMMARY:a\nDTSTART:20200102\nBEGIN:VEVENT\nSUMMARY:b\nDTSTART:20200103"
    found = calendar.parse(b"BEGIN:VCALENDAR\n" + data)
    assert [event.summary for event in found.events] == ["a", "b"]
    assert found.problems == tuple(f"The event “{name}” has no end; it may be incomplete." for name in "ab")


def test_parts_inside_an_event_do_not_leak_into_it() -> None:
    event = one(
        MEETING + "BEGIN:VALARM\nSUMMARY:Alarm\nDESCRIPTION:Beep\nTRIGGER:-PT5M\nEND:VALARM\nLOCATION:2nd\n"
    )
    assert event.summary == "Plans, and more"
    assert event.description == "Line one\nline two"


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\xff" * 50, b"Subject: x\n\nhi"])
def test_no_calendar(data: bytes) -> None:
    assert calendar.parse(data) == Calendar((), ("There is no calendar in this file.",))


def test_many_problems_are_counted_not_listed() -> None:
    found = parse(*["SUMMARY:x"] * 1500)
    assert len(found.problems) == 201
    assert found.problems[-1] == "And 1,300 more like these."


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY:" + "x" * 1_000_000,
        "SUMMARY" + ";A=B" * 250_000 + ":x",
        "DTEND;TZID=" + '"' * 1_000_000,
        "RDATE:" + "20200101," * 110_000,
        "SUMMARY:" + "\n x" * 300_000,
        "BEGIN:VALARM\n" * 70_000,
        "BEGIN:VTIMEZONE\nTZID:A\n" * 40_000,
    ],
)
def test_hostile_megabytes_take_no_time(line: str) -> None:
    within(8, parse, f"DTSTART:20200102T100000Z\n{line}")


FIELDS = st.sampled_from(
    ["DTSTART", "DTEND", "RRULE", "EXDATE", "UID", "ATTENDEE", "BEGIN", "END", "DURATION", "x"]
)


@given(st.lists(st.tuples(FIELDS, st.text(max_size=30)), max_size=12))
def test_any_fields_give_a_calendar(lines: list[tuple[str, str]]) -> None:
    found = parse("\n".join(f"{name}:{value}" for name, value in lines))
    assert all(event.end >= event.start and event.uid for event in found.events)
    calendar.expand(found.events, 0, 2**31)


@given(st.integers(at(1900, 1, 2), at(2200, 1, 1)), st.sampled_from(["UTC", "Asia/Tokyo"]))
def test_written_times_come_back(start: int, zone: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC).fromtimestamp(start, ZoneInfo(zone))
    assert one(f"DTSTART;TZID={zone}:{moment:%Y%m%dT%H%M%S}").start == start


@pytest.mark.realdata
def test_real_calendars_survive(realdata: Path) -> None:
    paths = sorted((realdata / "pim").rglob("*.ics"))
    found = [calendar.parse(path.read_bytes()) for path in paths]
    events = [event for one_calendar in found for event in one_calendar.events]
    assert len(paths) == 163
    assert len(events) >= 113
    left_out = sum("was left out" in problem for one_calendar in found for problem in one_calendar.problems)
    written = sum(path.read_bytes().upper().count(b"BEGIN:VEVENT") for path in paths)
    assert len(events) + left_out == written
