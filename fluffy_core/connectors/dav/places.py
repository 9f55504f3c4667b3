"""Where on a server the calendars or address books of a user are (RFC 6764, RFC 4791, RFC 6352)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from caldav.elements import cdav, dav
from caldav.elements.base import BaseElement

from fluffy_core.connectors.dav.dav import Dav, Row, plain_path, propfind
from fluffy_core.errors import AnswerError

CARDDAV = "{urn:ietf:params:xml:ns:carddav}"


class AddressbookHomeSet(BaseElement):
    """The property that names the address books of a user (RFC 6352, 7.1.1)."""

    tag: ClassVar[str] = f"{CARDDAV}addressbook-home-set"


class DefaultCalendar(BaseElement):
    """The property of an inbox that names the calendar it fills (RFC 6638, 9.2)."""

    tag: ClassVar[str] = "{urn:ietf:params:xml:ns:caldav}schedule-default-calendar-URL"


@dataclass(frozen=True, slots=True)
class Standard:
    """How one of the two standards names things; `noun` is what users call the collections."""

    well_known: str
    home: type[BaseElement]
    collection: str
    noun: str


CALENDARS = Standard("/.well-known/caldav", cdav.CalendarHomeSet, cdav.Calendar.tag, "calendars")
BOOKS = Standard("/.well-known/carddav", AddressbookHomeSet, f"{CARDDAV}addressbook", "address books")


def collections(
    server: Dav, standard: Standard, who: Row, *, properties: Sequence[BaseElement] = ()
) -> tuple[Row, ...]:
    """The calendars or address books of the user that `whose` found, with some properties, by path.

    Raises AnswerError when the server shows none to this user, and as `Dav.ask` does.
    """
    asked = propfind(dav.ResourceType(), *properties)
    found: dict[str, Row] = {}
    for home in _homes(server, standard, who):
        rows = server.rows("PROPFIND", home, asked, depth=1).rows
        found |= {one.href: one for one in rows if standard.collection in one.names(dav.ResourceType)}
    return tuple(found[href] for href in sorted(found))


def default_calendar(server: Dav, who: Row) -> str:
    """The path of the calendar that invitations come to, "" when the server does not say."""
    inboxes = _ask(server, who.href, (cdav.ScheduleInboxURL(),)).hrefs(cdav.ScheduleInboxURL)
    for inbox in inboxes:
        try:
            hrefs = _ask(server, inbox, (DefaultCalendar(),)).hrefs(DefaultCalendar)
        except AnswerError:
            continue
        return plain_path(hrefs[0]) if hrefs else ""
    return ""


def _homes(server: Dav, standard: Standard, row: Row) -> tuple[str, ...]:
    """Where the collections lie; the address itself when it is that of a single one."""
    if standard.collection in row.names(dav.ResourceType):
        return (row.href,)
    homes = row.hrefs(standard.home)
    if not homes:
        raise _nothing(server, standard)
    return homes


def whose(server: Dav, standard: Standard) -> Row:
    """The row of the user, or of the one collection that the account's address names.

    Raises AnswerError where the server knows of neither, and as `Dav.ask` does.
    """
    own = urlsplit(server.url).path or "/"
    asked = (dav.CurrentUserPrincipal(), standard.home(), dav.ResourceType())
    for path in dict.fromkeys((standard.well_known, "/") if own == "/" else (own, standard.well_known, "/")):
        try:
            row = _ask(server, path, asked)
            if standard.collection in row.names(dav.ResourceType) or row.hrefs(standard.home):
                return row
            for who in row.hrefs(dav.CurrentUserPrincipal):
                return _ask(server, who, asked)
        except AnswerError:
            continue
    raise _nothing(server, standard)


def _nothing(server: Dav, standard: Standard) -> AnswerError:
    host = urlsplit(server.url).hostname
    return AnswerError(f"{host} shows no {standard.noun} at this address. Check it.", status=404)


def _ask(server: Dav, path: str, properties: Sequence[BaseElement]) -> Row:
    rows = server.rows("PROPFIND", path, propfind(*properties)).rows
    return rows[0] if rows else Row(plain_path(path))
