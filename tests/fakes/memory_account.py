"""A mail account in memory: a whole MailAccount, for tests of what stands on one."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.files import headers
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.connectors.imap.smtp import without_bcc
from fluffy_core.domain.sync import Fetched, Folder, FolderRole, Listing, MessageRef, RemoteChanges
from fluffy_core.errors import (
    CursorExpiredError,
    FluffyError,
    FolderGoneError,
    RejectedError,
    TransientError,
)
from tests.fakes.submission import Delivered, Outbox

ROLES = {
    "Inbox": FolderRole.INBOX,
    "Drafts": FolderRole.DRAFTS,
    "Sent": FolderRole.SENT,
    "Junk": FolderRole.JUNK,
    "Archive": FolderRole.ARCHIVE,
}


@dataclass(slots=True)
class Stored:
    """A message on the server."""

    content: bytes
    flags: tuple[str, ...]
    arrived: date


@dataclass(slots=True)
class Shelf:
    """A folder on the server. `history` names every id that was touched, in order."""

    numbering: int
    messages: dict[str, Stored] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)


class MemoryServer:
    """The server's side: what other mail programs do to it, and what it is told to do wrong."""

    def __init__(self, names: Sequence[str] = tuple(ROLES)) -> None:
        self._numbers = itertools.count(1)
        self.shelves = {name: Shelf(next(self._numbers)) for name in names}
        self.outbox = Outbox()
        self.faults: list[FluffyError] = []
        """Raised one after another by the next calls of any account."""
        self.damaged: dict[str, str] = {}
        """Ids whose bytes cannot be had, and why."""
        self.files_sent = False
        self.news = threading.Condition()

    def deliver(
        self, folder: str, content: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> str:
        """A new message; returns its id."""
        shelf = self.shelf(folder)
        number = f"{shelf.numbering}.{next(self._numbers)}"
        day = arrived or datetime.now(UTC).date()
        words = headers.with_unseen(set(flags))
        shelf.messages[number] = Stored(headers.crlf(content), words, day)
        self._touched(shelf, number)
        return number

    def flag(self, folder: str, number: str, flags: Sequence[str]) -> None:
        """Another program sets the flags of a message."""
        shelf = self.shelf(folder)
        shelf.messages[number].flags = headers.with_unseen(set(flags))
        self._touched(shelf, number)

    def remove(self, folder: str, number: str) -> None:
        """Another program deletes a message."""
        shelf = self.shelf(folder)
        del shelf.messages[number]
        self._touched(shelf, number)

    def renumber(self, folder: str) -> None:
        """The server forgets all ids and cursors of a folder."""
        old = self.shelf(folder)
        self.shelves[folder] = Shelf(next(self._numbers))
        for message in old.messages.values():
            self.deliver(folder, message.content, flags=message.flags, arrived=message.arrived)

    def add(self, folder: str) -> None:
        """A new folder."""
        self.shelves[folder] = Shelf(next(self._numbers))

    def shelf(self, folder: str) -> Shelf:
        """A folder by its name. Raises FolderGoneError."""
        if folder not in self.shelves:
            raise FolderGoneError(f"The server has no folder {folder} any more.")
        return self.shelves[folder]

    def ids(self, folder: str, message_id: str) -> list[str]:
        """The ids of messages with this Message-ID."""
        found = self.shelf(folder).messages.items()
        return [number for number, message in found if id_of(message.content) == message_id]

    def _touched(self, shelf: Shelf, number: str) -> None:
        with self.news:
            shelf.history.append(number)
            self.news.notify_all()


class MemoryAccount:
    """The client's side; several may work on one server."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._closed = False
        self._seen: dict[str, str] = {}

    def folders(self) -> tuple[Folder, ...]:
        self._begin()
        return tuple(Folder(name, name, ROLES.get(name, FolderRole.OTHER)) for name in self._server.shelves)

    def cursor(self, folder: Folder) -> str:
        self._begin()
        return self._now(folder)

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        self._begin()
        shelf = self._server.shelf(folder.id)
        below = _order(token) if token else None
        if token and token.partition(".")[0] != str(shelf.numbering):
            raise CursorExpiredError("The listing is not known any more.")
        found = [number for number, one in shelf.messages.items() if since is None or one.arrived >= since]
        wanted = sorted(found, key=_order, reverse=True)
        page = [number for number in wanted if below is None or _order(number) < below]
        more = page[limit - 1] if len(page) > limit else ""
        refs = tuple(self._ref(folder.id, number) for number in page[:limit])
        return Listing(refs, more, len(wanted))

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        self._begin()
        shelf = self._server.shelf(folder.id)
        numbering, _, place = cursor.partition(":")
        if numbering != str(shelf.numbering) or not place.isdecimal() or int(place) > len(shelf.history):
            raise CursorExpiredError("The server does not know this cursor any more.")
        touched = dict.fromkeys(shelf.history[int(place) :])
        refs = tuple(self._ref(folder.id, number) for number in touched if number in shelf.messages)
        gone = tuple(number for number in touched if number not in shelf.messages)
        return RemoteChanges(refs, gone, self._now(folder))

    def present(self, folder: Folder) -> frozenset[str]:
        self._begin()
        return frozenset(self._server.shelf(folder.id).messages)

    def message_ids(self, folder: Folder) -> dict[str, str]:
        self._begin()
        found = self._server.shelf(folder.id).messages.items()
        return {number: id_of(message.content) for number, message in found}

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        for ref in refs:
            self._begin()
            shelf = self._server.shelf(ref.folder_id)
            if ref.id.partition(".")[0] != str(shelf.numbering):
                raise CursorExpiredError("The ids of this folder are not known any more.")
            message = shelf.messages.get(ref.id)
            if message is None:
                yield Fetched(ref, gone=True)
            elif ref.id in self._server.damaged:
                yield Fetched(ref, problem=self._server.damaged[ref.id])
            else:
                yield Fetched(ref, message.content)

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        self._begin()
        refusals = self._server.outbox.refusals
        for where in (*recipients, "data"):
            if where in refusals:
                kind = RejectedError if refusals[where].startswith("5") else TransientError
                raise kind(refusals[where])
        content = headers.crlf(without_bcc(message))
        self._server.outbox.delivered.append(Delivered(sender, tuple(recipients), content))
        if self._server.files_sent:
            self._server.deliver("Sent", content, flags=("seen",))

    def keep_sent(self, message: bytes) -> None:
        self._begin()
        if not self._server.files_sent and not self._server.ids("Sent", id_of(message)):
            self._server.deliver("Sent", without_bcc(message), flags=("seen",))

    def was_sent(self, message_id: str) -> bool:
        self._begin()
        return bool(message_id) and bool(self._server.ids("Sent", message_id))

    def save_draft(self, message: bytes) -> MessageRef:
        self._begin()
        before = self._server.ids("Drafts", id_of(message)) if id_of(message) else []
        number = self._server.deliver("Drafts", message, flags=("draft", "seen"))
        for old in before:
            self._server.remove("Drafts", old)
        return self._ref("Drafts", number)

    def wait(self, folder: Folder, seconds: float) -> bool:
        if self._closed:
            return False
        self._begin()
        seen = self._seen.setdefault(folder.id, self._place(folder))
        with self._server.news:
            self._server.news.wait_for(lambda: self._closed or self._place(folder) != seen, seconds)
            return False if self._is_closed() else self._place(folder) != seen

    def close(self) -> None:
        self._closed = True
        with self._server.news:
            self._server.news.notify_all()

    def _begin(self) -> None:
        if self._closed:
            raise TransientError("The account was closed.")
        if self._server.faults:
            raise self._server.faults.pop(0)

    def _is_closed(self) -> bool:
        """Another thread may have closed it meanwhile."""
        return self._closed

    def _place(self, folder: Folder) -> str:
        shelf = self._server.shelf(folder.id)
        return f"{shelf.numbering}:{len(shelf.history)}"

    def _now(self, folder: Folder) -> str:
        self._seen[folder.id] = self._place(folder)
        return self._seen[folder.id]

    def _ref(self, folder_id: str, number: str) -> MessageRef:
        message = self._server.shelf(folder_id).messages[number]
        return MessageRef(number, folder_id, message.flags, len(message.content))


def _order(number: str) -> int:
    return int(number.partition(".")[2])
