"""The address books of a loopback Graph, and its paths about them."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.graph_answers import Entity, Rounds, Track, answer, check_options, chosen, not_found, removed
from tests.fakes.web_server import Asked, Reply

MAIN = "main"


@dataclass(slots=True)
class Book:
    """A contact folder. `parent` is the one that it is in, "" for those beside the main one."""

    id: str
    name: str
    parent: str
    people: dict[str, Entity] = field(default_factory=dict)
    track: Track = field(default_factory=Track)


class AddressBooks:
    """The state, and what other programs do to it. `brief`: a delta tells only ids of those that changed."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.brief = False
        self.books = {MAIN: Book(MAIN, "Contacts", "root")}

    def make(self, name: str, parent: str = "") -> str:
        """A new folder; its id."""
        key = f"AQMkB/{next(self._numbers)}="
        self.books[key] = Book(key, name, parent)
        return key

    def put(self, book: str, item: str, entity: Entity) -> None:
        """Write a person."""
        self.books[book].people[item] = {"id": item, **entity}
        self.books[book].track.note(item)

    def move(self, source: str, target: str, item: str) -> None:
        """Move a person to another folder; the id lasts."""
        entity = self.books[source].people[item]
        self.remove(source, item)
        self.put(target, item, entity)

    def remove(self, book: str, item: str) -> None:
        """Delete a person."""
        del self.books[book].people[item]
        self.books[book].track.note(item)


class ContactRoutes:
    """Answers about people."""

    def __init__(self, books: AddressBooks, rounds: Rounds) -> None:
        self._books = books
        self._rounds = rounds

    def table(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        """(method, path as a pattern, what answers)."""
        return [
            ("GET", "me/contactFolders", self.folders),
            ("GET", "me/contactFolders/([^/]+)/childFolders", self.folders),
            ("GET", "me/contacts/delta", self.delta),
            ("GET", "me/contactFolders/([^/]+)/contacts/delta", self.delta),
            ("GET", "me/contacts/([^/]+)", self.person),
        ]

    def folders(self, asked: Asked, parent: str = "") -> Reply:
        check_options(asked, ("$select", "$top"))
        found = [one for one in self._books.books.values() if one.parent == parent]
        entries = [{"id": one.id, "displayName": one.name} for one in found]
        return answer({"value": [chosen("contactFolder", asked.query["$select"], one) for one in entries]})

    def delta(self, asked: Asked, name: str = MAIN) -> Reply:
        check_options(asked, ())
        if name not in self._books.books:
            raise not_found()
        book = self._books.books[name]
        state = self._rounds.state(asked, ())

        def tell(item: str, _properties: object) -> Entity:
            if item not in book.people:
                return removed(item)
            if self._books.brief:
                return {"id": item}
            return book.people[item]

        return self._rounds.page(asked, state, track=book.track, everything=list(book.people), tell=tell)

    def person(self, asked: Asked, item: str) -> Reply:
        check_options(asked, ("$select",))
        for book in self._books.books.values():
            if item in book.people:
                return answer(chosen("contact", asked.query.get("$select", ""), book.people[item]))
        raise not_found()
