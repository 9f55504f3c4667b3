"""What the machine concluded, each conclusion with the words it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.message import Address


@dataclass(frozen=True, slots=True)
class Evidence:
    """The source of a machine-filled field: a message and the exact words quoted from its text."""

    message_id: MessageId
    quote: str
    engine: str
    confidence: float
    """0 to 1."""


class SpeechAct(StrEnum):
    """What a sentence does, in the sense of speech act theory."""

    REQUEST = "request"
    QUESTION = "question"
    COMMITMENT = "commitment"
    PROPOSAL = "proposal"
    MEETING = "meeting"
    DECISION = "decision"
    ANSWER = "answer"
    COURTESY = "courtesy"
    STATEMENT = "statement"


class Importance(StrEnum):
    """Where a message belongs."""

    IMPORTANT = "important"
    FYI = "fyi"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Category:
    """How one message was sorted. `priority` 0 (none) to 3 (urgent); `reason` is a sentence for the user.

    `ask` is the quoted sentence that wants an answer, "" when there is none.
    """

    importance: Importance
    requires_response: bool
    priority: int
    reason: str
    ask: str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class SummaryPoint:
    """One sentence of a summary; `quote` is the words it rests on, "" when they are `text` itself."""

    text: str
    message_id: MessageId
    quote: str = ""

    @property
    def evidence(self) -> str:
        """The words of the message."""
        return self.quote or self.text


class Sentiment(StrEnum):
    """How the others write; neutral unless it is plain."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Urgency(StrEnum):
    """How soon a thread wants something."""

    NORMAL = "normal"
    SOON = "soon"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Tone:
    """Sentiment and urgency of a thread, each with the sentence that shows it unless there is none."""

    sentiment: Sentiment = Sentiment.NEUTRAL
    sentiment_shown: SummaryPoint | None = None
    urgency: Urgency = Urgency.NORMAL
    urgency_shown: SummaryPoint | None = None


FAST = "fast"
ACCURATE = "accurate"


@dataclass(frozen=True, slots=True)
class Summary:
    """A thread in few sentences, the newest mail included; `engine` is "fast" or "accurate MODEL".

    `gist` tells the whole in one or two sentences of a language model, each grounded; empty without one.
    """

    points: tuple[SummaryPoint, ...]
    engine: str
    gist: tuple[SummaryPoint, ...] = ()
    decisions: tuple[SummaryPoint, ...] = ()
    tone: Tone = Tone()


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message as the skills see it: only the new text, no quotes, no signature."""

    id: MessageId
    date: int
    from_name: str
    from_email: str
    from_me: bool
    to_me: bool
    subject: str
    body: str
    bulk: str = ""
    language: str = ""
    to: tuple[Address, ...] = ()
    """The addressees (To) but me."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Mail of mine that asked for something and got no answer. `waiting_days` counts since it was sent."""

    message_id: MessageId
    ask: str
    waiting_days: int
    reason: str


class Conclusion(StrEnum):
    """What the machine thinks of a thread as a whole."""

    NEEDS_REPLY = "needs-reply"
    WAITING = "waiting"
    IMPORTANT = "important"
    FYI = "fyi"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Decision:
    """A conclusion about a thread, why, and where that is written.

    `quote` is "" where no single sentence is the reason; `by_user` when the user said so.
    """

    conclusion: Conclusion
    reason: str
    message_id: MessageId
    quote: str = ""
    by_user: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a message that answer, or come closest; `likely` is 0 to 1."""

    message_id: MessageId
    thread_id: ThreadId
    sender: str
    date: int
    subject: str
    quote: str
    likely: float


@dataclass(frozen=True, slots=True)
class Answer:
    """`citations` answer the question; where there are none it is not in the mail; `closest` come nearest.

    `text` is a language model's wording of the citations, every sentence of which they hold, or "".
    """

    question: str
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    notes: tuple[str, ...] = ()
    text: str = ""
    engine: str = "fast"

    @property
    def found(self) -> bool:
        """Whether the mail answers."""
        return bool(self.citations)
