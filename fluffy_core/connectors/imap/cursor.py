"""Where changes of an IMAP folder count from, ids of messages, and tokens of pages: as text, and back."""

import json
from dataclasses import asdict, dataclass

from fluffy_core.connectors.imap.session import Selected
from fluffy_core.errors import CursorExpiredError

_TOP = 2**64
_FORGOTTEN = "The mail server numbers this folder anew."


@dataclass(frozen=True, slots=True)
class Cursor:
    """State of a folder (RFC 3501, RFC 7162). `modseq` is 0 where the server does not count changes."""

    uidvalidity: int
    uidnext: int
    modseq: int = 0

    def text(self) -> str:
        """For storing."""
        return json.dumps(asdict(self), separators=(",", ":"))


def cursor_of(selected: Selected) -> Cursor:
    """The state of an open folder."""
    return Cursor(selected.uidvalidity, selected.uidnext, selected.modseq)


def parse(text: str) -> Cursor:
    """A cursor from its text. Raises CursorExpiredError for any other text: a full listing heals it."""
    try:
        found = json.loads(text)
        values = [found["uidvalidity"], found["uidnext"], found["modseq"]]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise CursorExpiredError(_FORGOTTEN) from error
    if any(type(value) is not int or not 0 <= value < _TOP for value in values):
        raise CursorExpiredError(_FORGOTTEN)
    return Cursor(*values)


def message(uidvalidity: int, uid: int) -> str:
    """The id of a message."""
    return f"{uidvalidity}.{uid}"


def uid_in(text: str, uidvalidity: int) -> int:
    """The UID in an id or a page's token. Raises CursorExpiredError when it is of another numbering."""
    validity, _, uid = text.partition(".")
    if validity != str(uidvalidity) or not uid.isdecimal() or not uid.isascii():
        raise CursorExpiredError(_FORGOTTEN)
    return int(uid)


def checked(before: Cursor, now: Cursor) -> None:
    """Raises CursorExpiredError when UIDs no longer mean what they meant: numbered anew, or going back."""
    if now.uidvalidity != before.uidvalidity or now.uidnext < before.uidnext:
        raise CursorExpiredError(_FORGOTTEN)
