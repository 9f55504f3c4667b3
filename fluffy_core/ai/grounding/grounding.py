"""Whether what a text claims is written in its sources: what no source holds is not shown."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fluffy_core.ai.grounding.claims import Claim, ClaimKind, claims, is_negated, words
from fluffy_core.ai.sentences import sentences

_ENOUGH = 0.6
"""Share of a sentence's telling words that one passage of a source must hold (weighed by letters)."""
_STEM = 6
"""Words alike in their first letters are forms of one word."""
_SHORTEST = 4
"""Shorter words tell little about what a sentence says."""
_DIGITS = re.compile(r"\d+")
_PHONE_END = 9
_TOKEN_EDGE = r"(?<![\w@.-]){}(?![\w@-]|\.\w)"


@dataclass(frozen=True, slots=True)
class Support:
    """Where a sentence comes from: the source's index, the words, and how much they hold (0 to 1)."""

    source: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class _Passage:
    """A sentence of a source, with the one after it: what people put into two sentences is told in one."""

    source: int
    quote: str
    stems: frozenset[str]
    negated: bool


class Grounds:
    """Texts that others are held against. Made once for all sentences of an answer."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._lower = "\n".join(sources).casefold()
        self._words = set(words(self._lower)) | {
            part for each in words(self._lower) for part in each.split("-")
        }
        self._keys: defaultdict[ClaimKind, set[str]] = defaultdict(set)
        for source in sources:
            for claim in claims(source):
                self._keys[claim.kind] |= claim.keys
        self._dates = [tuple(key.split(" ")) for key in self._keys[ClaimKind.DATE] if key.count(" ") == 2]  # noqa: PLR2004
        self._figures = {
            f"{float(each):.10g}" for each in _DIGITS.findall(self._lower) if len(each) <= _SHORT_FIGURE
        }
        self._digits = "\n".join(
            "".join(filter(str.isdigit, line)) for line in self._lower.split("\n") if line
        )
        self._passages = [each for number, source in enumerate(sources) for each in _passages(number, source)]
        self._where: defaultdict[str, list[int]] = defaultdict(list)
        for place, passage in enumerate(self._passages):
            for stem in passage.stems:
                self._where[stem].append(place)

    def unsupported(self, text: str) -> tuple[Claim, ...]:
        """The facts that `text` states and no source does: names, numbers, dates, amounts, addresses, links.

        The same fact in another spelling is supported ("$1,200" by "1200 USD", "3 March" by "3/3/2025"),
        more than the source says is not ("3 March 2025" by "3 March").
        """
        return tuple(each for each in claims(text) if not self._holds(each))

    def support(self, sentence: str) -> Support | None:
        """The passage that says what a sentence says; None where there is none.

        All its facts must be in the sources, most of its telling words in one passage of one of them, and
        both or neither must be negated.
        """
        if self.unsupported(sentence):
            return None
        wanted = _stems(sentence)
        if not wanted:
            return None
        hits: Counter[int] = Counter()
        for stem in wanted:
            for place in self._where.get(stem, ()):
                hits[place] += len(stem)
        negated = is_negated(sentence)
        whole = sum(map(len, wanted))
        for place, weight in hits.most_common(_LOOKED_AT):
            passage = self._passages[place]
            if weight / whole < _ENOUGH:
                return None
            if passage.negated == negated:
                return Support(passage.source, passage.quote, weight / whole)
        return None

    def _holds(self, claim: Claim) -> bool:
        known = self._keys[claim.kind]
        if not claim.keys.isdisjoint(known):
            return True
        match claim.kind:
            case ClaimKind.NAME:
                return not claim.keys.isdisjoint(self._words) or all(
                    part in self._words for key in claim.keys for part in re.split(r"[-'’]", key) if part
                )
            case ClaimKind.NUMBER:
                return not claim.keys.isdisjoint(self._figures)
            case ClaimKind.DATE:
                return any(self._agrees(key) for key in claim.keys)
            case ClaimKind.LINK | ClaimKind.ADDRESS:
                return any(re.search(_TOKEN_EDGE.format(re.escape(key)), self._lower) for key in claim.keys)
            case ClaimKind.PHONE | ClaimKind.ACCOUNT:
                return any(
                    key.isdigit() and len(key) >= _PHONE_END - 2 and key in self._digits for key in claim.keys
                )
            case _:
                return False

    def _agrees(self, key: str) -> bool:
        """Whether a source tells every part of a date that the key "year month day" tells."""
        parts = key.split(" ")
        if len(parts) != 3:  # noqa: PLR2004 - a day of the week
            return key in self._words
        return any(
            all(not told or told == there for told, there in zip(parts, date, strict=True))
            for date in self._dates
        )


_SHORT_FIGURE = 18
_LOOKED_AT = 40


def _passages(number: int, source: str) -> list[_Passage]:
    found = sentences.split(source)
    stems = [_stems(each.text) for each in found]
    negated = [is_negated(each.text) for each in found]
    made = [_Passage(number, one.text, stems[at], negated[at]) for at, one in enumerate(found)]
    made += [
        _Passage(
            number, f"{one.text} {other.text}", stems[at] | stems[at + 1], negated[at] or negated[at + 1]
        )
        for at, (one, other) in enumerate(pairwise(found))
    ]
    return made


def _stems(text: str) -> frozenset[str]:
    return frozenset(each[:_STEM] for each in words(text) if len(each) >= _SHORTEST)
