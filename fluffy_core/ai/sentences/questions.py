"""What a question asks for: its kind, what it is about, and whether a sentence tells such a thing."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from fluffy_core.ai.grounding.claims import ClaimKind, claims
from fluffy_core.config import resources_folder

LONGEST = 400
"""Characters of a question that are read."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STEM, _LEAST = 6, 3
"""Letters of a stem, at most and where an ending is taken off."""
_ENDINGS = ("ing", "ed", "es", "en", "er", "et", "s", "e", "n", "t")
"""Of English verbs and nouns, and what other languages have in common with them."""
_I = frozenset(
    {"i", "we", "ich", "wir", "je", "nous", "yo", "nosotros", "io", "noi", "eu", "nós", "ik", "wij"}
)


class Asked(StrEnum):
    """What an answer must hold."""

    WHEN = "when"
    COST = "cost"
    COUNT = "count"
    CONTACT = "contact"
    IDENTITY = "identity"
    WHO = "who"
    WHERE = "where"
    WHICH = "which"
    OTHER = "other"


_HOLDS = {
    Asked.WHEN: {ClaimKind.DATE, ClaimKind.TIME},
    Asked.COST: {ClaimKind.AMOUNT},
    Asked.COUNT: {ClaimKind.AMOUNT, ClaimKind.NUMBER},
    Asked.CONTACT: {
        ClaimKind.PHONE,
        ClaimKind.ADDRESS,
        ClaimKind.LINK,
        ClaimKind.ACCOUNT,
        ClaimKind.NUMBER,
        ClaimKind.NAME,
    },
    Asked.IDENTITY: {ClaimKind.NAME},
    Asked.WHO: {ClaimKind.NAME},
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read; `words` say what it is about."""

    text: str
    asked: Asked
    words: tuple[str, ...]
    names: frozenset[str]
    """Stems of its proper names and figures: they should stand where the answer does."""
    counted: str = ""
    """The stem of what is counted, or of which one is to be told."""
    rarity: Mapping[str, float] = field(default_factory=dict)
    """How much each stem tells in this mailbox; 1 where that is not known."""

    @property
    def stems(self) -> frozenset[str]:
        """The words without their endings."""
        return frozenset(map(stem, self.words))

    def share(self, there: frozenset[str]) -> float:
        """How much of what the words tell stands there, 0 to 1."""
        weights = {one: self.rarity.get(one, 1.0) for one in self.stems}
        total = sum(weights.values())
        return sum(weights[one] for one in self.stems & there) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Known:
    asks: dict[Asked, re.Pattern[str]]
    moments: frozenset[str]
    plain: frozenset[str]


def read(text: str) -> Question:
    """A question in any of the languages known; what is not understood is of kind OTHER."""
    text = " ".join(text[:LONGEST].split())
    known = _known()
    there = {kind: found for kind, pattern in known.asks.items() if (found := pattern.search(text))}
    asked = min(there, key=lambda kind: there[kind].start()) if there else Asked.OTHER
    words = tuple(dict.fromkeys(_telling(text)))
    names = {stem(part) for one in claims(text) for key in one.keys for part in all_words(key)}
    of_kind = asked in (Asked.COUNT, Asked.WHICH)
    counted = _telling(text[there[asked].end() :])[:1] if of_kind else []
    return Question(
        text, asked, words, frozenset(names & set(map(stem, words))), stem(counted[0]) if counted else ""
    )


def _telling(text: str) -> list[str]:
    """The words of a text that say what it is about."""
    return [word for word in all_words(text) if word not in _known().plain]


def all_words(text: str) -> list[str]:
    """The words of a text in lower case, possessive endings left out; those with a hyphen also in parts."""
    found = []
    for each in _WORD.findall(text.casefold().replace("’", "'")):
        word = each.removesuffix("'s")
        found += [word, *(part for part in re.split("['-]", word) if part != word and len(part) > 1)]
    return found


def stem(word: str) -> str:
    """What forms of a word have in common: without up to two of the usual endings, its first letters."""
    for _ in range(2):
        ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) - len(one) >= _LEAST), "")
        word = word.removesuffix(ending)
    return word[:_STEM]


def tells(asked: Asked, sentence: str, question: Question) -> bool | None:
    """Whether a sentence holds what was asked for beyond what the question says; None where any may do."""
    if asked not in _HOLDS:
        return None
    there = {key for one in claims(sentence) if one.kind in _HOLDS[asked] for key in one.keys}
    words = set(all_words(sentence))
    if asked is Asked.WHEN and not words.isdisjoint(_known().moments):
        return True
    if asked is Asked.WHO and not words.isdisjoint(_I):
        return True
    return any(stem(part) not in question.stems for key in there for part in all_words(key))


@cache
def _known() -> _Known:
    told = tomllib.loads((resources_folder() / "ai" / "questions.toml").read_text(encoding="utf-8"))
    asks = {
        Asked(kind): re.compile(rf"(?<!\w)(?:{wording.replace(chr(10), '')})(?!\w)", re.IGNORECASE)
        for kind, wording in told["asks"].items()
    }
    return _Known(
        asks, frozenset(told["moments"]["words"].split()), frozenset(told["plain"]["words"].split())
    )
