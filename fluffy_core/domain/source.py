"""What a connector hands over: raw items with a cursor, before anything was parsed."""

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """What a path on disk turned out to hold, decided by content."""

    MBOX = "mbox"
    MAILDIR = "maildir"
    THUNDERBIRD = "thunderbird"
    EML_FOLDER = "eml-folder"
    EML = "eml"
    TAKEOUT = "takeout"
    CALENDAR = "ics"
    VCARD = "vcf"
    CONTACTS_CSV = "contacts-csv"
    IMAP = "imap"
    """No path: a folder on a server, whose id stands for the path."""
    UNREADABLE = "unreadable"
    """Found while walking a folder, but it cannot be looked into; `SourceFile.problem` says why."""


MBOXES = frozenset({SourceKind.MBOX, SourceKind.THUNDERBIRD, SourceKind.TAKEOUT})
"""The kinds whose files are mbox inside."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One readable unit of an import: an mbox, a Maildir folder, a folder of .eml, an .ics, …

    `path` is absolute; `member` names the entry when `path` is an archive ("" otherwise);
    `folder` is the mailbox folder that the user knows ("Inbox", "Sent", "Archive/2019"), "" for what
    lies in none (a single message, a calendar, contacts).
    `size` is in bytes: the unit of progress. `problem` is the plain sentence of an UNREADABLE one:
    reading it raises UnreadableError with that sentence.
    """

    path: str
    kind: SourceKind
    folder: str
    size: int
    member: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One message as bytes. `position` orders items within their SourceFile and resumes a read.

    `locator` is unique within the SourceFile and stable over repeated reads (byte offset, file
    name). `flags` are RFC 3501 style words in lower case: seen, answered, flagged, draft, deleted; and
    "unseen" where the source notes what was read and this was not.
    `problem` is a plain sentence when the bytes could not be delimited or read whole (`content` is
    then what could be had, perhaps nothing). `skip` says why an item is no mail to import (a chat,
    a message already deleted): it is only counted, and its `content` is empty.
    """

    position: int
    locator: str
    content: bytes
    flags: tuple[str, ...] = ()
    problem: str = ""
    skip: str = ""
