"""Mail on its way out: what the user writes, wrote, and how far it is."""

from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import AccountId, MessageId, ThreadId
from fluffy_core.domain.message import Address


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as its writer sees it.

    `references` are Message-IDs without brackets; the last is that of the message it answers.
    """

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    files: tuple[OutgoingFile, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody it goes to, each once."""
        return tuple(dict.fromkeys(one.email for one in (*self.to, *self.cc, *self.bcc)))


class OutboxState(StrEnum):
    """How far a message is on its way out."""

    WAITING = "waiting"
    """No server has it; it is handed over, or tried again, when its time has come."""
    SENDING = "sending"
    """It is being handed over. Found at a start, it may have been sent."""
    CHECKING = "checking"
    """It may have been sent: it is looked for among the sent messages before anything else is done."""
    FILING = "filing"
    """It was sent; its copy is still to be put among the sent messages on the server."""
    SENT = "sent"
    SAVED = "saved"
    """A draft, kept on the server."""
    FAILED = "failed"
    """Not sent; `error` says why."""
    UNCERTAIN = "uncertain"
    """Nobody can tell whether it was sent: the user decides."""
    CANCELLED = "cancelled"
    """Taken back by the user before any server had it."""


OPEN = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.CHECKING, OutboxState.FILING)
"""States that something is still done about without the user."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message in the outbox. Times are Unix seconds.

    `not_before` is when something is done about it next; `attempts` counts how often it was handed over,
    `tries` what failed since the state began. `account_id` is None when the account was removed.
    """

    id: int
    account_id: AccountId | None
    draft: bool
    state: OutboxState
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    created_at: float
    not_before: float
    attempts: int
    tries: int
    error: str

    @property
    def can_be_taken_back(self) -> bool:
        """Whether no server has it and none is being given it."""
        return self.state is OutboxState.WAITING


class WritingKind(StrEnum):
    """What a message that is being written is."""

    NEW = "new"
    ANSWER = "answer"
    ANSWER_ALL = "answer all"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the composer, letter by letter: a recipient may not be an address yet.

    `quote` is what is quoted or forwarded, while it is folded; it goes out below the text.
    """

    account_id: AccountId | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class UnsentFile:
    """A file that is to go along; `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that was not sent yet, kept at home. Times are Unix seconds.

    `message_id` is the message it answers or forwards, `thread_id` where that is. `changed_at` is 0 until the
    user wrote something. `row` is where it stands in the outbox once the user sent it.
    """

    id: int
    kind: WritingKind
    written: Written
    references: tuple[str, ...] = ()
    files: tuple[UnsentFile, ...] = ()
    message_id: MessageId | None = None
    thread_id: ThreadId | None = None
    changed_at: float = 0.0
    row: OutboxRow | None = None


class DoubtKind(StrEnum):
    """Why somebody may not want to send a message as it is."""

    NO_FILE = "no file"
    NO_SUBJECT = "no subject"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question to the user before a message goes out; `about` is the word or the address it is about."""

    kind: DoubtKind
    about: str = ""
