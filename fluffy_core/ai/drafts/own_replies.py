"""My own earlier replies as a pattern: which of them answered something alike, and what of it fits here."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.drafts import style
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.grounding import placeholders
from fluffy_core.ai.grounding.placeholders import Facts
from fluffy_core.ai.sentences import sentences, speech_acts
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import SpeechAct
from fluffy_core.domain.styles import Letter

ALIKE_WORDS, ALIKE_MEANING = 0.2, 0.5
"""How alike two messages must be, by words and by meaning (cosines), for the answer to be a pattern."""
SAME_READER = 0.1
"""What an answer to the same person counts more."""
MOST_WORDS = 60
"""Words of a pattern that are taken over, where nothing tells how long letters to the reader are."""
_WORD = re.compile(r"[^\W\d_]{3,}")
TELLING = 4
"""Letters of the shortest word that says what a sentence is about."""
_USUAL = 3
"""A word in so many of my letters is my language, not a matter."""


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A reply of mine, and the text of what it answered."""

    id: MessageId
    asked: str
    letter: Letter
    same_reader: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """What of an earlier reply fits into a draft."""

    id: MessageId
    sentences: tuple[str, ...]
    quote: str
    """The first of them as it was written."""
    likeness: float
    same_reader: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """What a draft is about: the text that asks, what may be stated, and the words of thread and user."""

    asked: str
    facts: Facts
    words: Vocabulary
    known: frozenset[str]

    def fits(self, sentence: str) -> bool:
        """Whether a sentence is in known words, and answers, is polite, or speaks of what was asked."""
        said = words_of(sentence)
        telling = {word for word in said if len(word) >= TELLING}
        if not said or not telling <= self.known:
            return False
        act = speech_acts.speech_act(sentence)
        return act in (SpeechAct.ANSWER, SpeechAct.COURTESY) or not telling.isdisjoint(words_of(self.asked))


def by_words(asked: str, others: Sequence[str]) -> list[float]:
    """How alike each text is to `asked`: cosine of their words weighed by rarity (tf-idf), 0 to 1."""
    counted = [_counted(one) for one in others]
    mine = _counted(asked)
    seen = Counter(word for words in (*counted, mine) for word in words)
    rarity = {word: math.log(1 + len(counted) / count) for word, count in seen.items()}
    weighed = [{word: n * rarity[word] for word, n in words.items()} for words in (mine, *counted)]
    norms = [math.sqrt(sum(value * value for value in one.values())) for one in weighed]
    return [
        sum(value * weighed[0].get(word, 0.0) for word, value in one.items()) / (norms[0] * norm)
        if norm and norms[0]
        else 0.0
        for one, norm in zip(weighed[1:], norms[1:], strict=True)
    ]


def usual_words(letters: Sequence[Letter]) -> frozenset[str]:
    """The words that I use whatever it is about."""
    seen = Counter(word for one in letters for word in set(_words(one.text)))
    return frozenset(word for word, count in seen.items() if count >= _USUAL)


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(_words(text))


def closest(
    replies: Sequence[OwnReply], likeness: Sequence[float], *, least: float
) -> list[tuple[OwnReply, float]]:
    """Replies whose occasion was at least so alike, the most alike first."""
    scored = [
        (one, min(1.0, score + SAME_READER * one.same_reader))
        for one, score in zip(replies, likeness, strict=True)
        if score >= least
    ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].id))


def fitting(reply: OwnReply, matter: Matter, *, most: int = MOST_WORDS) -> tuple[tuple[str, str], ...]:
    """(as it fits, as written) of the sentences of a reply that may be said in this matter, too.

    Facts become placeholders. What I had done then I may not have done now: such sentences are left out. At
    most `most` words are taken over, but one sentence in any case.
    """
    told = style.body(reply.letter, sentences.split(reply.letter.text), matter.words)
    kept: list[tuple[str, str]] = []
    count = 0
    for each in told:
        count += len(each.text.split())
        if count > most and kept:
            break
        text, marks = matter.facts.filled(each.text)
        if (
            marks <= 1
            and not text.startswith("[")  # it spoke to somebody else
            and each.text[-1] not in ",;"
            and not wordings()["delivered"].matches(each.text)
            and matter.fits(placeholders.bare(text))
        ):
            kept.append((text, each.text))
    return tuple(kept)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _counted(text: str) -> Counter[str]:
    return Counter(_words(text))
