"""Microsoft Graph: requests with ids that last, pages and the links between them.

Links (@odata.nextLink, @odata.deltaLink) are opaque and carry every option of the first request. They are
followed on the server that we asked, and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.network.rest import LIMIT, Answer, Rest, nonsense
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.errors import AnswerError, FolderGoneError, TransientError

VERSION = "/v1.0"
"""Of the interface; a root that is named may have it or not."""
IMMUTABLE = 'IdType="ImmutableId"'
"""Without it a message gets another id when it is moved to another folder."""
PAGES_MOST = 20_000
"""Pages of one round; a server that goes on after them never ends."""
NOT_FOUND, GONE = 404, 410
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection; each of `entries` has an id. `next` leads to the one after it.

    The last page of a delta round has `delta` in its place: from where later changes count.
    """

    entries: tuple[Entry, ...]
    next: str
    delta: str
    count: int | None


class Trail:
    """The links followed in one round: finds out a server that leads in circles or without end."""

    def __init__(self) -> None:
        self._links: set[str] = set()

    def step(self, link: str) -> str:
        """The same link, followed for the first time. Raises TransientError."""
        if link in self._links or len(self._links) >= PAGES_MOST:
            raise TransientError("The server leads us in circles.")
        self._links.add(link)
        return link


class Trails:
    """The trails of rounds that go on from call to call, each by the place where it goes on.

    A round that failed, or goes on in another process, has a new one.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Trail] = {}

    def take(self, place: str) -> Trail:
        """The trail of the round that goes on here."""
        return self._kept.pop(place, None) or Trail()

    def keep(self, place: str, trail: Trail) -> None:
        """The round goes on here."""
        self._kept[place] = trail


class Graph:
    """Requests to one account. One thread uses it at a time; `close` may come from another."""

    def __init__(
        self,
        gateway: Gateway,
        root: str,
        token: Token,
        *,
        reason: str,
        prefer: Sequence[str] = (),
        pace: Pace | None = None,
    ) -> None:
        place = root.rstrip("/").removesuffix(VERSION) + VERSION
        self._rest = Rest(gateway, place, reason=reason, token=token, pace=pace)
        self._prefer = (IMMUTABLE, *prefer)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Entry:
        """One entity. Raises as `Rest.ask`."""
        return self._rest.ask("GET", path, params=params, headers=self._headers()).json()

    def page(self, path: str, params: Mapping[str, Any] | None = None, *, size: int = 0) -> Page:
        """One page, of about `size` entries where that may be asked for; `path` may be a link.

        Raises as `Rest.ask`, and TransientError for what is no page or leads to another server.
        """
        more = (f"odata.maxpagesize={size}",) if size else ()
        answer = self._rest.ask("GET", path, params=params, headers=self._headers(*more))
        found = answer.json()
        entries = found.get("value")
        if not isinstance(entries, list) or not all(_has_id(one) for one in entries):
            raise nonsense(answer)
        links = [found.get(f"@odata.{name}", "") for name in ("nextLink", "deltaLink")]
        if not all(isinstance(one, str) and (not one or self.owns(one)) for one in links):
            raise TransientError(f"{answer.host} sends us on to another server.")
        count = found.get("@odata.count")
        return Page(tuple(entries), links[0], links[1], count if isinstance(count, int) else None)

    def owns(self, link: str) -> bool:
        """Whether a link leads to this server's interface."""
        return link.startswith(f"{self._rest.root}/")

    def raw(self, path: str, *, most: int = LIMIT) -> Answer:
        """What a path holds, as bytes; an answer of any status."""
        return self._rest.answer("GET", path, headers=self._headers(), most=most)

    def post(self, path: str, content: bytes, *, kind: str) -> Answer:
        """An answer of any status to a POST that does no harm when it arrives twice."""
        headers = self._headers() | {"Content-Type": kind}
        return self._rest.answer("POST", path, headers=headers, content=content)

    def hand_over(self, path: str, content: bytes, *, kind: str) -> Answer:
        """As `Rest.hand_over`."""
        return self._rest.hand_over(path, content, headers=self._headers() | {"Content-Type": kind})

    def delete(self, path: str) -> None:
        """Delete an entity. Raises as `Rest.ask`."""
        self._rest.ask("DELETE", path, headers=self._headers())

    def close(self) -> None:
        """End the connections, also under the hands of another thread; safe to call twice."""
        self._rest.interrupt()
        with suppress(RuntimeError):
            self._rest.close()

    def _headers(self, *more: str) -> dict[str, str]:
        return {"Prefer": ", ".join((*self._prefer, *more))}


@contextmanager
def within(what: str) -> Iterator[None]:
    """What is not found was asked of a folder: raises FolderGoneError about `what` ("folder Inbox")."""
    try:
        yield
    except AnswerError as error:
        if error.status != NOT_FOUND:
            raise
        raise FolderGoneError(f"The server has no {what} any more.") from error


def part(identifier: str) -> str:
    """An id as a part of a path."""
    return quote(identifier, safe="")


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and bool(entry["id"])
