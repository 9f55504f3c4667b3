"""Extracts of annotated threads: sentences in some order, cut to the length of people's summaries, scored."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled import Thread
from benchmarks.rouge import rouge
from fluffy_core.ai.summaries import salience, summarize
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage

Place = tuple[int, int, int]
"""A sentence: index of its mail, start and end in the body."""
Order = Callable[[Thread], Sequence[Place]]
NAMES = ("rouge1", "rouge2", "rougeL", "votes")
_DAY = 86_400
_DAMPING = 0.85
_ROUNDS = 60
_LIKE = 0.1
"""LexRank: sentences of a lower cosine are not neighbours."""


def ours(weights: Mapping[str, float] = salience.WEIGHTS) -> Order:
    """The order in which the fast summary chooses."""

    def order(thread: Thread) -> list[Place]:
        ranked = summarize.rank(messages(thread), weights)
        return [(each.message, each.sentence.start, each.sentence.end) for each in ranked]

    return order


def lead(thread: Thread) -> list[Place]:
    """The first sentences of the thread."""
    return [(index, start, end) for index, mail in enumerate(thread.mails) for start, end, _ in mail.spans]


def firsts(thread: Thread) -> list[Place]:
    """The first sentence of each mail, then the second of each."""
    found = [
        (place, index, start, end)
        for index, mail in enumerate(thread.mails)
        for place, (start, end, _) in enumerate(mail.spans)
    ]
    return [(index, start, end) for _, index, start, end in sorted(found)]


def best(thread: Thread) -> list[Place]:
    """The sentences with the most votes: nobody can know them."""
    votes = _votes(thread)
    return sorted(
        lead(thread), key=lambda place: -sum(votes[name] for name in _corpus_sentences(thread, place))
    )


def textrank(thread: Thread) -> list[Place]:
    """By centrality, sentences tied by the words they share (Mihalcea and Tarau, 2004)."""
    places, bags = _bags(thread)
    tied = np.zeros((len(bags), len(bags)))
    for one, first in enumerate(bags):
        for other, second in enumerate(bags[:one]):
            length = math.log(max(2, len(first))) + math.log(max(2, len(second)))
            tied[one, other] = tied[other, one] = len(first.keys() & second.keys()) / length
    return _by_centrality(places, tied)


def lexrank(thread: Thread) -> list[Place]:
    """By centrality, sentences tied when their TF-IDF cosine is above a threshold (Erkan and Radev, 2004)."""
    places, bags = _bags(thread)
    words = {word: at for at, word in enumerate(sorted({word for bag in bags for word in bag}))}
    table = np.zeros((len(bags), max(1, len(words))))
    for at, bag in enumerate(bags):
        for word, count in bag.items():
            table[at, words[word]] = count
    table *= np.log(max(1, len(bags)) / np.maximum(1, (table > 0).sum(axis=0)))
    table /= np.maximum(1e-9, np.linalg.norm(table, axis=1, keepdims=True))
    return _by_centrality(places, ((table @ table.T) > _LIKE).astype(float))


def _bags(thread: Thread) -> tuple[list[Place], list[Counter[str]]]:
    places = lead(thread)
    texts = [thread.mails[mail].body[start:end].lower() for mail, start, end in places]
    return places, [Counter(re.findall(r"\w{2,}", text)) for text in texts]


def _by_centrality(places: Sequence[Place], tied: NDArray[np.float64]) -> list[Place]:
    """PageRank over the ties."""
    np.fill_diagonal(tied, 0.0)
    shares = tied / np.maximum(1e-9, tied.sum(axis=1, keepdims=True))
    rank = np.full(len(places), 1.0)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) + _DAMPING * (shares.T @ rank)
    return [places[int(at)] for at in np.argsort(-rank, kind="stable")]


def measure(threads: Sequence[Thread], order: Order) -> dict[str, float]:
    """Mean scores of the extracts that an order makes, over threads and annotators."""
    return mean([score(thread, order(thread)) for thread in threads])


def mean(rows: Sequence[Sequence[float]]) -> dict[str, float]:
    """The mean of each score, by its name."""
    return {name: sum(row[at] for row in rows) / max(1, len(rows)) for at, name in enumerate(NAMES)}


def score(
    thread: Thread, order: Sequence[Place], told: Mapping[Place, str] = MappingProxyType({})
) -> tuple[float, ...]:
    """ROUGE-1, -2, -L and votes of the extracts of one thread, the mean over its annotators.

    `told` holds other words for some sentences; they are cut and voted for as they were written.
    """
    votes = _votes(thread)
    rows: list[tuple[float, ...]] = []
    for each in thread.annotations:
        chosen = cut(thread, order, len(each.summary.split()))
        said = " ".join(told.get(place) or _text(thread, place) for place in chosen)
        caught = {name for place in chosen for name in _corpus_sentences(thread, place)}
        most = sum(count for _, count in votes.most_common(len(caught)))
        rows.append((*rouge(said, each.summary), sum(votes[name] for name in caught) / max(1, most)))
    return tuple(sum(row[at] for row in rows) / max(1, len(rows)) for at in range(len(NAMES)))


def people(thread: Thread) -> tuple[float, ...]:
    """One annotator's summary against another's: ROUGE only."""
    pairs = [
        rouge(one.summary, other.summary)
        for one in thread.annotations
        for other in thread.annotations
        if one is not other
    ]
    return tuple(sum(row[at] for row in pairs) / max(1, len(pairs)) for at in range(3))


def cut(thread: Thread, order: Sequence[Place], words: int) -> list[Place]:
    """The head of an order until `words` are reached, as it stands in the thread."""
    chosen: list[Place] = []
    for mail, start, end in order:
        if words <= 0:
            break
        chosen.append((mail, start, end))
        words -= len(thread.mails[mail].body[start:end].split())
    return sorted(chosen)


def _text(thread: Thread, place: Place) -> str:
    mail, start, end = place
    return thread.mails[mail].body[start:end]


def _votes(thread: Thread) -> Counter[str]:
    return Counter(place for each in thread.annotations for place in each.chosen)


def _corpus_sentences(thread: Thread, place: Place) -> list[str]:
    """The sentences of the corpus that share at least half of the shorter one's characters."""
    mail, start, end = place
    return [
        name
        for first, last, name in thread.mails[mail].spans
        if min(end, last) - max(start, first) >= 0.5 * min(last - first, end - start)
    ]


def messages(thread: Thread) -> list[ThreadMessage]:
    """A thread as the skills see it."""
    return [
        ThreadMessage(
            id=MessageId(index),
            date=index * _DAY,
            from_name=mail.sender,
            from_email=mail.sender,
            from_me=False,
            to_me=True,
            subject=mail.subject,
            body=mail.body,
        )
        for index, mail in enumerate(thread.mails)
    ]
