"""The mailbox of a loopback Graph: folders and messages, as other programs change them."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.imap.saving import id_of
from tests.fakes.graph_answers import Entity, Track, not_found

WELL_KNOWN = {
    "inbox": "Inbox",
    "sentitems": "Sent Items",
    "drafts": "Drafts",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
    "archive": "Archive",
}


@dataclass(slots=True)
class Letter:
    """A message on the server. `item` is what it is whatever folder it is in."""

    item: str
    content: bytes
    folder: str
    received: datetime
    read: bool = False
    flagged: bool = False
    draft: bool = False
    size: int = 0
    moves: int = 0


@dataclass(slots=True)
class Shelf:
    """A mail folder."""

    id: str
    name: str
    parent: str
    track: Track = field(default_factory=Track)


class Mailbox:
    """The state, and what other programs do to it."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.shelves: dict[str, Shelf] = {}
        self.letters: dict[str, Letter] = {}
        for name in WELL_KNOWN.values():
            self.make(name)

    def make(self, *path: str) -> str:
        """A folder, inside others when `path` names them; its id."""
        parent = "root"
        for name in path:
            there = [one.id for one in self.inside(parent) if one.name == name]
            parent = there[0] if there else self._add(name, parent)
        return parent

    def _add(self, name: str, parent: str) -> str:
        key = f"AQMk+{next(self._numbers)}/F=="
        self.shelves[key] = Shelf(key, name, parent)
        return key

    def inside(self, parent: str) -> list[Shelf]:
        """The folders right in another."""
        return [one for one in self.shelves.values() if one.parent == parent]

    def drop(self, folder: str) -> None:
        """Delete a folder with what is in it."""
        for letter in self.within(folder):
            del self.letters[letter.item]
        del self.shelves[folder]

    def shelf(self, name: str) -> Shelf:
        """A folder by its id or well-known name."""
        if name.lower() in WELL_KNOWN:
            wanted = WELL_KNOWN[name.lower()]
            found = [one for one in self.inside("root") if one.name == wanted]
        else:
            found = [self.shelves[name]] if name in self.shelves else []
        if not found:
            raise not_found()
        return found[0]

    def within(self, folder: str) -> list[Letter]:
        """The messages of a folder, newest first."""
        found = [one for one in self.letters.values() if one.folder == folder]
        return sorted(found, key=lambda one: one.received, reverse=True)

    def letter(self, identifier: str) -> Letter:
        """A message by either of its ids."""
        for one in self.letters.values():
            if identifier in (name(one, lasting=True), name(one, lasting=False)):
                return one
        raise not_found()

    def named(self, folder: str, message_id: str) -> Iterator[Letter]:
        """The messages of a folder with a Message-ID."""
        return (one for one in self.within(folder) if id_of(one.content) == message_id)

    def deliver(
        self, folder: str, content: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> Letter:
        """A new message."""
        number = next(self._numbers)
        day = datetime(2026, 7, 1, tzinfo=UTC)
        if arrived is not None:
            day = datetime(arrived.year, arrived.month, arrived.day, 12, tzinfo=UTC)
        text = headers.crlf(content)
        letter = Letter(
            f"{number:06}", text, self.shelf(folder).id, day + timedelta(milliseconds=number), size=len(text)
        )
        self.letters[letter.item] = letter
        self._set(letter, flags)
        self.shelves[letter.folder].track.note(letter.item)
        return letter

    def flag(self, letter: Letter, flags: Sequence[str]) -> None:
        """Give a message these flags and no others."""
        before = (letter.read, letter.flagged)
        self._set(letter, flags)
        track = self.shelves[letter.folder].track
        if before[0] != letter.read:
            track.note(letter.item, "isRead")
        if before[1] != letter.flagged:
            track.note(letter.item, "flag")

    def _set(self, letter: Letter, flags: Sequence[str]) -> None:
        letter.read, letter.flagged, letter.draft = "seen" in flags, "flagged" in flags, "draft" in flags

    def remove(self, letter: Letter) -> None:
        """Delete a message for good."""
        del self.letters[letter.item]
        self.shelves[letter.folder].track.note(letter.item)

    def move(self, letter: Letter, folder: str) -> None:
        """Move a message to another folder."""
        self.shelves[letter.folder].track.note(letter.item)
        letter.folder, letter.moves = self.shelf(folder).id, letter.moves + 1
        self.shelves[letter.folder].track.note(letter.item)

    def reissue(self, folder: str) -> None:
        """Every message of a folder is another one to the server, as after a restored backup."""
        for one in reversed(self.within(folder)):
            del self.letters[one.item]
            one.item = f"{next(self._numbers):06}"
            self.letters[one.item] = one


def name(letter: Letter, *, lasting: bool) -> str:
    """The id of a message: one that lasts, or one that changes with each move."""
    return f"AAkA-{letter.item}_L=" if lasting else f"AAMk-{letter.item}_M{letter.moves}="


def told(letter: Letter, *, lasting: bool) -> Entity:
    """A message with all its properties."""
    return {
        "id": name(letter, lasting=lasting),
        "receivedDateTime": letter.received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "isRead": letter.read,
        "isDraft": letter.draft,
        "flag": {"flagStatus": "flagged" if letter.flagged else "notFlagged"},
        "conversationId": f"AAQk{letter.item}",
        "internetMessageId": id_of(letter.content) or None,
        "subject": "A letter",
        "parentFolderId": letter.folder,
        "categories": [],
    }
