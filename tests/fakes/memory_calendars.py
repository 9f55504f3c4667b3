"""Calendars and address books in memory: the reference for their contract suites, and servers for tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar

from fluffy_core.domain.pim import CalendarEvent, ContactCard
from fluffy_core.domain.sync import CardPage, EventPage, RemoteCalendar, RemoteCard, RemoteEvents
from fluffy_core.errors import CursorExpiredError, FolderGoneError
from fluffy_core.mail.recurrence import expand

Item = TypeVar("Item")
Fault = Callable[[], None]


@dataclass
class Shelf(Generic[Item]):
    """Items by id, with the number of the change that each was last touched by, deletions included."""

    items: dict[str, Item] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    forgotten: int = 0

    def put(self, key: str, item: Item) -> None:
        """Write an item."""
        self._touch(key)
        self.items[key] = item

    def remove(self, key: str) -> None:
        """Delete an item."""
        del self.items[key]
        self._touch(key)

    def _touch(self, key: str) -> None:
        self.changes += 1
        self.touched.pop(key, None)
        self.touched[key] = self.changes

    def expire(self) -> None:
        """Cursors until here are no longer good."""
        self.changes += 1
        self.forgotten = self.changes

    def since(self, cursor: str) -> list[str]:
        """Ids touched after a cursor, all for "". Raises CursorExpiredError."""
        if cursor and int(cursor) < self.forgotten:
            raise CursorExpiredError("The server has forgotten what changed.")
        return [key for key, number in self.touched.items() if number > int(cursor or 0)]


class MemoryCalendars:
    """A server of calendars. `fault` is called before every answer and may raise."""

    def __init__(self, *, page: int = 100) -> None:
        self.page = page
        self.calendars: dict[str, tuple[RemoteCalendar, Shelf[tuple[CalendarEvent, ...]]]] = {}
        self.broken: dict[str, str] = {}
        """Problem of each entry that cannot be read, by uid."""
        self.fault: Fault = lambda: None
        self._made = 0

    def make(self, name: str, *, mine: bool = False) -> RemoteCalendar:
        """A new calendar."""
        self._made += 1
        calendar = RemoteCalendar(f"c{self._made}", name, mine)
        self.calendars[calendar.id] = (calendar, Shelf())
        return calendar

    def drop(self, calendar_id: str) -> None:
        """Delete a calendar."""
        del self.calendars[calendar_id]

    def shelf(self, calendar_id: str) -> Shelf[tuple[CalendarEvent, ...]]:
        """What a calendar holds. Raises FolderGoneError."""
        if calendar_id not in self.calendars:
            raise FolderGoneError("The calendar is not there any more.")
        return self.calendars[calendar_id][1]

    def expire(self) -> None:
        """No cursor is good any more."""
        for _, shelf in self.calendars.values():
            shelf.expire()


class MemoryCalendarAccount:
    """A CalendarAccount of such a server."""

    def __init__(self, server: MemoryCalendars) -> None:
        self._server = server
        self.closed = False

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        self._server.fault()
        return tuple(calendar for calendar, _ in self._server.calendars.values())

    def events(
        self, calendar: RemoteCalendar, *, cursor: str = "", token: str = "", start: date, end: date
    ) -> EventPage:
        self._server.fault()
        shelf = self._server.shelf(calendar.id)
        touched = shelf.since(cursor)
        if not cursor:
            touched = [key for key in touched if _within(shelf.items.get(key, ()), start, end)]
        at = int(token or 0)
        part = touched[at : at + self._server.page]
        more = at + len(part) < len(touched)
        return EventPage(
            changed=tuple(self._entry(key, shelf.items[key]) for key in part if key in shelf.items),
            gone=tuple(key for key in part if key not in shelf.items),
            next=str(at + len(part)) if more else "",
            cursor="" if more else str(shelf.changes),
            whole=not cursor,
        )

    def _entry(self, key: str, events: tuple[CalendarEvent, ...]) -> RemoteEvents:
        problem = self._server.broken.get(key)
        return RemoteEvents(key, (), (problem,)) if problem else RemoteEvents(key, events)

    def close(self) -> None:
        self.closed = True


def _within(events: tuple[CalendarEvent, ...], start: date, end: date) -> bool:
    return bool(expand(events, midnight(start), midnight(end)))


def midnight(day: date) -> int:
    """When a day begins in UTC, in Unix seconds."""
    return int(datetime.combine(day, time(), UTC).timestamp())


class MemoryCards:
    """A server of address books. `fault` is called before every answer and may raise."""

    def __init__(self, *, page: int = 100) -> None:
        self.page = page
        self.shelf: Shelf[ContactCard] = Shelf()
        self.fault: Fault = lambda: None


class MemoryContactSource:
    """A ContactSource of such a server."""

    def __init__(self, server: MemoryCards) -> None:
        self._server = server
        self.closed = False

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        self._server.fault()
        shelf = self._server.shelf
        touched = [key for key in shelf.since(cursor) if cursor or key in shelf.items]
        at = int(token or 0)
        part = touched[at : at + self._server.page]
        more = at + len(part) < len(touched)
        return CardPage(
            changed=tuple(self._known(part)),
            gone=tuple(key for key in part if key not in shelf.items),
            next=str(at + len(part)) if more else "",
            cursor="" if more else str(shelf.changes),
            whole=not cursor,
        )

    def _known(self, keys: list[str]) -> Iterator[RemoteCard]:
        items = self._server.shelf.items
        return (RemoteCard(key, items[key]) for key in keys if key in items)

    def close(self) -> None:
        self.closed = True
