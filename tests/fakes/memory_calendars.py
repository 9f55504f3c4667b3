"""Calendars and address books in memory: the reference for their contract suites, and servers for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar

from fluffy_core.domain.pim import CalendarEvent, ContactCard
from fluffy_core.domain.sync import CardPage, EventPage, RemoteCalendar, RemoteCard, RemoteEvents
from fluffy_core.errors import CursorExpiredError, FolderGoneError
from fluffy_core.mail.pim.recurrence import expand

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

    def page(self, cursor: str, token: str, most: int) -> "Page":
        """Ids touched after a cursor, all for "", in the order they were. Raises CursorExpiredError.

        What happens while a run goes on comes after its cursor.
        """
        if cursor and int(cursor) < self.forgotten:
            raise CursorExpiredError("The server has forgotten what changed.")
        after, upto = map(int, token.split("-")) if token else (int(cursor or 0), self.changes)
        rest = [key for key, number in self.touched.items() if after < number <= upto]
        part = rest[:most]
        more = len(rest) > len(part)
        return Page(part, f"{self.touched[part[-1]]}-{upto}" if more else "", "" if more else str(upto))


@dataclass(frozen=True)
class Page:
    """Some ids; `next` and `cursor` as in EventPage."""

    keys: list[str]
    next: str
    cursor: str


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
        page = shelf.page(cursor, token, self._server.page)
        there = [key for key in page.keys if key in shelf.items]
        return EventPage(
            changed=tuple(
                self._entry(key, shelf.items[key])
                for key in there
                if cursor or _within(shelf.items[key], start, end)
            ),
            gone=tuple(key for key in page.keys if key not in shelf.items),
            next=page.next,
            cursor=page.cursor,
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
        page = shelf.page(cursor, token, self._server.page)
        return CardPage(
            changed=tuple(RemoteCard(key, shelf.items[key]) for key in page.keys if key in shelf.items),
            gone=tuple(key for key in page.keys if key not in shelf.items),
            next=page.next,
            cursor=page.cursor,
            whole=not cursor,
        )

    def close(self) -> None:
        self.closed = True
