"""What becomes of a commitment in the mail that follows: delivered, thanked for, answered, taken back."""

import re
from functools import cache, lru_cache

from fluffy_core.ai.commitments.promises import Heard
from fluffy_core.config import resources_folder
from fluffy_core.domain.commitments import Commitment, CommitmentKind, CommitmentState, Debtor

_STEM = 5
"""Words that begin with the same letters, so many of them, are taken for one word."""
_ALIKE = 0.6
"""Two commitments that share this part of the fewer telling words are one."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_SENDS = re.compile(
    r"\b(?:send|forward|mail|e-?mail|fax|attach|share|provide|submit|draft|prepare|get|give|copy|"
    r"schick\w*|send\w*|leite|weiter\w*|nachreich\w*|liefer\w*|gib|gebe\w*)\b",
    re.IGNORECASE,
)


def is_same(one: Commitment, other: Commitment) -> bool:
    """Whether two commitments of one debtor are about the same: most telling words are shared."""
    first, second = stems(one.quote), stems(other.quote)
    fewer = min(len(first), len(second))
    return one.debtor is other.debtor and fewer > 0 and len(first & second) >= _ALIKE * fewer


@lru_cache(maxsize=1024)
def stems(text: str) -> frozenset[str]:
    """The beginnings of the telling words of a text."""
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower())) - _everyday()


@cache
def _everyday() -> frozenset[str]:
    """The beginnings of words that tell nothing about what is owed."""
    path = resources_folder() / "ai" / "everyday.txt"
    return frozenset(word[:_STEM] for word in path.read_text(encoding="utf-8").split())


def after(one: Commitment, heard: Heard, *, alone: bool) -> Commitment:
    """A commitment as it stands after a later message.

    `alone`: nothing else is open that its debtor owes, so that "Here it is." can only mean this.
    """
    if one.state is not CommitmentState.OPEN:
        return one
    step = _by_debtor if writes(one, heard) else _by_creditor
    return step(one, heard, alone=alone)


def writes(one: Commitment, heard: Heard) -> bool:
    """Whether a message is the debtor's; a request of mine may be answered by anybody."""
    if one.debtor is Debtor.ME or heard.message.from_me:
        return heard.message.from_me is (one.debtor is Debtor.ME)
    return one.kind is CommitmentKind.ASKED or heard.message.from_email == one.person.email


def _by_debtor(one: Commitment, heard: Heard, *, alone: bool) -> Commitment:
    about = stems(one.quote)
    number = heard.message.id

    def meant(sentence: str) -> bool:
        return alone or not about.isdisjoint(stems(sentence))

    if words := heard.worded("delivered", meant):
        return one.settled(CommitmentState.FULFILLED, number, words)
    if heard.files and _SENDS.search(one.quote):
        return one.settled(CommitmentState.FULFILLED, number, ", ".join(heard.files)[:200])
    if words := heard.worded("withdrawn", meant):
        return one.settled(CommitmentState.WITHDRAWN, number, words)
    return one


def _by_creditor(one: Commitment, heard: Heard, *, alone: bool) -> Commitment:
    about = stems(one.quote)

    def meant(sentence: str) -> bool:
        return not about.isdisjoint(stems(sentence)) or (alone and len(sentence.split()) <= len(about) + 4)

    if words := heard.worded("received", meant):
        return one.settled(CommitmentState.FULFILLED, heard.message.id, words)
    if words := heard.worded("never_mind", meant):
        return one.settled(CommitmentState.WITHDRAWN, heard.message.id, words)
    return one
