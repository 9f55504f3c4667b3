"""What the user wants written, and what was suggested."""

from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import MessageId, ThreadId


class Confidence(StrEnum):
    """How far a suggested draft may be trusted."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What to write: an answer in a thread, or the first mail to an address.

    `hint` is what to do differently than the last time ("shorter", "say no"); `tone` "" means as usual with
    this recipient.
    """

    id: str
    thread_id: ThreadId | None = None
    recipient: str = ""
    purpose: str = ""
    key_points: tuple[str, ...] = ()
    tone: str = ""
    hint: str = ""
    model: str = "accurate"
    """"fast" for a draft without the language model; "accurate" asks it where there is one."""

    @property
    def is_told(self) -> bool:
        """Whether the user said what they want."""
        return bool(self.key_points or self.purpose or self.hint)


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A message a suggestion rests on: the words used of it, and for what ("your usual greeting")."""

    message_id: MessageId
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested draft: plain text with `[placeholders]` for what nobody but the user knows.

    `missing` are the placeholders, `language` is ISO 639-1, `reason` says in words why the confidence is what
    it is; with an empty `text` nothing sensible could be suggested and `reason` says why.
    """

    request_id: str
    text: str
    confidence: Confidence
    reason: str
    engine: str
    language: str
    missing: tuple[str, ...] = ()
    used: tuple[DraftSource, ...] = ()
    improving: bool = False
    """Whether a better one is being written, which takes its place."""
