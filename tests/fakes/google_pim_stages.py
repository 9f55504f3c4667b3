"""Stages of Google's calendars and contacts: what others write there comes as domain values."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.connectors.google.calendar import GoogleCalendar
from fluffy_core.connectors.google.contacts import GoogleContacts
from fluffy_core.domain.pim import Attendee, CalendarEvent, ContactCard
from fluffy_core.domain.sync import RemoteCalendar
from tests.fakes.google_server import Google, google
from tests.fakes.google_stage import Tokens, gateway

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANSWERS = {"needs-action": "needsAction"}


class GoogleCalendarStage:
    """The calendars of one user of a loopback Google."""

    page = 3

    def __init__(self, server: Google) -> None:
        self.server = server
        self.server.calendars.page = self.page
        self._numbers = itertools.count(1)
        self._made: list[CalendarAccount] = []

    def account(self) -> CalendarAccount:
        self._made.append(GoogleCalendar(gateway(self.server.url), self.server.url, Tokens()))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for account in self._made:
            account.close()

    def make(self, name: str, *, shared: bool = False) -> None:
        self.server.calendars.make(name, access="reader" if shared else "owner")

    def drop(self, calendar: RemoteCalendar) -> None:
        del self.server.calendars.shelves[calendar.id]

    def put(self, calendar: RemoteCalendar, *events: CalendarEvent) -> None:
        """In place; one that had exceptions is taken away first: days do not go back to their series."""
        shelf = self.server.calendars.shelves[calendar.id]
        master, *others = events
        number = shelf.with_uid(master.uid)
        if number and shelf.exceptions(number):
            shelf.remove(number)
            number = ""
        number = number or f"event{next(self._numbers)}"
        shelf.put(event_json(master, id=number, status="confirmed", iCalUID=master.uid))
        for one in others:
            assert one.recurrence_id is not None
            key = f"{number}_{_EPOCH + timedelta(seconds=one.recurrence_id):%Y%m%dT%H%M%SZ}"
            original = {"recurringEventId": number, "originalStartTime": _when(one, one.recurrence_id)}
            if one.status == "cancelled":
                shelf.put({"id": key, "status": "cancelled", **original})
            else:
                shelf.put(event_json(one, id=key, status="confirmed", iCalUID=one.uid, **original))

    def cancel(self, calendar: RemoteCalendar, uid: str) -> None:
        self.remove(calendar, uid)

    def remove(self, calendar: RemoteCalendar, uid: str) -> None:
        shelf = self.server.calendars.shelves[calendar.id]
        shelf.remove(shelf.with_uid(uid))

    def expire(self) -> None:
        self.server.calendars.expire()


def event_json(one: CalendarEvent, **more: Any) -> dict[str, Any]:
    """An event as Google words it."""
    found: dict[str, Any] = {
        "kind": "calendar#event",
        "summary": one.summary,
        "start": _when(one, one.start),
        "end": _when(one, one.end),
        "sequence": one.sequence,
        **more,
    }
    rules = [f"RRULE:{one.rrule}"] if one.rrule else []
    rules += [f"EXDATE{_line(one, start)}" for start in one.excluded_starts]
    rules += [f"RDATE{_line(one, start)}" for start in one.extra_starts]
    if rules:
        found["recurrence"] = rules
    texts = {"location": one.location, "description": one.description}
    found |= {name: value for name, value in texts.items() if value}
    if one.organizer:
        found["organizer"] = {"email": one.organizer.email, "displayName": one.organizer.name}
    if one.attendees:
        found["attendees"] = [_attendee(who) for who in one.attendees]
    return found


def _attendee(who: Attendee) -> dict[str, Any]:
    name = {"displayName": who.name} if who.name else {}
    return {"email": who.email, **name, "responseStatus": _ANSWERS.get(who.status, who.status)}


def _when(one: CalendarEvent, seconds: int) -> dict[str, str]:
    moment = _EPOCH + timedelta(seconds=seconds)
    if one.all_day:
        return {"date": f"{moment:%Y-%m-%d}"}
    return {"dateTime": moment.astimezone(ZoneInfo(one.timezone)).isoformat(), "timeZone": one.timezone}


def _line(one: CalendarEvent, seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)
    if one.all_day:
        return f";VALUE=DATE:{moment:%Y%m%d}"
    return f";TZID={one.timezone}:{moment.astimezone(ZoneInfo(one.timezone)):%Y%m%dT%H%M%S}"


class GoogleCardStage:
    """The address book of one user of a loopback Google."""

    page = 3

    def __init__(self, server: Google) -> None:
        self.server = server
        self.server.people.page = self.page
        self._made: list[ContactSource] = []

    def account(self) -> ContactSource:
        self._made.append(GoogleContacts(gateway(self.server.url), self.server.url, Tokens()))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for source in self._made:
            source.close()

    def put(self, card: ContactCard) -> None:
        self.server.people.put(person_json(card))

    def remove(self, uid: str) -> None:
        self.server.people.remove(f"people/c{uid}")

    def expire(self) -> None:
        self.server.people.expire()


def person_json(card: ContactCard) -> dict[str, Any]:
    """A person as Google words it."""
    found: dict[str, Any] = {"resourceName": f"people/c{card.uid}", "etag": "%Eg"}
    found["names"] = [{"displayName": card.name, "givenName": card.given, "familyName": card.family}]
    found["emailAddresses"] = [
        {"value": one, "metadata": {"primary": number == 0}} for number, one in enumerate(card.emails)
    ]
    found["phoneNumbers"] = [{"value": one} for one in card.phones]
    if card.org or card.title:
        found["organizations"] = [{"name": card.org, "title": card.title}]
    return found


@contextmanager
def google_calendar_stage() -> Iterator[GoogleCalendarStage]:
    """A stage whose clients are closed at the end."""
    with google() as server:
        stage = GoogleCalendarStage(server)
        try:
            yield stage
        finally:
            stage.close()


@contextmanager
def google_card_stage() -> Iterator[GoogleCardStage]:
    """A stage whose clients are closed at the end."""
    with google() as server:
        stage = GoogleCardStage(server)
        try:
            yield stage
        finally:
            stage.close()
