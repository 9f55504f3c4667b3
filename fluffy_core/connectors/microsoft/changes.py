"""What changed in a folder, by Graph's delta query (learn.microsoft.com/graph/delta-query-messages).

A delta round begins with all messages of the folder, in no order that is promised, and only its end gives a
link from which changes count; a start from "now" ($deltatoken=latest) is documented for other resources
alone. So that nobody waits for that before the newest mail, the cursor before a listing says that the round
has yet to begin; after the listing it runs through, and what it finds is compared with what was stored.
That heals a place that Graph has forgotten, too: ids last, so nothing needs to be listed or fetched again.
"""

from functools import cache

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.microsoft import messages as outlook_messages
from fluffy_core.connectors.microsoft.graph import (
    GONE,
    NOT_FOUND,
    Entry,
    Graph,
    Page,
    Trail,
    Trails,
    part,
    within,
)
from fluffy_core.domain.sync import Folder, MessageRef, RemoteChanges
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError

BEGIN = "a round that has not begun"
SIZE = 500
"""Entries asked for at once; and about as many are told at once."""
_FORGOTTEN = frozenset({400, NOT_FOUND, GONE})


class _Forgotten(Exception):
    """The server does not know a link of its own any more."""


class Changes:
    """The delta rounds of one account."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._trails = Trails()

    def after(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """As `MailAccount.changes`."""
        if cursor == BEGIN:
            return self._compared(folder, known)
        if not self._graph.owns(cursor):
            raise CursorExpiredError("This place among the changes makes no sense.")
        try:
            return self._told(folder, cursor, known)
        except _Forgotten:
            return self._compared(folder, known)

    def _compared(self, folder: Folder, known: Known) -> RemoteChanges:
        """A whole round from its beginning, against what is known."""
        here, seen, refs = known(), set[str](), dict[str, MessageRef]()
        trail = Trail()
        page = self._first(folder)
        while True:
            for entry in page.entries:
                name = entry["id"]
                refs.pop(name, None)
                if "@removed" in entry:
                    seen.discard(name)
                    continue
                seen.add(name)
                ref = outlook_messages.ref(entry, folder.id, before=here.get(name, ()))
                if here.get(name) != ref.flags:
                    refs[name] = ref
            if not page.next:
                break
            page = self._next(folder, trail.step(page.next))
        gone = tuple(name for name in here if name not in seen)
        return RemoteChanges(tuple(refs.values()), gone, _end(page, BEGIN))

    def _first(self, folder: Folder) -> Page:
        path = f"me/mailFolders/{part(folder.id)}/messages/delta"
        try:
            return self._graph.page(path, outlook_messages.DELTA, size=SIZE)
        except AnswerError as error:
            if error.status != GONE:
                raise
            raise TransientError("The server cannot tell what is there.") from error

    def _next(self, folder: Folder, link: str) -> Page:
        try:
            return self._page(folder, link)
        except _Forgotten as error:
            raise TransientError("The server forgot where we were while it told.") from error

    def _told(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """A part of a round, from a link of the server's on."""
        reading = _Reading(self._graph, folder, known)
        trail = self._trails.take(cursor)
        link = cursor
        while True:
            page = self._page(folder, link)
            for entry in page.entries:
                reading.take(entry)
            if not page.next:
                return reading.result(_end(page, cursor))
            link = trail.step(page.next)
            if reading.count >= SIZE:
                self._trails.keep(link, trail)
                return reading.result(link, more=True)

    def _page(self, folder: Folder, link: str) -> Page:
        try:
            return self._graph.page(link, size=SIZE)
        except AnswerError as error:
            if error.status not in _FORGOTTEN:
                raise
            if error.status == NOT_FOUND:
                self._check(folder)
            raise _Forgotten from error

    def _check(self, folder: Folder) -> None:
        """Not found may be the folder, or only the place among its changes."""
        with within(f"folder {folder.name}"):
            self._graph.get(f"me/mailFolders/{part(folder.id)}", {"$select": "id"})


def _end(page: Page, before: str) -> str:
    """The cursor behind a round; without one the same changes are told again."""
    return page.delta or before


class _Reading:
    """The entries of a round; the later word about a message counts."""

    def __init__(self, graph: Graph, folder: Folder, known: Known) -> None:
        self._graph = graph
        self._folder = folder
        self._known = cache(known)
        self._refs: dict[str, MessageRef] = {}
        self._gone: dict[str, None] = {}

    @property
    def count(self) -> int:
        """Messages told of."""
        return len(self._refs) + len(self._gone)

    def take(self, entry: Entry) -> None:
        name = entry["id"]
        before = self._refs.pop(name, None)
        self._gone.pop(name, None)
        if "@removed" in entry:
            self._gone[name] = None
        elif (ref := self._ref(entry, before)) is not None:
            self._refs[name] = ref

    def _ref(self, entry: Entry, before: MessageRef | None) -> MessageRef | None:
        """An entry may tell only what changed: the rest is known, or asked for."""
        if outlook_messages.is_whole(entry):
            return outlook_messages.ref(entry, self._folder.id)
        flags = before.flags if before is not None else self._known().get(entry["id"])
        if flags is not None:
            return outlook_messages.ref(entry, self._folder.id, before=flags)
        path = f"me/mailFolders/{part(self._folder.id)}/messages/{part(entry['id'])}"
        try:
            return outlook_messages.ref(self._graph.get(path, outlook_messages.WANTED), self._folder.id)
        except AnswerError as error:
            if error.status == NOT_FOUND:
                return None  # gone since: a later round says so
            raise

    def result(self, cursor: str, *, more: bool = False) -> RemoteChanges:
        """What was told, and from where to go on."""
        return RemoteChanges(tuple(self._refs.values()), tuple(self._gone), cursor, more)
