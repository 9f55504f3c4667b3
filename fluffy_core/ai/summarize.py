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
    """
    candidates = _candidates(thread)
    likeness = _likeness([each.sentence.text for each in candidates], embed)
    nearest = [0.0] * len(candidates)
    left = list(range(len(candidates)))
    while left:
        best = max(left, key=lambda at: candidates[at].merit - max(0.0, nearest[at] - _ALIKE))
        left.remove(best)
        yield candidates[best]
        for at in left:
            nearest[at] = max(nearest[at], likeness(best, at))


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


def _likeness(texts: Sequence[str], embed: Embed | None) -> Callable[[int, int], float]:
    """How alike two texts are, 0 to 1: by shared words, and by meaning where there are vectors."""
    bags = [frozenset(_WORD.findall(text.lower())) for text in texts]

    def overlap(one: int, other: int) -> float:
        return len(bags[one] & bags[other]) / max(1, min(len(bags[one]), len(bags[other])))

    if embed is None or not texts:
        return overlap
    vectors = embed(texts)
    cosines = (vectors @ vectors.T).tolist()
    return lambda one, other: (overlap(one, other) + max(0.0, cosines[one][other])) / 2
