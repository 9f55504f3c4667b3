"""The little that a reader must know of a message's header: marks of other programs, and its end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

MAX_HEADER = 256 * 1024
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_KNOWN = frozenset(
    b"from to cc bcc subject date received message-id return-path mime-version delivered-to sender reply-to "
    b"content-type content-transfer-encoding x-mozilla-status x-gm-thrid status dkim-signature list-id "
    b"references in-reply-to envelope-to x-mailer user-agent x-originating-ip resent-from".split()
)
_ENOUGH = 2
_MARK = re.compile(
    rb"(Status|X-Status|X-Mozilla-Status|X-Gmail-Labels)[ \t]*:((?:[^\n]|\n[ \t])*)", re.IGNORECASE
)
_MARKED = (b"tatus", b"mail-Labels")
"""In the names of all those fields, as programs write them."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOUNDARY = re.compile(
    rb"^content-type[ \t]*:[^;\n]{0,200};(?:[^\n]|\n[ \t]){0,2000}?boundary=\"?([^\"\s;]{1,200})",
    re.IGNORECASE | re.MULTILINE,
)
_BASE64 = re.compile(rb"^content-transfer-encoding[ \t]*:\s*base64", re.IGNORECASE | re.MULTILINE)

_STATUS = {"R": "seen"}
_X_STATUS = {"A": "answered", "F": "flagged", "T": "draft", "D": "deleted"}
_MOZILLA = {0x0001: "seen", 0x0002: "answered", 0x0004: "flagged"}
_MOZILLA_EXPUNGED = 0x0008
_GMAIL_UNREAD = {"unread", "ungelesen", "non lus", "no leído", "non letti"}
_GMAIL_STARRED = {"starred", "markiert", "suivis", "destacados", "speciali"}
_GMAIL_DRAFTS = {"drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze"}
_GMAIL_CHAT = {"chat", "chats"}


_HEX = re.compile(r"[0-9a-fA-F]{1,8}")


@dataclass(frozen=True, slots=True)
class Marks:
    """What mail programs noted in the header: flags as in RawItem, and why it is no mail, if so."""

    flags: tuple[str, ...] = ()
    skip: str = ""


def head(message: bytes) -> bytes:
    """The header block, without the blank line that ends it."""
    end = message.find(b"\n\n", 0, MAX_HEADER)
    end = end if end >= 0 else MAX_HEADER
    crlf = message.find(b"\n\r\n", 0, end)
    return message[: (crlf if crlf >= 0 else end) + 1]


def crlf(message: bytes) -> bytes:
    """The message with the line ends of the mail protocols."""
    return _LINE_END.sub(b"\r\n", message)


def marks(message: bytes) -> Marks:
    """Read Status, X-Status, X-Mozilla-Status and X-Gmail-Labels, as far as they are there."""
    block = head(message)
    flags: set[str] = set()
    notes_reading = False
    for match in _marked(block):
        name, value = match[1].lower(), match[2].decode("utf-8", "replace").strip()
        if name == b"x-gmail-labels":
            labels = _labels(value)
            if labels & _GMAIL_CHAT:
                return Marks(skip="a chat, not mail")
            flags |= _gmail_flags(labels)
            notes_reading = True
        elif name == b"x-mozilla-status":
            bits = int(value, 16) if _HEX.fullmatch(value) else 0
            if bits & _MOZILLA_EXPUNGED:
                return Marks(skip="deleted in Thunderbird")
            flags |= {flag for bit, flag in _MOZILLA.items() if bits & bit}
            notes_reading |= bool(_HEX.fullmatch(value))
        else:
            table = _STATUS if name == b"status" else _X_STATUS
            flags |= {table[letter] for letter in value[:20] if letter in table}
            notes_reading |= name == b"status"
    return Marks(with_unseen(flags) if notes_reading else tuple(sorted(flags)))


def _marked(block: bytes) -> Iterator[re.Match[bytes]]:
    """The fields that mark something, in the order of the header."""
    starts = set()
    for name in _MARKED:
        found = block.find(name)
        while found >= 0:
            starts.add(block.rfind(b"\n", 0, found) + 1)
            found = block.find(name, found + 1)
    for start in sorted(starts):
        if match := _MARK.match(block, start):
            yield match


def with_unseen(flags: set[str]) -> tuple[str, ...]:
    """The flags of a message whose place notes what was read: "unseen" when this one was not."""
    return tuple(sorted(flags if "seen" in flags else flags | {"unseen"}))


def _labels(value: str) -> set[str]:
    """X-Gmail-Labels in lower case; RFC 2047 words where a label is not ASCII."""
    if "=?" in value:
        try:
            value = str(make_header(decode_header(value[:10_000])))
        except (HeaderParseError, UnicodeError, LookupError, ValueError):
            return set()
    return {label.strip().strip('"').lower() for label in value.split(",")}


def _gmail_flags(labels: set[str]) -> set[str]:
    flags = set() if labels & _GMAIL_UNREAD else {"seen"}
    if labels & _GMAIL_STARRED:
        flags.add("flagged")
    if labels & _GMAIL_DRAFTS:
        flags.add("draft")
    return flags


def looks_like_message(start: bytes) -> bool:
    """Whether a file's first bytes are the header of a message: fields, two of them mail's own."""
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not _FIELD.match(start):
        return False
    found: set[bytes] = set()
    for line in start.split(b"\n"):
        if not line.strip():
            break
        if (name := line.partition(b":")[0].strip().lower()) in _KNOWN:
            found.add(name)
            if len(found) >= _ENOUGH:
                return True
    return False


def cut_short(message: bytes) -> bool:
    """Whether the end of a message is certainly missing.

    Certain means: it stops within a line, and its header, multipart or base64 body is not closed.
    """
    if not message or message.endswith((b"\n", b"\r")):
        return False
    block = head(message)
    if len(block) >= len(message):
        return True
    if boundary := _BOUNDARY.search(block):
        return b"--" + boundary[1] + b"--" not in message
    if _BASE64.search(block):
        last = message[message.rfind(b"\n") + 1 :].strip()
        return len(last) % 4 != 0
    return False
