"""Values read from calendars and address books."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_PROBLEMS = 200
"""Sentences that a person would still look at; more are only counted."""


def bounded(problems: Sequence[str]) -> tuple[str, ...]:
    """The first problems of a file, and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    return (*problems[:MAX_PROBLEMS], f"And {more:,} more like these.") if more > 0 else tuple(problems)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited to an event, or its organiser.

    `email` is lower-cased, "" when the calendar names none. `status` is the PARTSTAT of RFC 5545 in
    lower case: "needs-action", "accepted", "declined", "tentative", "delegated", or "".
    """

    email: str
    name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One VEVENT: a single meeting, the master of a series, or the exception to one.

    `start` and `end` are Unix seconds, `end` exclusive and never before `start`. The days of an
    all-day event are counted at midnight UTC. `timezone` is an IANA name, in which a series repeats;
    "UTC" for times given in UTC. `rrule` is the value of RRULE, "" for a single event;
    `extra_starts` (RDATE) and `excluded_starts` (EXDATE) are Unix seconds, as is `recurrence_id`:
    the original start that this exception stands in for. `status` and `method` are lower case
    ("confirmed", "tentative", "cancelled"; "request", "reply", "cancel", "publish").
    """

    uid: str
    summary: str
    start: int
    end: int
    all_day: bool = False
    timezone: str = "UTC"
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    rrule: str = ""
    extra_starts: tuple[int, ...] = ()
    excluded_starts: tuple[int, ...] = ()
    recurrence_id: int | None = None
    status: str = ""
    sequence: int = 0
    location: str = ""
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a calendar file held. `problems` are plain sentences, one for each event left out or mended."""

    events: tuple[CalendarEvent, ...]
    problems: tuple[str, ...] = ()
    name: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """One person or company of an address book.

    `name` is what to show. `emails` are lower-cased, the preferred one first, without repeats.
    `birthday` is ISO 8601, "--MM-DD" when the year is not known, "" when absent.
    `addresses` are postal, each on one line. `uid` is "" when the file gives none.
    """

    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    given: str = ""
    family: str = ""
    nickname: str = ""
    org: str = ""
    department: str = ""
    title: str = ""
    urls: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    birthday: str = ""
    notes: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class AddressBook:
    """What a vCard or CSV file held. `problems` are plain sentences about what was left out."""

    cards: tuple[ContactCard, ...]
    problems: tuple[str, ...] = ()
