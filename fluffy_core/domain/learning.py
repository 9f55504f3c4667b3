"""What the user said about conversations, and the rules that follow from it."""

from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import MessageId, ThreadId

IMPORTANCE = "importance"
"""The question that `important`, `fyi` and `bulk` answer."""
REPLY = "reply"
"""The question whether a conversation needs a reply: YES or NO."""
YES, NO = "yes", "no"


def tag_question(tag_id: int) -> str:
    """The question whether a conversation belongs to a tag: YES or NO."""
    return f"tag:{tag_id}"


def tag_of(question: str) -> int | None:
    """The tag that a question is about; None for the other questions."""
    kind, _, number = question.partition(":")
    return int(number) if kind == "tag" and number.isdigit() else None


class Scope(StrEnum):
    """How far a correction reaches; the first are more specific and win."""

    THREAD = "thread"
    SENDER = "sender"
    LIST = "list"
    DOMAIN = "domain"
    TOPIC = "topic"
    """Mail like this: what it has in common with the other examples is found out."""


SPECIFIC = {scope: at for at, scope in enumerate(Scope)}
"""0 for the most specific scope."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What messages can have in common.

    `value` is a thread's number, an address, a List-Id, a domain, or (TOPIC) words of the subject in a row.
    """

    scope: Scope
    value: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The user's word on one conversation, by which others are judged.

    `message_id` is the message that stands for it, None when it is gone; `until` the date of the newest
    message then. `traits` are those of that message, each with the share of all mail that had it; `beside`
    those that only other messages of the conversation had.
    """

    id: int
    question: str
    answer: str
    scope: Scope
    thread_id: ThreadId
    message_id: MessageId | None
    until: int
    traits: tuple[tuple[Trait, float], ...]
    beside: tuple[tuple[Trait, float], ...] = ()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What some corrections say together: mail with this trait has this answer.

    Each correction belongs to one rule. `explicit`: the user chose the trait, it was not found out.
    `only_from`: the sender whose mail alone it is about, "" for anybody's. Without corrections it is a tag
    that was found in the mailbox.
    """

    question: str
    answer: str
    trait: Trait
    corrections: tuple[int, ...] = ()
    explicit: bool = False
    paused: bool = False
    only_from: str = ""

    @property
    def traits(self) -> tuple[Trait, ...]:
        """What mail has to have for it."""
        return (self.trait, Trait(Scope.SENDER, self.only_from)) if self.only_from else (self.trait,)

    @property
    def id(self) -> int:
        """The oldest correction, which is in no other rule."""
        return min(self.corrections, default=0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question about one message, and why; `by_user`: said of this very conversation."""

    question: str
    answer: str
    reason: str
    by_user: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message as rules see it. `acquainted`: written by somebody whom I write to; `personal`: and to me.

    `strange`: its sender may not be who they claim to be. `answered`: I wrote in the thread later.
    """

    id: MessageId
    thread_id: ThreadId
    date: int
    traits: frozenset[Trait]
    acquainted: bool = False
    personal: bool = False
    strange: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A category of the user's own, or a project or topic found in the mailbox (then `found_by` is set)."""

    id: int
    name: str
    found_by: Trait | None = None
    threads: int = 0
