"""Summarize a thread in a few of its own sentences, chosen by place, speech act and novelty."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluffy_core.ai import asks, owed, speech_acts
from fluffy_core.ai.sentences import Sentence
from fluffy_core.domain.intelligence import SpeechAct, Summary, SummaryPoint, ThreadMessage
from fluffy_core.domain.message import BulkKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""Unit vectors, one row for each text: `Embedder.encode`."""

MAX_CANDIDATES = 300
"""Of a longer thread the opening and the newest sentences are weighed."""
_OPENING = 20
_MIN_WORDS = 4
_WORD = re.compile(r"\w{3,}")

# The few parameters, set on the 19 annotated threads of benchmarks/eval_summaries.py; each may be halved or
# doubled without falling below the baseline there.
_OPENING_MAIL = 2.0
_NEWEST_MAIL = 0.2
_ACTS = 0.4
_LINK = 0.2
_ALIKE = 0.5
"""Sentences more alike than this say the same twice; the excess is taken off."""
_PORTION = 16
"""Sentences that are embedded together."""
_TELLING = frozenset(SpeechAct) - {SpeechAct.STATEMENT, SpeechAct.COURTESY}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may stand in a summary: of which message of the thread, and its merit."""

    sentence: Sentence
    message: int
    merit: float


def fast(
    messages: Sequence[ThreadMessage],
    embed: Embed | None = None,
    *,
    max_points: int = 5,
    max_words: int = 120,
) -> Summary:
    """The summary of a thread without a language model; its points in the order they were written.

    At most `max_points` sentences of together about `max_words` words, each word for word from its
    message with runs of whitespace as one space. Without `embed` sentences are alike by their words.
    """
    thread = sorted(messages, key=lambda each: each.date)
    chosen: list[Candidate] = []
    words = 0
    for each in rank(thread, embed):
        length = len(each.sentence.text.split())
        if not chosen or words + length <= max_words:
            chosen.append(each)
            words += length
        if len(chosen) >= max_points or words >= max_words:
            break
    chosen.sort(key=lambda each: (each.message, each.sentence.start))
    points = tuple(SummaryPoint(each.sentence.text, thread[each.message].id) for each in chosen)
    return Summary(points, owed.find(thread), "fast embeddings" if embed else "fast rules")


def rank(thread: Sequence[ThreadMessage], embed: Embed | None = None) -> Iterator[Candidate]:
    """Every candidate sentence of a thread (oldest message first), in the order it would be chosen.

    Maximal marginal relevance (Carbonell and Goldstein, 1998): merit less likeness to what is chosen.
    Likeness only ever takes off, so that sentences of less merit than the best found are not compared.
    """
    candidates = _candidates(thread)
    left = sorted(range(len(candidates)), key=lambda at: -candidates[at].merit)
    likeness = _Likeness([each.sentence.text for each in candidates], left, embed)
    chosen: list[int] = []
    while left:
        best, most = -1, float("-inf")
        for at in left:
            merit = candidates[at].merit
            if merit < most:
                break
            value = merit - max(0.0, likeness.nearest(at, chosen) - _ALIKE)
            if value > most or (value == most and at < best):
                best, most = at, value
        left.remove(best)
        chosen.append(best)
        yield candidates[best]


def _candidates(thread: Sequence[ThreadMessage]) -> list[Candidate]:
    found: list[Candidate] = []
    for index, message in enumerate(thread):
        if message.bulk in {BulkKind.AUTO_REPLY, BulkKind.AUTO_GENERATED}:
            continue
        place = 0
        for each in asks.told(message.body):
            act = speech_acts.speech_act(each.text)
            if act is SpeechAct.COURTESY or each.text[-1] == ":" or len(each.text.split()) < _MIN_WORDS:
                continue
            merit = _merit(each.text, act, place=place)
            merit += (_OPENING_MAIL * (index == 0) + _NEWEST_MAIL * (index == len(thread) - 1)) / (1 + place)
            found.append(Candidate(each, index, merit))
            place += 1
    return found if len(found) <= MAX_CANDIDATES else found[:_OPENING] + found[_OPENING - MAX_CANDIDATES :]


def _merit(text: str, act: SpeechAct, *, place: int) -> float:
    """The earlier in its mail the better; a later sentence must ask, promise, decide or answer to count."""
    merit = 1 / (1 + place) - _LINK * ("http" in text or "www." in text)
    return merit + _ACTS * (place > 0 and act in _TELLING)


class _Likeness:
    """How alike texts are, 0 to 1: by shared words, and by meaning where there are vectors.

    Vectors are dear: they are made as they are asked for, in portions that follow `order`.
    """

    def __init__(self, texts: Sequence[str], order: Sequence[int], embed: Embed | None) -> None:
        self._texts = texts
        self._bags = [frozenset(_WORD.findall(text.lower())) for text in texts]
        self._embed = embed
        self._to_embed = list(order)
        self._vectors: dict[int, NDArray[np.float32]] = {}
        self._nearest = [(0, 0.0)] * len(texts)

    def nearest(self, at: int, chosen: Sequence[int]) -> float:
        """The likeness to that of the chosen texts which is most alike; `chosen` only ever grows."""
        seen, nearest = self._nearest[at]
        for other in chosen[seen:]:
            nearest = max(nearest, self._of(other, at))
        self._nearest[at] = len(chosen), nearest
        return nearest

    def _of(self, one: int, other: int) -> float:
        first, second = self._bags[one], self._bags[other]
        overlap = len(first & second) / max(1, min(len(first), len(second)))
        if self._embed is None:
            return overlap
        return (overlap + max(0.0, float(self._vector(one) @ self._vector(other)))) / 2

    def _vector(self, at: int) -> "NDArray[np.float32]":
        while at not in self._vectors and self._embed is not None:
            portion, self._to_embed = self._to_embed[:_PORTION], self._to_embed[_PORTION:]
            made = self._embed([self._texts[one] for one in portion])
            self._vectors.update(zip(portion, made, strict=True))
        return self._vectors[at]
