"""The people in the address books of an account at Microsoft, through Microsoft Graph."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from fluffy_core.connectors.microsoft.graph import GONE, NOT_FOUND, Entry, Graph, Page, Trail, Trails, part
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage, RemoteCard
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError

MAIN = "me/contacts"
"""The address book that everybody has; those beside it are contact folders."""
_SELECT = (
    "id,displayName,givenName,surname,nickName,companyName,department,jobTitle,businessHomePage,birthday,"
    "personalNotes,mobilePhone,homePhones,businessPhones,emailAddresses,homeAddress,businessAddress,"
    "otherAddress"
)
_FORGOTTEN = frozenset({400, NOT_FOUND, GONE})
_BIRTHDAY = re.compile(r"(\d{4})-(\d\d-\d\d)")
_NO_YEAR = "1604"
"""What Outlook writes for a birthday without a year."""
_MAX_NOTES = 100_000
_MOST_BOOKS = 1000


@dataclass(slots=True)
class _Run:
    """Where a run through the address books is: what a token holds. `links` are of those that are done.

    `there` are people of whom earlier books told: gone from a later one, they were only moved.
    """

    todo: list[str]
    link: str = ""
    links: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    there: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps(asdict(self))


class OutlookContacts:
    """A `ContactSource`. Its cursor holds one link of Graph's for each address book."""

    def __init__(
        self, gateway: Gateway, root: str, token: Token, *, page: int = 100, pace: Pace | None = None
    ) -> None:
        self._graph = Graph(gateway, root, token, reason="syncing contacts", pace=pace)
        self._page = page
        self._trails = Trails()

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        """As `ContactSource.cards`."""
        before, trail = _links(cursor), self._trails.take(token)
        run = _resumed(token) if token else self._begun(before)
        page = self._ask(run, before)
        last = {one["id"]: one for one in page.entries}  # the later word about somebody counts
        changed = tuple(_card(one) for one in self._whole(last))
        gone = tuple(key for key, one in last.items() if "@removed" in one and key not in run.there)
        run.there += [] if run.whole else [one.id for one in changed]
        if page.next:
            run.link = trail.step(page.next)
        else:
            if not page.delta:
                raise TransientError("The server does not say from where later changes count.")
            run.links[run.todo.pop(0)], run.link = page.delta, ""
        if run.todo:
            self._trails.keep(run.text(), trail)
            return CardPage(changed, gone, next=run.text(), whole=run.whole)
        return CardPage(changed, gone, cursor=json.dumps(run.links), whole=run.whole)

    def close(self) -> None:
        """As `ContactSource.close`."""
        self._graph.close()

    def _begun(self, before: dict[str, str]) -> _Run:
        books = [MAIN, *self._folders()]
        if before.keys() - set(books):
            raise CursorExpiredError("An address book is not there any more.")
        return _Run(books, whole=not before)

    def _folders(self) -> Iterator[str]:
        """The contact folders, those within others too, as paths."""
        todo, found = ["me/contactFolders"], set[str]()
        while todo:
            trail = Trail()
            page = self._graph.page(todo.pop(), {"$select": "id,displayName", "$top": 100})
            while True:
                for one in page.entries:
                    path = f"me/contactFolders/{part(one['id'])}"
                    if path not in found and len(found) < _MOST_BOOKS:
                        found.add(path)
                        todo.append(f"{path}/childFolders")
                        yield f"{path}/contacts"
                if not page.next:
                    break
                page = self._graph.page(trail.step(page.next))

    def _ask(self, run: _Run, before: dict[str, str]) -> Page:
        book = run.todo[0]
        link = run.link or before.get(book, "")
        if not link:
            return self._graph.page(f"{book}/delta", size=self._page)  # it refuses most options
        if not self._graph.owns(link):
            raise CursorExpiredError("This place among the changes makes no sense.")
        try:
            return self._graph.page(link, size=self._page)
        except AnswerError as error:
            if error.status in _FORGOTTEN:
                raise CursorExpiredError("The server has forgotten what changed since.") from error
            raise

    def _whole(self, entries: dict[str, Entry]) -> Iterator[Entry]:
        """The people of a page; one of whom it tells only what changed is asked for."""
        for one in entries.values():
            if "@removed" in one:
                continue
            if "displayName" in one and "emailAddresses" in one:
                yield one
                continue
            try:
                found = self._graph.get(f"me/contacts/{part(one['id'])}", {"$select": _SELECT})
            except AnswerError as error:
                if error.status != NOT_FOUND:
                    raise
                continue  # gone since: a later run says so
            yield {**found, "id": one["id"]}


def _links(cursor: str) -> dict[str, str]:
    if not cursor:
        return {}
    try:
        found = json.loads(cursor)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not found or not all(isinstance(one, str) for one in found.values()):
        raise CursorExpiredError("This place among the changes makes no sense.")
    return found


def _resumed(token: str) -> _Run:
    try:
        run = _Run(**json.loads(token))
    except (ValueError, TypeError, RecursionError) as error:
        raise CursorExpiredError("This place among the changes makes no sense.") from error
    parts = ((run.todo, list), (run.there, list), (run.links, dict), (run.link, str))
    fits = all(isinstance(one, kind) for one, kind in parts)
    if not fits or not run.todo or not all(isinstance(one, str) for one in run.todo):
        raise CursorExpiredError("This place among the changes makes no sense.")
    return run


def _card(entry: Entry) -> RemoteCard:
    emails = [_text(one, "address").lower() for one in _list(entry, "emailAddresses")]
    phones = [entry.get("mobilePhone"), *_list(entry, "businessPhones"), *_list(entry, "homePhones")]
    places = (entry.get(name) for name in ("businessAddress", "homeAddress", "otherAddress"))
    both = f"{_text(entry, 'givenName')} {_text(entry, 'surname')}".strip()
    kept = tuple(dict.fromkeys(one for one in emails if "@" in one))
    org = _text(entry, "companyName")
    return RemoteCard(
        entry["id"],
        ContactCard(
            name=_text(entry, "displayName") or both or org or next(iter(kept), ""),
            emails=kept,
            phones=tuple(
                dict.fromkeys(one.strip() for one in phones if isinstance(one, str) and one.strip())
            ),
            given=_text(entry, "givenName"),
            family=_text(entry, "surname"),
            nickname=_text(entry, "nickName"),
            org=org,
            department=_text(entry, "department"),
            title=_text(entry, "jobTitle"),
            urls=tuple(one for one in (_text(entry, "businessHomePage"),) if one),
            addresses=tuple(dict.fromkeys(one for one in map(_address, places) if one)),
            birthday=_birthday(_text(entry, "birthday")),
            notes=_text(entry, "personalNotes")[:_MAX_NOTES],
            uid=entry["id"],
        ),
    )


def _address(value: Any) -> str:
    names = ("street", "postalCode", "city", "state", "countryOrRegion")
    parts = [" ".join(_text(value, name).split()) for name in names]
    street, code, city, *rest = parts
    return ", ".join(one for one in (street, f"{code} {city}".strip(), *rest) if one)


def _birthday(text: str) -> str:
    match = _BIRTHDAY.match(text)
    if match is None:
        return ""
    return f"--{match[2]}" if match[1] == _NO_YEAR else match[0]


def _list(entry: Entry, name: str) -> list[Any]:
    found = entry.get(name)
    return found if isinstance(found, list) else []


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return "".join(c for c in found if c.isprintable() or c == "\n").strip() if isinstance(found, str) else ""
