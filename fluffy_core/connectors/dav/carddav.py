"""Address books on a CardDAV server (RFC 6352), read only."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

from caldav.elements.base import BaseElement

from fluffy_core.connectors.dav import changes as dav_changes
from fluffy_core.connectors.dav import places as dav_places
from fluffy_core.connectors.dav.changes import Changes, Report
from fluffy_core.connectors.dav.dav import Dav
from fluffy_core.connectors.dav.places import CARDDAV
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.pim import AddressBook
from fluffy_core.domain.sync import CardPage, RemoteCard
from fluffy_core.errors import AnswerError, CursorExpiredError

PAGE = 50
"""Cards that are asked for together."""


class AddressbookMultiget(BaseElement):
    """The report that asks for several cards (RFC 6352, 8.7)."""

    tag: ClassVar[str] = f"{CARDDAV}addressbook-multiget"


class AddressData(BaseElement):
    """The property that holds a card (RFC 6352, 10.4)."""

    tag: ClassVar[str] = f"{CARDDAV}address-data"


_REPORT = Report(AddressbookMultiget, AddressData)


class CardDavSource:
    """The address books of one user. `read` makes cards of vCard text, whatever it is like.

    One cursor stands for all books: the cursor of each. A token names the book that is being read.
    """

    def __init__(
        self,
        gateway: Gateway,
        url: str,
        login: Login,
        *,
        read: Callable[[bytes], AddressBook],
        page: int = PAGE,
    ) -> None:
        self._server = Dav(gateway, url, login, reason="address books")
        self._read = read
        self._changes = Changes(self._server, page)
        self._books: list[str] | None = None

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        """As ContactSource. A book that went makes the cursor expire: who was in it is known by a listing."""
        before: dict[str, str] = json.loads(cursor) if cursor else {}
        done: dict[str, str]
        done, book, inner = json.loads(token) if token else ({}, "", "")
        if not token or self._books is None:
            who = dav_places.whose(self._server, dav_places.BOOKS)
            rows = dav_places.collections(self._server, dav_places.BOOKS, who)
            self._books = [one.href for one in rows]
        left = self._left(self._books, before, done)
        if book and book not in left:
            raise CursorExpiredError("An address book is not there any more.")
        if not left:
            return CardPage((), cursor=json.dumps(done), whole=not cursor)
        book = book or left[0]
        with _is_there():
            part = self._changes.page(
                book,
                cursor=before.get(book, ""),
                token=inner,
                everything=partial(self._everything, book),
            )
            bodies = dav_changes.bodies(self._server, book, part.changed, report=_REPORT)
        if not part.next:
            done[book] = part.cursor
        more = bool(part.next) or len(left) > 1
        found = [self._card(href, body) for href, body in bodies.items()]
        nobody = tuple(href for href, (card, _) in zip(bodies, found, strict=True) if card is None)
        return CardPage(
            changed=tuple(card for card, _ in found if card is not None),
            gone=(*part.gone, *(nobody if cursor else ())),
            next=json.dumps([done, book if part.next else "", part.next]) if more else "",
            cursor="" if more else json.dumps(done),
            whole=not cursor,
            problems=tuple(problem for _, problem in found if problem),
        )

    @staticmethod
    def _left(books: list[str], before: dict[str, str], done: dict[str, str]) -> list[str]:
        """The books that are still to be read, in order."""
        if (before.keys() | done.keys()) - set(books):
            raise CursorExpiredError("An address book is not there any more.")
        return [one for one in books if one not in done]

    def _everything(self, book: str) -> list[str]:
        return list(self._changes.etags(book))

    def _card(self, href: str, body: bytes | None) -> tuple[RemoteCard | None, str]:
        if body is None:
            return None, f"The server does not hand out the card {href.rpartition('/')[2]}."
        found = self._read(body)
        problem = " ".join(found.problems[:1])
        return (RemoteCard(href, found.cards[0]), problem) if found.cards else (None, problem)

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._server.close()


@contextmanager
def _is_there() -> Iterator[None]:
    try:
        yield
    except AnswerError as error:
        if error.status != 404:  # noqa: PLR2004
            raise
        raise CursorExpiredError("An address book is not there any more.") from error
