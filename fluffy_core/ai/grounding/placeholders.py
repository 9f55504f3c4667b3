"""Facts that nothing supports, replaced by what the user is to fill in: "[date]", "[price]"."""

import re
from collections.abc import Sequence

from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.grounding.claims import Claim, ClaimKind
from fluffy_core.ai.grounding.grounding import Grounds

_NAMES = {
    ClaimKind.LINK: "link",
    ClaimKind.ADDRESS: "address",
    ClaimKind.PHONE: "phone",
    ClaimKind.ACCOUNT: "account",
    ClaimKind.AMOUNT: "price",
    ClaimKind.DATE: "date",
    ClaimKind.TIME: "time",
    ClaimKind.NUMBER: "number",
    ClaimKind.NAME: "name",
}
_MARK = re.compile(r"\[[^\[\]\n]{1,80}\]")


def found(text: str) -> tuple[str, ...]:
    """What is left for the user to fill in, in order, each as often as it stands there.

    Quoted lines are somebody else's.
    """
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    return tuple(_MARK.findall(own))


def bare(text: str) -> str:
    """The text without its placeholders."""
    return _MARK.sub("", text)


class Facts:
    """What a draft may state: the facts of its sources."""

    def __init__(self, sources: Sequence[str], words: Vocabulary) -> None:
        self.grounds = Grounds([*sources, words.common, *words.lines.values()])
        self._words = words
        self._said = "\n".join(sources).casefold()

    def filled(self, sentence: str) -> tuple[str, int]:
        """The sentence with a placeholder for each fact that no source holds, and how many there are."""
        facts = [*self._unsaid_days(sentence), *_spans(self.grounds.unsupported(sentence))]
        text, count, before = sentence, 0, len(sentence) + 1
        for start, end, name in sorted(facts, reverse=True):
            if end > before or _inside_mark(sentence, start):
                continue
            text = f"{text[:start]}{self._words.placeholders[name]}{text[end:]}"
            count, before = count + 1, start
        return text, count

    def _unsaid_days(self, sentence: str) -> list[tuple[int, int, str]]:
        """Days told from today ("tomorrow", "next week") that no source names."""
        return [
            (match.start(), match.end(), "date")
            for match in self._words.days.finditer(sentence)
            if match[0].casefold() not in self._said
        ]


def _spans(claims: Sequence[Claim]) -> list[tuple[int, int, str]]:
    """(start, end, placeholder) of each; the words of one name are one."""
    spans: list[tuple[int, int, str]] = []
    for claim in claims:
        name = _NAMES[claim.kind]
        if spans and name == "name" == spans[-1][2] and claim.start - spans[-1][1] <= 1:
            spans[-1] = (spans[-1][0], claim.end, name)
        else:
            spans.append((claim.start, claim.end, name))
    return spans


def _inside_mark(sentence: str, at: int) -> bool:
    return any(match.start() <= at < match.end() for match in _MARK.finditer(sentence))
