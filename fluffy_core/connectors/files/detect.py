"""What a file is, told from its first bytes; the name decides only where the bytes leave it open."""

import csv
from pathlib import Path

from fluffy_core.connectors.files import disk, headers
from fluffy_core.domain import contact_columns
from fluffy_core.domain.source import SourceKind

HEAD = 8192
"""Bytes that are enough to tell."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BY_SUFFIX = {
    ".eml": SourceKind.EML,
    ".ics": SourceKind.CALENDAR,
    ".ical": SourceKind.CALENDAR,
    ".vcf": SourceKind.VCARD,
    ".vcard": SourceKind.VCARD,
}
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
OUTLOOK_SUFFIXES = {".pst", ".ost", ".msg"}
_FOREIGN = (
    (
        b"!BDN",
        "is an Outlook data file (.pst or .ost), which FluffyMail cannot read. In Outlook, drag the "
        "messages into a folder to save them as files, or open the account in Thunderbird and import "
        "its profile",
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an Outlook message (.msg) or another Office file, which FluffyMail "
        "cannot read. Save the message from Outlook on the web or from Thunderbird as .eml and import that",
    ),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive: unpack it and import the folder"),
    (b"Rar!\x1a\x07", "is a RAR archive: unpack it and import the folder"),
)


def is_archive(head: bytes) -> bool:
    """Whether these are the first bytes of a zip or of a tar, compressed or not."""
    return head.startswith(_ARCHIVES) or head[257:262] == b"ustar"


def foreign(head: bytes) -> str:
    """Why a known format cannot be read and what to do, as the end of a sentence; "" for others."""
    return next((sentence for magic, sentence in _FOREIGN if head.startswith(magic)), "")


def kind_of(head: bytes, name: str) -> SourceKind | None:
    """The kind of a file that begins with `head`; None when it is nothing to import."""
    if head.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"From "):
        return SourceKind.TAKEOUT if b"\nX-GM-THRID:" in head else SourceKind.MBOX
    text = _text(head)
    start = text.lstrip()[:20].upper()
    if start.startswith("BEGIN:VCALENDAR"):
        return SourceKind.CALENDAR
    if start.startswith("BEGIN:VCARD"):
        return SourceKind.VCARD
    if headers.looks_like_message(head):
        return SourceKind.EML
    if _is_address_book(text):
        return SourceKind.CONTACTS_CSV
    if is_archive(head) or foreign(head):
        return None
    return _BY_SUFFIX.get(Path(name).suffix.lower())


def kind_of_file(path: Path) -> SourceKind | None:
    """The kind of a regular file on disk. A file that cannot be opened goes by its name."""
    try:
        return kind_of(disk.read_start(path, HEAD), path.name)
    except OSError:
        return _BY_SUFFIX.get(path.suffix.lower())


def _text(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    if head[:1] and head[1:2] == b"\0":
        return head.decode("utf-16-le", "replace")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _is_address_book(text: str) -> bool:
    lines = text.lstrip().replace("\r", "\n").split("\n", 3)
    line = next((line for line in lines if line and not line.lower().startswith("sep=")), "")
    return any(contact_columns.is_address_book(_cells(line, delimiter)) for delimiter in ",;\t")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
