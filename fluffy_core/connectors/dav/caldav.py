"""Calendars on a CalDAV server (RFC 4791), read only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial

from caldav.elements import cdav, dav

from fluffy_core.connectors.dav import changes as dav_changes
from fluffy_core.connectors.dav import places as dav_places
from fluffy_core.connectors.dav.changes import Changes, Report
from fluffy_core.connectors.dav.dav import Dav, Row, holding
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.pim import Calendar
from fluffy_core.domain.sync import EventPage, RemoteCalendar, RemoteEvents
from fluffy_core.errors import AnswerError, FolderGoneError

PAGE = 50
"""Entries that are asked for together."""
_REPORT = Report(cdav.CalendarMultiGet, cdav.CalendarData)
_GONE = frozenset({404, 410})
_WRITES = frozenset({"{DAV:}write", "{DAV:}write-content", "{DAV:}all", "{DAV:}bind"})


class CalDavAccount:
    """The calendars of one user. `read` makes events of iCalendar text, whatever it is like."""

    def __init__(
        self, gateway: Gateway, url: str, login: Login, *, read: Callable[[bytes], Calendar], page: int = PAGE
    ) -> None:
        self._server = Dav(gateway, url, login, reason="calendars")
        self._read = read
        self._changes = Changes(self._server, page)

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        """As CalendarAccount.

        Without scheduling a server does not say which calendar invitations come to: then it is the first
        one by its address that the user may write to.
        """
        asked = (dav.DisplayName(), cdav.SupportedCalendarComponentSet(), dav.CurrentUserPrivilegeSet())
        who = dav_places.whose(self._server, dav_places.CALENDARS)
        rows = dav_places.collections(self._server, dav_places.CALENDARS, who, properties=asked)
        found = [one for one in rows if _holds_events(one)]
        own = dav_places.default_calendar(self._server, who)
        if own not in [one.href for one in found]:
            own = next((one.href for one in found if _is_writable(one)), found[0].href if found else "")
        return tuple(RemoteCalendar(one.href, _name(one), one.href == own) for one in found)

    def events(
        self, calendar: RemoteCalendar, *, cursor: str = "", token: str = "", start: date, end: date
    ) -> EventPage:
        """As CalendarAccount."""
        within = partial(self._within, calendar, start, end)
        with _is_there(calendar):
            part = self._changes.page(calendar.id, cursor=cursor, token=token, everything=within)
            bodies = dav_changes.bodies(self._server, calendar.id, part.changed, report=_REPORT)
        entries = [self._entry(href, body) for href, body in bodies.items()]
        others = tuple(one.id for one in entries if not one.events and not one.problems) if cursor else ()
        return EventPage(
            changed=tuple(one for one in entries if one.events or one.problems),
            gone=(*part.gone, *others),
            next=part.next,
            cursor=part.cursor,
            whole=not cursor,
        )

    def _within(self, calendar: RemoteCalendar, start: date, end: date) -> Sequence[str]:
        """The paths of entries with a part in [start, end); of all where the server cannot tell."""
        days = cdav.TimeRange(*(datetime.combine(one, time(), UTC) for one in (start, end)))
        events = holding(cdav.CompFilter("VEVENT"), days)
        asked = holding(
            cdav.CalendarQuery(),
            holding(dav.Prop(), dav.GetEtag()),
            holding(cdav.Filter(), holding(cdav.CompFilter("VCALENDAR"), events)),
        )
        try:
            rows = self._server.rows("REPORT", calendar.id, asked, depth=1).rows
        except AnswerError as error:
            if error.status in _GONE:
                raise
            return list(self._changes.etags(calendar.id))
        return [one.href for one in rows if one.status not in _GONE]

    def _entry(self, href: str, body: bytes | None) -> RemoteEvents:
        if body is None:
            return RemoteEvents(href, (), (f"The server does not hand out the entry {_last(href)}.",))
        found = self._read(body)
        return RemoteEvents(href, found.events, found.problems)

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._server.close()


@contextmanager
def _is_there(calendar: RemoteCalendar) -> Iterator[None]:
    try:
        yield
    except AnswerError as error:
        if error.status not in _GONE:
            raise
        raise FolderGoneError(f"The calendar {calendar.name} is not on the server any more.") from error


def _holds_events(row: Row) -> bool:
    sets = row.found.get(cdav.SupportedCalendarComponentSet.tag)
    kinds = {one.get("name", "").upper() for one in sets} if sets is not None else set()
    return not kinds or "VEVENT" in kinds


def _is_writable(row: Row) -> bool:
    return bool(row.names(dav.CurrentUserPrivilegeSet) & _WRITES)


def _name(row: Row) -> str:
    return row.text(dav.DisplayName)[:200] or _last(row.href)


def _last(href: str) -> str:
    return href.rstrip("/").rpartition("/")[2]
