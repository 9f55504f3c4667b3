"""A folder's messages, newest first, in pages that neither skip nor repeat when mail comes and goes.

Graph's own links to next pages count messages ("skip the first 200"), so that one deleted meanwhile hides
another. A page begins at the moment of the last message that was seen instead.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from fluffy_core.connectors.microsoft import messages as outlook_messages
from fluffy_core.connectors.microsoft.graph import PAGES_MOST, Entry, Graph, Page, Trail, part
from fluffy_core.domain.sync import Folder, Listing, MessageRef
from fluffy_core.errors import CursorExpiredError, TransientError

TOP = 1000
"""The most that Graph gives at once."""
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(slots=True)
class _Place:
    """Where a listing is: at a second, of which it has seen some messages (by a short mark of their ids)."""

    second: datetime | None
    seen: set[str]

    def passes(self, entry: Entry, second: datetime) -> bool:
        """Whether a message comes after this place, which is then at that message."""
        mark = blake2b(entry["id"].encode(), digest_size=8).hexdigest()
        if self.second is None or second < self.second:
            self.second, self.seen = second, set()
        elif second > self.second or mark in self.seen:
            return False
        self.seen.add(mark)
        return True

    def text(self) -> str:
        """For storing; "" before the first message."""
        if self.second is None:
            return ""
        return json.dumps([self.second.strftime(_MOMENT), sorted(self.seen)])


def _place(token: str) -> _Place:
    if not token:
        return _Place(None, set())
    try:
        moment, seen = json.loads(token)
        return _Place(datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC), set(seen))
    except (ValueError, TypeError, RecursionError) as error:
        raise CursorExpiredError("This place in the listing makes no sense.") from error


def page(graph: Graph, folder: Folder, *, since: date | None, token: str, limit: int) -> Listing:
    """As `MailAccount.list`. The total is told with the first page."""
    place, last = _place(token), ""
    refs: list[MessageRef] = []
    listing = _Newest(graph, folder, since=since, options=outlook_messages.WANTED)
    for entry in listing.after(place, want=limit + 1):
        if len(refs) == limit:
            return Listing(tuple(refs), last, None if token else listing.total)
        refs.append(outlook_messages.ref(entry, folder.id))
        last = place.text() if len(refs) == limit else ""
    return Listing(tuple(refs), "", None if token else listing.total)


def everything(graph: Graph, folder: Folder, names: str) -> Iterator[Entry]:
    """All messages of a folder, each with the properties in `names`."""
    listing = _Newest(graph, folder, since=None, options={"$select": f"{names},receivedDateTime"})
    yield from listing.after(_place(""), want=TOP)


class _Newest:
    def __init__(self, graph: Graph, folder: Folder, *, since: date | None, options: dict[str, str]) -> None:
        self._graph = graph
        self._path = f"me/mailFolders/{part(folder.id)}/messages"
        self._since = since
        self._options = options
        self.total: int | None = None

    def after(self, place: _Place, *, want: int) -> Iterator[Entry]:
        """Messages after a place, which goes along, until none is left; `want` are asked for at once."""
        trail = Trail()
        found = self._ask(place, want)
        for _ in range(PAGES_MOST):
            fresh = False
            for entry in found.entries:
                if place.passes(entry, _second(entry)):
                    fresh = True
                    yield entry
            if not found.next:
                return
            if fresh:
                trail, found = Trail(), self._ask(place, want)
            else:  # full of messages of one second: only then the server's own count helps
                found = self._graph.page(trail.step(found.next))
        raise TransientError("The server tells of messages without end.")

    def _ask(self, place: _Place, want: int) -> Page:
        conditions = []
        if place.second is not None:
            conditions.append(f"receivedDateTime lt {_told(place.second + timedelta(seconds=1))}")
        if self._since is not None:
            conditions.append(f"receivedDateTime ge {self._since.isoformat()}T00:00:00Z")
        params: dict[str, Any] = {
            **self._options,
            "$orderby": "receivedDateTime desc",
            "$top": min(TOP, want + len(place.seen)),
        }
        if conditions:
            params["$filter"] = " and ".join(conditions)
        if place.second is None:
            params["$count"] = "true"
        found = self._graph.page(self._path, params)
        if place.second is None:
            self.total = found.count
        return found


def _told(moment: datetime) -> str:
    return moment.strftime(_MOMENT)


def _second(entry: Entry) -> datetime:
    try:
        return outlook_messages.received(entry)
    except (ValueError, OverflowError) as error:
        raise TransientError("The server tells of a message without a date.") from error
