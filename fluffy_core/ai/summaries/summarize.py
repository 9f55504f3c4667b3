"""Summarize a thread in a few of its own sentences: those that tell most and do not say the same twice."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from fluffy_core.ai.sentences import tone
from fluffy_core.ai.summaries import salience
from fluffy_core.ai.summaries.salience import Candidate
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import FAST, SpeechAct, Summary, SummaryPoint, ThreadMessage

MAX_DECISIONS = 3
_ALIKE = 0.5
"""Sentences that share more of their words than this say the same twice; the excess is taken off."""
_REPEATED = 1.5
"""How much of a sentence's merit the excess takes."""

Rejected = Collection[tuple[MessageId, str]]
"""Sentences (message, words) of which the user said that they are wrong here."""


def fast(
    messages: Sequence[ThreadMessage],
    *,
    max_points: int = 5,
    max_words: int = 120,
    rejected: Rejected = (),
) -> Summary:
    """The summary of a thread without a language model; its points in the order they were written.

    At most `max_points` sentences of together about `max_words` words, each word for word from its
    message with runs of whitespace as one space; one of the newest mail that says something is among them.
    """
    thread = sorted(messages, key=lambda each: each.date)
    found = [
        each
        for each in salience.candidates(thread)
        if (thread[each.message].id, each.sentence.text) not in rejected
    ]
    chosen = _choose(list(ordered(found)), max_points=max_points, max_words=max_words)
    decided = [each for each in found if each.act is SpeechAct.DECISION][-MAX_DECISIONS:]
    return Summary(
        points=_points(thread, chosen),
        engine=FAST,
        decisions=_points(thread, decided),
        tone=tone.of(thread),
    )


def rank(
    thread: Sequence[ThreadMessage], weights: Mapping[str, float] = salience.WEIGHTS
) -> Iterator[Candidate]:
    """Every candidate sentence of a thread (oldest message first), in the order it would be chosen."""
    return ordered(salience.candidates(thread, weights))


def ordered(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """By merit less likeness to what is chosen (maximal marginal relevance, Carbonell and Goldstein 1998).

    Likeness only ever takes off, so that sentences of less merit than the best found are not compared.
    """
    left = sorted(range(len(candidates)), key=lambda at: -candidates[at].merit)
    nearest = [(0, 0.0)] * len(candidates)
    chosen: list[int] = []
    while left:
        best, most = -1, float("-inf")
        for at in left:
            merit = candidates[at].merit
            if merit < most:
                break
            seen, near = nearest[at]
            near = max([near, *(_overlap(candidates[at], candidates[one]) for one in chosen[seen:])])
            nearest[at] = len(chosen), near
            value = merit - _REPEATED * max(0.0, near - _ALIKE)
            if value > most or (value == most and at < best):
                best, most = at, value
        left.remove(best)
        chosen.append(best)
        yield candidates[best]


def _overlap(one: Candidate, other: Candidate) -> float:
    """The share of the shorter one's words that both have."""
    return len(one.words & other.words) / max(1, min(len(one.words), len(other.words)))


def _choose(ranked: Sequence[Candidate], *, max_points: int, max_words: int) -> list[Candidate]:
    """As many of the best as there is room for, and always one of the newest mail."""
    chosen: list[Candidate] = []
    words = 0
    for each in ranked:
        length = len(each.sentence.text.split())
        if not chosen or words + length <= max_words:
            chosen.append(each)
            words += length
        if len(chosen) >= max_points or words >= max_words:
            break
    newest = max((each.message for each in ranked), default=0)
    if chosen and all(each.message != newest for each in chosen):
        best = next(each for each in ranked if each.message == newest)
        chosen[max(1, len(chosen) - 1) if max_points > 1 else 0 :] = [best]
    return chosen


def _points(thread: Sequence[ThreadMessage], chosen: Sequence[Candidate]) -> tuple[SummaryPoint, ...]:
    told = sorted(chosen, key=lambda each: (each.message, each.sentence.start))
    return tuple(SummaryPoint(each.sentence.text, thread[each.message].id) for each in told)
