"""A parsed message: what the bytes say, without anything the store or the user added."""

from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import ClassVar

from fluffy_core.domain.ids import Sha256


class ByFields:
    """A dataclass with slots that pickles as a call with its fields: half the work of what it does itself."""

    __slots__ = ()
    _values: "ClassVar[staticmethod[[object], tuple[object, ...]]]"

    def __init_subclass__(cls) -> None:
        cls._values = staticmethod(attrgetter(*cls.__annotations__))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), self._values(self)


@dataclass(frozen=True, slots=True)
class Address(ByFields):
    """One mailbox of RFC 5322: `email` lower-cased and trimmed, `name` decoded, "" when absent.

    An international domain is in its ASCII form (RFC 5890). A sender may lack the domain ("root") and,
    where only a name was written, the whole `email`.
    """

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A MIME part that is not the body. `name` is for display only, never a path."""

    name: str
    media_type: str
    content: bytes
    sha256: Sha256
    content_id: str = ""
    inline: bool = False


class BulkKind(StrEnum):
    """Why a message counts as not written by a person to a person."""

    NONE = ""
    LIST = "list"
    """A mailing list: List-Id or List-Post; people write there, but not to me personally."""
    BULK = "bulk"
    """Newsletters, notifications, receipts: Precedence, List-Unsubscribe, no-reply senders."""
    AUTO_REPLY = "auto-reply"
    """RFC 3834 Auto-Submitted: auto-replied, out-of-office."""
    AUTO_GENERATED = "auto-generated"
    """Auto-Submitted: auto-generated, delivery status notifications."""


@dataclass(frozen=True, slots=True)
class ParsedMessage(ByFields):
    """The fields that the rest of the program works on.

    `date` is Unix seconds in UTC, None when absent or absurd (before 1970 or over two days ahead
    of `now` at parse time); `date_header` keeps what was written. `text` is the readable body
    (plain part, or text of the HTML part), newlines as "\\n", without NUL or control characters
    but tab and newline. `html` is the raw HTML part, "" when there is none. `references` lists
    Message-IDs without angle brackets, oldest first, In-Reply-To last, no repeats.
    `problems` are plain sentences about what was wrong but survivable.
    """

    message_id_header: str
    subject: str
    from_: Address | None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    sender: Address | None = None
    date: int | None = None
    date_header: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    bulk: BulkKind = BulkKind.NONE
    list_id: str = ""
    labels: tuple[str, ...] = ()
    """X-Gmail-Labels, when the message carries them."""
    delivered_to: tuple[str, ...] = ()
    """Delivered-To, X-Original-To and Envelope-To addresses: evidence of whose mailbox this is."""
    suspicious: str = ""
    """Why the sender may not be who they claim to be, as a sentence; "" when nothing speaks against them."""
    problems: tuple[str, ...] = field(default=())
