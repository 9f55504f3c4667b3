"""What an account on a server tells of itself: folders, where messages are, and what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from fluffy_core.domain.pim import CalendarEvent, ContactCard


class FolderRole(StrEnum):
    """What a folder is for (RFC 6154's special uses, Gmail's system labels, Graph's well-known names)."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    """Every message again, whatever folder it is in."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of an account. `id` is the server's own, `name` the path a user knows ("Archive/2019")."""

    id: str
    name: str
    role: FolderRole = FolderRole.OTHER


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where one message is: its id is unique within the folder and never means another message.

    `flags` are words as in RawItem; `labels` names as the user knows them. `size` is in bytes, 0 when the
    server does not tell. `thread_id` is the server's word for its conversation, "" without one.
    """

    id: str
    folder_id: str
    flags: tuple[str, ...] = ()
    size: int = 0
    labels: tuple[str, ...] = ()
    thread_id: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a folder, newest first. `next` asks for the page after it, "" at the end."""

    refs: tuple[MessageRef, ...]
    next: str = ""
    total: int | None = None
    """Messages of the whole listing, where the server tells or estimates it."""


@dataclass(frozen=True, slots=True)
class RemoteChanges:
    """What happened in a folder after a cursor: refs that are new or have other flags, and ids that are gone.

    `cursor` stands behind these changes; `more` says that it is worth asking again at once.
    """

    refs: tuple[MessageRef, ...]
    gone: tuple[str, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of one message, or why they could not be had.

    `gone` says that the message is not there any more; otherwise a `problem` is worth another try.
    """

    ref: MessageRef
    content: bytes = b""
    problem: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar of an account. `id` is the server's own; `mine` is the one that invitations come to."""

    id: str
    name: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class RemoteEvents:
    """One entry of a calendar as its server keeps it: a single event, or a series, or exceptions to one.

    `id` is unique within the calendar. `problems` are sentences about parts that were left out or mended;
    without `events` nothing of the entry could be read.
    """

    id: str
    events: tuple[CalendarEvent, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventPage:
    """What happened in a calendar, a page of it. `next` asks for the page after it, "" at the end.

    `gone` are ids that are not there any more. `cursor` stands behind all pages and comes with the last
    one; "" where the server keeps none. `whole` says that the pages of this run name everything that is
    there (within the days that were asked for), and is the same for all of them.
    """

    changed: tuple[RemoteEvents, ...]
    gone: tuple[str, ...] = ()
    next: str = ""
    cursor: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RemoteCard:
    """One person of an address book on a server; `id` is the server's own, unique within the account."""

    id: str
    card: ContactCard


@dataclass(frozen=True, slots=True)
class CardPage:
    """What happened in the address books of an account, a page of it; fields as in EventPage."""

    changed: tuple[RemoteCard, ...]
    gone: tuple[str, ...] = ()
    next: str = ""
    cursor: str = ""
    whole: bool = False
    problems: tuple[str, ...] = ()


def position_of(message_id: str) -> int:
    """A number of 63 bits for the id of a message in its folder: its place among the folder's locations."""
    return int.from_bytes(blake2b(message_id.encode(), digest_size=8).digest()) >> 1


UNKNOWN_BYTES = 64 << 10
"""Taken for the size of a message whose size the server did not tell."""


def in_batches(refs: Sequence[MessageRef], *, most: int, most_bytes: int) -> Iterator[list[MessageRef]]:
    """At most `most` messages and about `most_bytes` each; one that is larger comes alone."""
    batch: list[MessageRef] = []
    size = 0
    for ref in refs:
        weight = ref.size or UNKNOWN_BYTES
        if batch and (len(batch) >= most or size + weight > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(ref)
        size += weight
    if batch:
        yield batch
