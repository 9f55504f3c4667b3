"""Calendars and address books with their servers: what the contract suites drive, whatever the provider.

What other programs write is given as domain values: each stage puts it into its provider's own words.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.connectors.dav.caldav import CalDavAccount
from fluffy_core.connectors.dav.carddav import CardDavSource
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.pim import CalendarEvent, ContactCard
from fluffy_core.domain.sync import RemoteCalendar
from fluffy_core.mail.pim import calendar as calendars
from fluffy_core.mail.pim import vcard
from tests.fakes import pim_text
from tests.fakes.memory_calendars import (
    MemoryCalendarAccount,
    MemoryCalendars,
    MemoryCards,
    MemoryContactSource,
)
from tests.fakes.radicale import PASSWORD, Radicale

_USERS = itertools.count(1)


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


class RadicaleStage:
    """A `CalendarStage` on a Radicale, with a user of its own. `bare`: without sync tokens."""

    page = 3

    def __init__(self, server: Radicale, *, url: str = "") -> None:
        self.server = server
        self.url = url or server.url
        self.user = f"user{next(_USERS)}"
        self._made: list[CalDavAccount] = []
        self._entries: dict[tuple[str, str], tuple[CalendarEvent, ...]] = {}
        self._calendars = itertools.count(1)
        server.add_user(self.user)
        server.make_calendar(f"/{self.user}/calendar/", "Ben")
        server.make_calendar(f"/{self.user}/tasks/", "To do", components="VTODO")

    def account(self) -> CalDavAccount:
        login = Login(self.user, PASSWORD)
        self._made.append(
            CalDavAccount(open_gateway(), self.url, login, read=calendars.parse, page=self.page)
        )
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for account in self._made:
            account.close()

    def make(self, name: str, *, shared: bool = False) -> None:
        kind = "shared" if shared else "other"
        self.server.make_calendar(f"/{self.user}/{kind}-{next(self._calendars)}/", name)

    def drop(self, calendar: RemoteCalendar) -> None:
        self.server.delete(calendar.id)

    def put(self, calendar: RemoteCalendar, *events: CalendarEvent) -> None:
        uid = events[0].uid
        self._entries[calendar.id, uid] = events
        self.server.put(f"{calendar.id}{uid}.ics", pim_text.icalendar(*events))

    def cancel(self, calendar: RemoteCalendar, uid: str) -> None:
        self.put(calendar, *cancelled(self._entries[calendar.id, uid]))

    def remove(self, calendar: RemoteCalendar, uid: str) -> None:
        self.server.delete(f"{calendar.id}{uid}.ics")

    def expire(self) -> None:
        self.server.forget_tokens()


class RadicaleCardStage:
    """A `CardStage` on a Radicale, with a user of its own who has two address books."""

    page = 3

    def __init__(self, server: Radicale, *, url: str = "") -> None:
        self.server = server
        self.url = url or server.url
        self.user = f"user{next(_USERS)}"
        self._made: list[CardDavSource] = []
        server.add_user(self.user)
        self.book = f"/{self.user}/people/"
        server.make_book(self.book, "People")
        server.make_book(f"/{self.user}/team/", "Team")

    def account(self) -> CardDavSource:
        login = Login(self.user, PASSWORD)
        self._made.append(CardDavSource(open_gateway(), self.url, login, read=vcard.parse, page=self.page))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all clients."""
        for source in self._made:
            source.close()

    def put(self, card: ContactCard) -> None:
        self.server.put(f"{self.book}{card.uid}.vcf", pim_text.vcard(card), kind="text/vcard")

    def remove(self, uid: str) -> None:
        self.server.delete(f"{self.book}{uid}.vcf")

    def expire(self) -> None:
        self.server.forget_tokens()


def open_gateway() -> Gateway:
    """A gateway to this computer that tells nobody."""
    return Gateway(Rules(lambda host: host in ("127.0.0.1", "localhost")), lambda traffic: None)


@contextmanager
def radicale_stage(server: Radicale) -> Iterator[RadicaleStage]:
    """A stage whose clients are closed at the end."""
    stage = RadicaleStage(server)
    try:
        yield stage
    finally:
        stage.close()


@contextmanager
def radicale_card_stage(server: Radicale) -> Iterator[RadicaleCardStage]:
    """A stage whose clients are closed at the end."""
    stage = RadicaleCardStage(server)
    try:
        yield stage
    finally:
        stage.close()
