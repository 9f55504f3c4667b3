"""Summarize a thread in a few of its own sentences, chosen by place, speech act and novelty."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluffy_core.ai import owed, sentences, speech_acts
from fluffy_core.ai.sentences import SentenceKind
from fluffy_core.domain.intelligence import SpeechAct, Summary, SummaryPoint, ThreadMessage
from fluffy_core.domain.message import BulkKind

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray"]
"""Unit vectors, one row for each text."""

MAX_SENTENCES = 400
"""Of a longer thread the opening mail and the newest sentences are weighed."""
_MIN_WORDS = 3
_WORD = re.compile(r"\w{3,}")
_ACT_WEIGHT = {
    SpeechAct.REQUEST: 0.5,
    SpeechAct.QUESTION: 0.5,
    SpeechAct.DECISION: 0.8,
    SpeechAct.COMMITMENT: 0.5,
    SpeechAct.PROPOSAL: 0.5,
    SpeechAct.MEETING: 0.5,
    SpeechAct.ANSWER: 0.2,
    SpeechAct.COURTESY: -2.0,
    SpeechAct.STATEMENT: 0.0,
}
_REDUNDANCY = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may stand in a summary, with its place in the thread and its merit."""

    text: str
    message: int
    place: int
    merit: float


def fast(
    messages: Sequence[ThreadMessage],
    embed: Embed | None = None,
    *,
    max_points: int = 5,
    max_words: int = 120,
) -> Summary:
    """The summary of a thread without a language model; its points in the order they were written.

    At most `max_points` sentences and about `max_words` words. Without `embed` two sentences count as
    alike by the words they share.
    """
    thread = sorted(messages, key=lambda each: each.date)
    chosen: list[Candidate] = []
    words = 0
    for each in rank(thread, embed):
        length = len(each.text.split())
        if chosen and words + length > max_words:
            continue
        chosen.append(each)
        words += length
        if len(chosen) >= max_points:
            break
    chosen.sort(key=lambda each: (each.message, each.place))
    points = tuple(SummaryPoint(each.text, thread[each.message].id) for each in chosen)
    return Summary(points, owed.find(thread), "fast embeddings" if embed else "fast rules")


def rank(thread: Sequence[ThreadMessage], embed: Embed | None = None) -> list[Candidate]:
    """Every candidate sentence of a thread (oldest message first), in the order it would be chosen.

    Maximal marginal relevance (Carbonell and Goldstein, 1998): merit less likeness to what is chosen.
    """
    candidates = _candidates(thread)
    if not candidates:
        return []
    alike = _likeness(candidates, embed)
    left = set(range(len(candidates)))
    nearest = [0.0] * len(candidates)
    order: list[Candidate] = []
    while left:
        best = max(left, key=lambda i: (candidates[i].merit - _REDUNDANCY * nearest[i], -i))
        left.remove(best)
        order.append(candidates[best])
        for i in left:
            nearest[i] = max(nearest[i], alike(best, i))
    return order


def _candidates(thread: Sequence[ThreadMessage]) -> list[Candidate]:
    found: list[Candidate] = []
    for index, message in enumerate(thread):
        if message.bulk in {BulkKind.AUTO_REPLY, BulkKind.AUTO_GENERATED}:
            continue
        told = [each for each in sentences.split(message.body) if each.kind is SentenceKind.TEXT]
        told = [each for each in told if len(each.text.split()) >= _MIN_WORDS]
        for place, each in enumerate(told):
            found.append(Candidate(each.text, index, place, _merit(each.text, index, place)))
    if len(found) <= MAX_SENTENCES:
        return found
    return found[:20] + found[-(MAX_SENTENCES - 20) :]


def _merit(text: str, message: int, place: int) -> float:
    merit = _ACT_WEIGHT[speech_acts.speech_act(text)]
    merit += 1.5 / (1 + place) + (0.5 / (1 + place) if message == 0 else 0)
    return merit + 0.3 * min(len(text.split()), 20) / 20


def _likeness(candidates: Sequence[Candidate], embed: Embed | None) -> Callable[[int, int], float]:
    """How alike two candidates are, 0 to 1."""
    if embed is not None:
        vectors = embed([each.text for each in candidates])
        table = vectors @ vectors.T
        return lambda a, b: max(0.0, float(table[a, b]))
    bags = [frozenset(word.lower() for word in _WORD.findall(each.text)) for each in candidates]

    def overlap(a: int, b: int) -> float:
        both = len(bags[a] & bags[b])
        return both / max(1, min(len(bags[a]), len(bags[b])))

    return overlap
