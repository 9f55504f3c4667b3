"""What changed in a collection: by sync tokens (RFC 6578), or by comparing the etags of everything in it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from caldav.elements import dav
from caldav.elements.base import BaseElement

from fluffy_core.connectors.dav.dav import Dav, NotXmlError, Row, holding, plain_path, propfind
from fluffy_core.errors import AnswerError, CursorExpiredError, RejectedError

_SYNC, _ETAGS = "sync:", "etags:"
_GONE = 404
_EXPIRED = "The server has forgotten what changed."


@dataclass(frozen=True, slots=True)
class Part:
    """A page: paths that are new or changed, paths that are gone; `next` and `cursor` as in EventPage."""

    changed: tuple[str, ...]
    gone: tuple[str, ...]
    next: str
    cursor: str


@dataclass(frozen=True, slots=True)
class _Listing:
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    upto: str
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a run is: `since` and `upto` are the cursors around it, `after` its last path."""

    since: str
    upto: str = ""
    after: str = ""

    def text(self) -> str:
        return json.dumps([self.since, self.upto, self.after])


class Changes:
    """Changes of the collections of a server in pages of at most `most` paths.

    A page's token says all that another client needs to go on; this one also remembers the list.
    """

    def __init__(self, server: Dav, most: int) -> None:
        self._server = server
        self._most = most
        self._last: tuple[str, str, _Listing] | None = None

    def page(self, path: str, *, cursor: str, token: str, everything: Callable[[], Sequence[str]]) -> Part:
        """One page of what happened after `cursor`; `everything` lists what there is when that is "".

        Raises CursorExpiredError, and AnswerError (404: there is no such collection) as `Dav.ask`.
        """
        place = _Place(*json.loads(token)) if token else _Place(cursor)
        listing = self._listing(path, place, everything)
        rest = [one for one in listing.changed if one > place.after]
        part = tuple(rest[: self._most])
        gone = listing.gone if not place.after else ()
        if len(rest) > len(part):
            return Part(part, gone, _Place(place.since, listing.upto, part[-1]).text(), "")
        if listing.truncated:
            return Part(part, gone, _Place(listing.upto).text(), "")
        return Part(part, gone, "", listing.upto)

    def _listing(self, path: str, place: _Place, everything: Callable[[], Sequence[str]]) -> _Listing:
        if self._last is not None and place.upto:
            *where, last = self._last
            if where == [path, place.since] and last.upto == place.upto:
                return last
        if not place.since:
            upto = place.upto or self._cursor(path)  # taken first: nothing falls between it and the listing
            found = _Listing(tuple(sorted(everything())), (), upto)
        elif place.since.startswith(_SYNC):
            found = self._by_token(path, place)
        else:
            found = self._by_etags(path, place)
        self._last = (path, place.since, found)
        return found

    def _cursor(self, path: str) -> str:
        asked = propfind(dav.SyncToken())
        rows = self._server.rows("PROPFIND", path, asked).rows
        token = rows[0].text(dav.SyncToken) if rows else ""
        return f"{_SYNC}{token}" if token else _ETAGS + json.dumps(self.etags(path))

    def _by_token(self, path: str, place: _Place) -> _Listing:
        asked = holding(
            dav.SyncCollection(),
            dav.SyncToken(value=place.since[len(_SYNC) :]),
            dav.SyncLevel(value="1"),
            holding(dav.Prop(), dav.GetEtag()),
        )
        try:
            answer = self._server.rows("REPORT", path, asked)
        except AnswerError as error:
            if error.status == _GONE:
                raise
            raise CursorExpiredError(_EXPIRED) from error
        if not answer.token:  # it answered something else: nothing would be said of what is gone
            raise CursorExpiredError(_EXPIRED)
        own = plain_path(path)
        rows = [one for one in answer.rows if one.href != own]
        return _Listing(
            tuple(sorted(one.href for one in rows if one.status != _GONE)),
            tuple(sorted(one.href for one in rows if one.status == _GONE)),
            place.upto or f"{_SYNC}{answer.token}",
            truncated=answer.truncated,
        )

    def _by_etags(self, path: str, place: _Place) -> _Listing:
        before: Mapping[str, str] = json.loads(place.since[len(_ETAGS) :])
        now = self.etags(path)
        return _Listing(
            tuple(sorted(one for one, etag in now.items() if before.get(one) != etag)),
            tuple(sorted(before.keys() - now.keys())),
            place.upto or _ETAGS + json.dumps(now),
        )

    def etags(self, path: str) -> dict[str, str]:
        """The etag of everything in a collection, by path."""
        asked = propfind(dav.GetEtag(), dav.ResourceType())
        rows = self._server.rows("PROPFIND", path, asked, depth=1).rows
        own = plain_path(path)
        return {
            one.href: one.text(dav.GetEtag)
            for one in sorted(rows, key=lambda row: row.href)
            if one.href != own and dav.Collection.tag not in one.names(dav.ResourceType)
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How bodies are asked for: the report of a standard, and the property that holds a body."""

    report: type[BaseElement]
    data: type[BaseElement]


def bodies(server: Dav, path: str, paths: Sequence[str], *, report: Report) -> dict[str, bytes | None]:
    """What lies at each of `paths` of a collection; None where the server cannot give it.

    What is not there any more is left out. When the answer for all of them cannot be read, or is too large,
    each is asked for by itself.
    """
    if not paths:
        return {}
    prop = holding(dav.Prop(), dav.GetEtag(), report.data())
    asked = holding(report.report(), prop, *(dav.Href(value=one) for one in paths))
    try:
        rows = {one.href: one for one in server.rows("REPORT", path, asked, depth=1).rows}
    except (NotXmlError, RejectedError):
        return {one: body for one in paths if (body := _single(server, one)) != b""}
    return {one: _body(rows[one], report) for one in paths if one in rows and rows[one].status != _GONE}


def _body(row: Row, report: Report) -> bytes | None:
    return row.text(report.data).encode() or None


def _single(server: Dav, path: str) -> bytes | None:
    """b"" for what is not there."""
    try:
        return server.ask("GET", path).content or None
    except AnswerError as error:
        return b"" if error.status == _GONE else None
    except RejectedError:
        return None
