"""Google's side of calendars: events as JSON, with the number of the change that each was touched by last."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.google_mailbox import GoogleError

Event = dict[str, Any]
_KEPT = ("recurringEventId", "originalStartTime")
"""What is still told of an exception that was deleted."""


@dataclass
class Shelf:
    """One calendar. What was deleted is kept as a cancelled event."""

    id: str
    name: str
    primary: bool = False
    access: str = "owner"
    events: dict[str, Event] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    now: int = 1
    forgotten: int = 0

    def put(self, event: Event) -> None:
        """Write an event under its id."""
        self.now += 1
        self.events[event["id"]] = event
        self.touched.pop(event["id"], None)
        self.touched[event["id"]] = self.now

    def remove(self, number: str) -> None:
        """Delete an event, and the exceptions of a series with it."""
        for key in [number, *self.exceptions(number)]:
            old = self.events[key]
            kept: Event = {name: old[name] for name in _KEPT if name in old}
            self.put({"id": key, "status": "cancelled"} | kept)

    def exceptions(self, number: str) -> list[str]:
        """Ids of the exceptions of a series."""
        return [key for key, one in self.events.items() if one.get("recurringEventId") == number]

    def with_uid(self, uid: str) -> str:
        """The id of a single event or series that is there, "" when there is none."""
        found = (
            key
            for key, one in self.events.items()
            if one.get("iCalUID") == uid and "recurringEventId" not in one
        )
        return next(found, "")


@dataclass
class Calendars:
    """The calendars of one user."""

    shelves: dict[str, Shelf] = field(default_factory=dict)
    page: int = 1000
    """The most that a page holds, however many were asked for."""
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.make("Ann", primary=True)

    def make(self, name: str, *, primary: bool = False, access: str = "owner") -> Shelf:
        """A new calendar."""
        number = (
            "ann@example.com" if primary else f"c{next(self.numbers)}#holiday/a@group.calendar.google.com"
        )
        self.shelves[number] = Shelf(number, name, primary, access)
        return self.shelves[number]

    def expire(self) -> None:
        """No sync token is good any more."""
        for one in self.shelves.values():
            one.now += 1
            one.forgotten = one.now

    def methods(self) -> dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]]:
        """By the id of each method."""
        return {
            "calendar.calendarList.list": self._list,
            "calendar.events.list": self._events,
            "calendar.events.get": self._event,
        }

    def _list(self, asked: dict[str, Any], _: Any) -> dict[str, Any]:
        limit = min(asked.get("maxResults", 100), self.page)
        at = int(asked.get("pageToken", "0"))
        shelves = list(self.shelves.values())
        items = [
            {
                "kind": "calendar#calendarListEntry",
                "id": one.id,
                "summary": one.name,
                "accessRole": one.access,
            }
            | ({"primary": True} if one.primary else {})
            for one in shelves[at : at + limit]
        ]
        more = {"nextPageToken": str(at + limit)} if len(shelves) > at + limit else {"nextSyncToken": "x"}
        return {"kind": "calendar#calendarList", "items": items, **more}

    def _shelf(self, asked: dict[str, Any]) -> Shelf:
        if asked["calendarId"] not in self.shelves:
            raise GoogleError(404, "Not Found", "notFound")
        return self.shelves[asked["calendarId"]]

    def _event(self, asked: dict[str, Any], _: Any) -> dict[str, Any]:
        found = self._shelf(asked).events.get(asked["eventId"])
        if found is None:
            raise GoogleError(404, "Not Found", "notFound")
        return found

    def _events(self, asked: dict[str, Any], _: Any) -> dict[str, Any]:
        shelf = self._shelf(asked)
        base, top, last = _place(shelf, asked)
        keys = [key for key, number in shelf.touched.items() if max(base, last) < number <= top]
        if not base:
            keys = [key for key in keys if self._is_shown(shelf, shelf.events[key], asked)]
        limit = min(asked.get("maxResults", 250), self.page)
        some = keys[:limit]
        follow = {"nextSyncToken": f"sync-{top}"}
        if len(keys) > limit:
            follow = {"nextPageToken": f"{base}-{top}-{shelf.touched[some[-1]]}"}
        items = [shelf.events[key] for key in some]
        return {
            "kind": "calendar#events",
            "summary": shelf.name,
            "timeZone": "Europe/Berlin",
            "items": items,
            **follow,
        }

    def _is_shown(self, shelf: Shelf, event: Event, asked: dict[str, Any]) -> bool:
        """Part of a whole listing: not deleted, and within the window."""
        if series := event.get("recurringEventId"):
            master = shelf.events[series]
            return master["status"] != "cancelled" and self._is_shown(shelf, master, asked)
        if event["status"] == "cancelled":
            return False
        begins, ends = _time(event["start"]), _time(event["end"])
        return begins < _time({"dateTime": asked["timeMax"]}) and (
            "recurrence" in event or ends > _time({"dateTime": asked["timeMin"]})
        )


def _place(shelf: Shelf, asked: dict[str, Any]) -> tuple[int, int, int]:
    """(changes after, changes up to, the last of them that was told)."""
    if "syncToken" in asked and asked.keys() & {"timeMin", "timeMax", "q", "orderBy"}:
        raise GoogleError(
            400, "Sync token cannot be used with query restrictions.", "syncTokenWithRequestFilters"
        )
    assert asked.get("singleEvents") is False
    match = re.fullmatch(r"sync-(\d+)", asked.get("syncToken", "sync-0"))
    base = int(match[1]) if match else -1
    if base < 0 or ("syncToken" in asked and base < shelf.forgotten):
        raise GoogleError(410, "Sync token is no longer valid, a full sync is required.", "fullSyncRequired")
    if "pageToken" not in asked:
        return base, shelf.now, 0
    page = re.fullmatch(r"(\d+)-(\d+)-(\d+)", asked["pageToken"])
    if page is None or int(page[1]) != base:
        raise GoogleError(400, "Invalid page token value.", "invalid")
    return base, int(page[2]), int(page[3])


def _time(told: dict[str, Any]) -> float:
    text = told["dateTime"] if "dateTime" in told else f"{told['date']}T00:00:00+00:00"
    return datetime.fromisoformat(text).timestamp()
