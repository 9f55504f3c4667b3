"""The calendars of a loopback Graph, and its paths about them."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes import graph_recurrence
from tests.fakes.graph_answers import (
    Entity,
    Refused,
    Rounds,
    Track,
    answer,
    check_options,
    chosen,
    not_found,
    removed,
)
from tests.fakes.web_server import Asked, Reply

LONGEST = timedelta(days=1825)


@dataclass(slots=True)
class Event:
    """A single event or a series. `zone` is where it repeats; `days` differ from it, None if deleted."""

    item: str
    entity: Entity
    start: datetime
    end: datetime
    zone: str = "UTC"
    days: dict[date, Entity | None] = field(default_factory=dict)

    def occurrences(self, until: date) -> Iterator[tuple[date, datetime]]:
        """The days of the series as its pattern says, with their starts."""
        zone = ZoneInfo(self.zone)
        clock = self.start.astimezone(zone).time()
        for day in graph_recurrence.days(self.entity["recurrence"], until):
            yield day, datetime.combine(day, clock, zone).astimezone(UTC)


@dataclass(slots=True)
class Shelf:
    """A calendar."""

    id: str
    name: str
    owner: str
    default: bool
    events: dict[str, Event] = field(default_factory=dict)
    track: Track = field(default_factory=Track)


class Calendars:
    """The state, and what other programs do to it. `quiet`: a deleted series is told by its days alone."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.quiet = False
        self.shelves: dict[str, Shelf] = {}
        self.make("Calendar", default=True)

    def make(self, name: str, *, owner: str = "ben@example.com", default: bool = False) -> Shelf:
        """A new calendar."""
        key = f"AQMkC/{next(self._numbers)}=="
        self.shelves[key] = Shelf(key, name, owner, default)
        return self.shelves[key]

    def put(self, calendar: str, event: Event) -> None:
        """Write an event, replacing the one with its item."""
        shelf = self.shelves[calendar]
        shelf.events[event.item] = event
        shelf.track.note(event.item)

    def remove(self, calendar: str, item: str) -> None:
        """Delete an event."""
        shelf = self.shelves[calendar]
        del shelf.events[item]
        shelf.track.note(item)


