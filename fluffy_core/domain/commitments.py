"""Who owes what to whom by when, as it was asked for or promised in mail."""

from dataclasses import dataclass, replace
from enum import StrEnum

from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.message import Address


class Debtor(StrEnum):
    """The side that owes."""

    ME = "me"
    THEM = "them"


class CommitmentKind(StrEnum):
    """How it came about: the debtor promised it, or the creditor asked for it."""

    PROMISED = "promised"
    ASKED = "asked"


class CommitmentState(StrEnum):
    """What became of it; `OVERDUE` is open with its day passed, `DISMISSED` denied, or its mail deleted."""

    OPEN = "open"
    OVERDUE = "overdue"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


class Ruling(StrEnum):
    """What the user said about a commitment."""

    NONE = ""
    DONE = "done"
    WRONG = "wrong"
    NOT_MINE = "not mine"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One thing owed between me and `person`, the other side.

    `quote` is a sentence of the message that made it, whitespace as single spaces; `due` an ISO date or "".
    `evidence` is what fulfilled or withdrew it: a sentence of the message `settled_by`, or a file's name.
    """

    message_id: MessageId
    debtor: Debtor
    kind: CommitmentKind
    person: Address
    quote: str
    due: str
    made_at: int
    state: CommitmentState = CommitmentState.OPEN
    settled_by: MessageId | None = None
    evidence: str = ""

    def settled(self, state: CommitmentState, by: MessageId, evidence: str) -> "Commitment":
        """The same, fulfilled or withdrawn by a message."""
        return replace(self, state=state, settled_by=by, evidence=evidence)


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """A commitment as front ends list it; `contact_id` is None where the other side is no contact."""

    id: int
    thread_id: ThreadId
    subject: str
    contact_id: ContactId | None
    commitment: Commitment
    ruling: Ruling = Ruling.NONE
    gone: bool = False
    """Its message was deleted on the server."""
