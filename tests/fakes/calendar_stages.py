"""Calendars and address books with their servers: what the contract suites drive, whatever the provider.

What other programs write is given as domain values: each stage puts it into its provider's own words.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.domain.pim import CalendarEvent, ContactCard
from fluffy_core.domain.sync import RemoteCalendar
from tests.fakes.memory_calendars import (
    MemoryCalendarAccount,
    MemoryCalendars,
    MemoryCards,
    MemoryContactSource,
)


class CalendarStage(Protocol):
    """The calendars of one user on a server, and what other programs do to them.

    There is one calendar from the start, the one that invitations come to, and nothing in it.
    """

    page: int
    """Entries of one page at most."""

    def account(self) -> CalendarAccount:
        """A new client of the user."""
        ...

    def make(self, name: str, *, shared: bool = False) -> None:
        """A new calendar; a `shared` one is somebody else's that the user may read."""
        ...

    def drop(self, calendar: RemoteCalendar) -> None:
        """Delete a calendar, or stop sharing it."""
        ...

    def put(self, calendar: RemoteCalendar, *events: CalendarEvent) -> None:
        """Write an entry, replacing what has its uid: one event, or a series followed by its exceptions."""
        ...

    def cancel(self, calendar: RemoteCalendar, uid: str) -> None:
        """The organiser calls the whole entry off: it is deleted, or kept with that status."""
        ...

    def remove(self, calendar: RemoteCalendar, uid: str) -> None:
        """Delete an entry."""
        ...

    def expire(self) -> None:
        """Forget what changed before now: cursors given out until here are no longer good."""
        ...


class CardStage(Protocol):
    """The address books of one user on a server, empty at first, and what other programs do to them."""

    page: int

    def account(self) -> ContactSource:
        """A new client of the user."""
        ...

    def put(self, card: ContactCard) -> None:
        """Write a person, replacing the one of that uid."""
        ...

    def remove(self, uid: str) -> None:
        """Delete a person."""
        ...

    def expire(self) -> None:
        """Forget what changed before now."""
        ...


class MemoryCalendarStage:
    """A `CalendarStage` in memory."""

    page = 3

    def __init__(self) -> None:
        self.server = MemoryCalendars(page=self.page)
        self.server.make("Ben", mine=True)

    def account(self) -> CalendarAccount:
        return MemoryCalendarAccount(self.server)

    def make(self, name: str, *, shared: bool = False) -> None:
        del shared
        self.server.make(name)

    def drop(self, calendar: RemoteCalendar) -> None:
        self.server.drop(calendar.id)

    def put(self, calendar: RemoteCalendar, *events: CalendarEvent) -> None:
        self.server.shelf(calendar.id).put(events[0].uid, events)

    def cancel(self, calendar: RemoteCalendar, uid: str) -> None:
        shelf = self.server.shelf(calendar.id)
        shelf.put(uid, cancelled(shelf.items[uid]))

    def remove(self, calendar: RemoteCalendar, uid: str) -> None:
        self.server.shelf(calendar.id).remove(uid)

    def expire(self) -> None:
        self.server.expire()


class MemoryCardStage:
    """A `CardStage` in memory."""

    page = 3

    def __init__(self) -> None:
        self.server = MemoryCards(page=self.page)

    def account(self) -> ContactSource:
        return MemoryContactSource(self.server)

    def put(self, card: ContactCard) -> None:
        self.server.shelf.put(card.uid, card)

    def remove(self, uid: str) -> None:
        self.server.shelf.remove(uid)

    def expire(self) -> None:
        self.server.shelf.expire()


def cancelled(events: Sequence[CalendarEvent]) -> tuple[CalendarEvent, ...]:
    """An entry after its organiser called it off."""
    return tuple(replace(one, status="cancelled", sequence=one.sequence + 1) for one in events)