class CalendarRoutes:
    """Answers about calendars and events."""

    def __init__(self, calendars: Calendars, rounds: Rounds) -> None:
        self._calendars = calendars
        self._rounds = rounds

    def table(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        """(method, path as a pattern, what answers)."""
        return [
            ("GET", "me/calendars", self.listed),
            ("GET", "me/calendars/([^/]+)", self.one),
            ("GET", "me/calendars/([^/]+)/calendarView/delta", self.delta),
            ("GET", "me/calendars/([^/]+)/events/([^/]+)", self.event),
        ]

    def listed(self, asked: Asked) -> Reply:
        check_options(asked, ("$select", "$top"))
        return answer({"value": [_calendar(asked, one) for one in self._calendars.shelves.values()]})

    def one(self, asked: Asked, name: str) -> Reply:
        check_options(asked, ("$select",))
        return answer(_calendar(asked, self._shelf(name)))

    def _shelf(self, name: str) -> Shelf:
        if name not in self._calendars.shelves:
            raise not_found()
        return self._calendars.shelves[name]

    def delta(self, asked: Asked, name: str) -> Reply:
        options = ("startDateTime", "endDateTime")
        check_options(asked, options)
        shelf = self._shelf(name)
        state = self._rounds.state(asked, options)
        if not state["options"].keys() >= set(options):
            raise Refused(400, "ErrorInvalidParameter", "startDateTime and endDateTime must be given.")
        first, last = (datetime.fromisoformat(state["options"][one]) for one in options)
        if last - first > LONGEST:
            raise Refused(400, "ErrorCalendarViewRangeTooLong", "The requested duration is too long.")
        view = _View(shelf, first, last, quiet=self._calendars.quiet)
        everything = [one for item in shelf.events for one in view.names(item)]
        return self._rounds.page(
            asked, state, track=shelf.track, everything=everything, tell=view.tell, within=view.names
        )

    def event(self, asked: Asked, calendar: str, name: str) -> Reply:
        check_options(asked, ("$select", "$expand"))
        shelf = self._shelf(calendar)
        item, _, day = name.partition("_")
        event = shelf.events.get(item)
        if event is None:
            raise not_found()
        if day:
            changed = event.days.get(date.fromisoformat(day))
            if changed is None:
                raise not_found()
            return answer(chosen("event", asked.query.get("$select", ""), _exception(event, day, changed)))
        entity = _whole(event)
        if "recurrence" in event.entity:
            gone = [one for one, change in event.days.items() if change is None]
            entity["cancelledOccurrences"] = [f"OID.{item}.{one}" for one in gone]
        wanted = asked.query.get("$select", "")
        entity = chosen("event", wanted, entity)
        if asked.query.get("$expand") == "exceptionOccurrences":
            days = [(str(day), one) for day, one in event.days.items() if one is not None]
            entity["exceptionOccurrences"] = [
                chosen("event", wanted, _exception(event, day, one)) for day, one in days
            ]
        return answer(entity)


class _View:
    """The events of a calendar that lie in a range, days of series one by one."""

    def __init__(self, shelf: Shelf, first: datetime, last: datetime, *, quiet: bool) -> None:
        self._shelf = shelf
        self._first, self._last = first, last
        self._quiet = quiet

    def names(self, item: str) -> list[str]:
        """The entries for an event: itself, and its days if it is a series."""
        event = self._shelf.events.get(item)
        if event is None:
            return [f"{item}_2026-03-09"] if self._quiet else [item]
        if "recurrence" not in event.entity:
            return [item] if self._inside(event.start, event.end) else []
        days = [f"{item}_{day}" for day, _ in self._days(event)]
        return [item, *days] if days else []

    def _days(self, event: Event) -> Iterator[tuple[date, datetime]]:
        length = event.end - event.start
        for day, start in event.occurrences(self._last.date()):
            if event.days.get(day, event.entity) is not None and self._inside(start, start + length):
                yield day, start

    def _inside(self, start: datetime, end: datetime) -> bool:
        return start < self._last and end > self._first

    def tell(self, name: str, _properties: object) -> Entity:
        """An entry."""
        item, _, day = name.partition("_")
        event = self._shelf.events.get(item)
        if event is None:
            return removed(name)
        if not day:
            return _whole(event)
        changed = event.days.get(date.fromisoformat(day))
        if changed is not None:
            return _exception(event, day, changed)
        start = {str(one): moment for one, moment in self._days(event)}[day]
        return {
            "id": name,
            "type": "occurrence",
            "seriesMasterId": item,
            "start": _moment(start),
            "end": _moment(start + (event.end - event.start)),
        }


def _calendar(asked: Asked, shelf: Shelf) -> Entity:
    entity = {
        "id": shelf.id,
        "name": shelf.name,
        "isDefaultCalendar": shelf.default,
        "canEdit": True,
        "owner": {"name": "Somebody", "address": shelf.owner},
    }
    return chosen("calendar", asked.query.get("$select", ""), entity)


def _whole(event: Event) -> Entity:
    kind = "seriesMaster" if "recurrence" in event.entity else "singleInstance"
    times = {"start": _moment(event.start), "end": _moment(event.end)}
    return {**event.entity, **times, "id": event.item, "type": kind}


def _exception(event: Event, day: str, changed: Entity) -> Entity:
    original = {str(one): start for one, start in event.occurrences(date.max.replace(year=2100))}[day]
    return {
        **changed,
        "id": f"{event.item}_{day}",
        "type": "exception",
        "seriesMasterId": event.item,
        "occurrenceId": f"OID.{event.item}.{day}",
        "originalStart": original.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _moment(moment: datetime) -> dict[str, Any]:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
