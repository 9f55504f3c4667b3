"""Calendars and address books at a loopback Graph; what others write is given as domain values."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.connectors.microsoft.calendar import OutlookCalendar
from fluffy_core.connectors.microsoft.contacts import OutlookContacts
from fluffy_core.domain.pim import Attendee, CalendarEvent, ContactCard
from fluffy_core.domain.sync import RemoteCalendar
from tests.fakes.graph_answers import Entity
from tests.fakes.graph_calendar import Event
from tests.fakes.graph_contacts import MAIN
from tests.fakes.graph_recurrence import DAYS, INDEX
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway

_WINDOWS = {"Europe/Berlin": "W. Europe Standard Time", "America/New_York": "Eastern Standard Time"}
_SHORT = [one[:2].upper() for one in DAYS]
_RESPONSES = {
    "needs-action": "notResponded",
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentativelyAccepted",
    "": "none",
}


class OutlookCalendarStage:
    """The calendars of one user, and what other programs do to them."""

    page = 3

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self._made: list[OutlookCalendar] = []
        self._items: dict[tuple[str, str], str] = {}
        self._entries: dict[tuple[str, str], tuple[CalendarEvent, ...]] = {}
        self._numbers = itertools.count(1)

    def account(self) -> CalendarAccount:
        self._made.append(OutlookCalendar(gateway(), self.server.web.url, self.server.token, page=self.page))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for account in self._made:
            account.close()

    def make(self, name: str, *, shared: bool = False) -> None:
        self.server.calendars.make(name, owner="team@example.com" if shared else "ben@example.com")

    def drop(self, calendar: RemoteCalendar) -> None:
        del self.server.calendars.shelves[calendar.id]

    def put(self, calendar: RemoteCalendar, *events: CalendarEvent) -> None:
        first = events[0]
        place = (calendar.id, first.uid)
        self._entries[place] = events
        item = self._items.setdefault(place, f"e{next(self._numbers):04}")
        event = Event(item, entity(first), _moment(first.start), _moment(first.end), zone=first.timezone)
        for start in first.excluded_starts:
            event.days[_day(start, first)] = None
        for one in events[1:]:
            assert one.recurrence_id is not None
            times = {"start": _told(one.start), "end": _told(one.end)}
            event.days[_day(one.recurrence_id, first)] = {**entity(one), **times}
        self.server.calendars.put(calendar.id, event)

    def cancel(self, calendar: RemoteCalendar, uid: str) -> None:
        shelf = self.server.calendars.shelves[calendar.id]
        event = shelf.events[self._items[calendar.id, uid]]
        event.entity["isCancelled"] = True
        self.server.calendars.put(calendar.id, event)

    def remove(self, calendar: RemoteCalendar, uid: str) -> None:
        self.server.calendars.remove(calendar.id, self._items.pop((calendar.id, uid)))

    def expire(self) -> None:
        self.server.rounds.forget()


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int, series: CalendarEvent) -> date:
    return datetime.fromtimestamp(seconds, ZoneInfo(series.timezone)).date()


def _told(seconds: int) -> dict[str, str]:
    return {"dateTime": _moment(seconds).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}


def entity(event: CalendarEvent) -> Entity:
    """An event as Graph has it, without its times."""
    found: Entity = {
        "iCalUId": event.uid,
        "subject": event.summary,
        "body": {"contentType": "text", "content": event.description},
        "isAllDay": event.all_day,
        "isCancelled": event.status == "cancelled",
        "showAs": "busy",
        "originalStartTimeZone": _WINDOWS.get(event.timezone, event.timezone),
        "attendees": [
            {
                "type": "required",
                "status": {"response": _RESPONSES[one.status], "time": "0001-01-01T00:00:00Z"},
                **_recipient(one),
            }
            for one in event.attendees
        ],
        "organizer": _recipient(event.organizer) if event.organizer else None,
        "responseStatus": {"response": "none", "time": "0001-01-01T00:00:00Z"},
        "location": {"displayName": event.location},
        "onlineMeeting": {"joinUrl": event.url} if event.url else None,
    }
    if event.rrule:
        found["recurrence"] = recurrence(event)
    return found


def _recipient(who: Attendee) -> dict[str, Any]:
    return {"emailAddress": {"name": who.name or who.email, "address": who.email}}


def recurrence(event: CalendarEvent) -> dict[str, Any]:
    """The patternedRecurrence that an RRULE means."""
    parts = dict(one.split("=", 1) for one in event.rrule.split(";"))
    first = datetime.fromtimestamp(event.start, ZoneInfo(event.timezone))
    pattern: dict[str, Any] = {"interval": int(parts.get("INTERVAL", "1"))}
    place, day = parts.get("BYDAY", "")[:-2].rstrip(","), parts.get("BYDAY", "")
    match parts["FREQ"]:
        case "DAILY":
            pattern["type"] = "daily"
        case "WEEKLY":
            names = day.split(",") if day else [_SHORT[first.weekday()]]
            pattern |= {"type": "weekly", "daysOfWeek": [DAYS[_SHORT.index(one)] for one in names]}
            pattern["firstDayOfWeek"] = "monday"
        case "MONTHLY" if day:
            pattern |= {"type": "relativeMonthly", "daysOfWeek": [DAYS[_SHORT.index(day[-2:])]]}
            pattern["index"] = INDEX[int(place) - 1]
        case "MONTHLY":
            pattern |= {"type": "absoluteMonthly", "dayOfMonth": int(parts["BYMONTHDAY"])}
        case _:
            pattern |= {"type": "absoluteYearly", "dayOfMonth": int(parts["BYMONTHDAY"])}
            pattern["month"] = int(parts["BYMONTH"])
    extent: dict[str, Any] = {"type": "noEnd", "startDate": str(first.date())}
    if "COUNT" in parts:
        extent |= {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"])}
    if "UNTIL" in parts:
        extent |= {"type": "endDate", "endDate": str(datetime.fromisoformat(parts["UNTIL"]).date())}
    extent["recurrenceTimeZone"] = _WINDOWS.get(event.timezone, event.timezone)
    return {"pattern": pattern, "range": extent}


class OutlookCardStage:
    """The address books of one user: a main one, and one within another beside it, in turn."""

    page = 3

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self._made: list[OutlookContacts] = []
        outer = server.books.make("Clients")
        self._books = itertools.cycle([MAIN, outer, server.books.make("Berlin", outer)])
        self._where: dict[str, tuple[str, str]] = {}
        self._numbers = itertools.count(1)

    def account(self) -> ContactSource:
        self._made.append(OutlookContacts(gateway(), self.server.web.url, self.server.token, page=self.page))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for account in self._made:
            account.close()

    def put(self, card: ContactCard) -> None:
        if card.uid not in self._where:
            self._where[card.uid] = (next(self._books), f"p{next(self._numbers):04}")
        self.server.books.put(*self._where[card.uid], person(card))

    def remove(self, uid: str) -> None:
        self.server.books.remove(*self._where.pop(uid))

    def expire(self) -> None:
        self.server.rounds.forget()


def person(card: ContactCard) -> Entity:
    """A person as Graph has them."""
    return {
        "displayName": card.name,
        "givenName": card.given or None,
        "surname": card.family or None,
        "companyName": card.org or None,
        "jobTitle": card.title or None,
        "mobilePhone": next(iter(card.phones), None),
        "homePhones": [],
        "businessPhones": list(card.phones[1:]),
        "emailAddresses": [{"name": card.name, "address": one} for one in card.emails],
    }


@contextmanager
def outlook_calendar_stage() -> Iterator[OutlookCalendarStage]:
    """A stage whose clients are closed at the end."""
    with serve_graph() as server:
        stage = OutlookCalendarStage(server)
        try:
            yield stage
        finally:
            stage.close()


@contextmanager
def outlook_card_stage() -> Iterator[OutlookCardStage]:
    """A stage whose clients are closed at the end."""
    with serve_graph() as server:
        stage = OutlookCardStage(server)
        try:
            yield stage
        finally:
            stage.close()
