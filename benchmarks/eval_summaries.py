"""Fast summaries against people's: `python -m benchmarks summaries [--data DIR] [--model DIR] [--json]`.

On threads of the BC3 corpus, for each annotator: an extract as long as their summary, its ROUGE-1, -2 and -L
(F1, Lin 2004, no stemming) and the annotators' votes for its sentences, as a share of the most votes that
many sentences can have. Means over annotators and threads.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import labelled
from benchmarks.labelled import Thread
from fluffy_core.ai import asks, summarize
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage

Place = tuple[int, int, int]
"""A sentence: index of its mail, start and end in the body."""
Order = Callable[[Thread], list[Place]]
_DAY = 86_400
_NAMES = ("rouge1", "rouge2", "rougeL", "votes")


def ours(embed: summarize.Embed | None) -> Order:
    """The order in which the fast summary chooses."""

    def order(thread: Thread) -> list[Place]:
        ranked = summarize.rank(_messages(thread), embed)
        return [(each.message, each.sentence.start, each.sentence.end) for each in ranked]

    return order


def firsts(thread: Thread) -> list[Place]:
    """The first sentence of each mail, then the second of each: the baseline to beat."""
    found = [
        (place, index, each)
        for index, mail in enumerate(thread.mails)
        for place, each in enumerate(asks.told(mail.body))
    ]
    found.sort(key=lambda each: each[:2])
    return [(index, each.start, each.end) for _, index, each in found]


def lead(thread: Thread) -> list[Place]:
    """The first sentences of the thread."""
    return sorted(firsts(thread))


def measure(threads: Sequence[Thread], order: Order) -> dict[str, float]:
    """Mean scores of the extracts that an order makes."""
    rows = [row for thread in threads for row in _score(thread, order(thread))]
    return {name: sum(row[at] for row in rows) / len(rows) for at, name in enumerate(_NAMES)}


def _score(thread: Thread, order: Sequence[Place]) -> list[tuple[float, ...]]:
    votes = Counter(place for each in thread.annotations for place in each.chosen)
    rows: list[tuple[float, ...]] = []
    for each in thread.annotations:
        chosen = _cut(thread, order, len(each.summary.split()))
        said = " ".join(thread.mails[mail].body[start:end] for mail, start, end in chosen)
        caught = {name for place in chosen for name in _corpus_sentences(thread, place)}
        most = sum(count for _, count in votes.most_common(len(caught)))
        rows.append((*rouge(said, each.summary), sum(votes[name] for name in caught) / max(1, most)))
    return rows


def _cut(thread: Thread, order: Sequence[Place], words: int) -> list[Place]:
    """The head of an order until `words` are reached, as it stands in the thread."""
    chosen: list[Place] = []
    for mail, start, end in order:
        if words <= 0:
            break
        chosen.append((mail, start, end))
        words -= len(thread.mails[mail].body[start:end].split())
    return sorted(chosen)


def _corpus_sentences(thread: Thread, place: Place) -> list[str]:
    """The sentences of the corpus that share at least half of the shorter one's characters."""
    mail, start, end = place
    return [
        name
        for first, last, name in thread.mails[mail].spans
        if min(end, last) - max(start, first) >= 0.5 * min(last - first, end - start)
    ]


def rouge(said: str, wanted: str) -> tuple[float, float, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L as F1."""
    one, other = _tokens(said), _tokens(wanted)
    grams = [Counter(pairwise(words)) for words in (one, other)]
    both = (Counter(one) & Counter(other)).total()
    pairs = (grams[0] & grams[1]).total()
    return (
        2 * both / max(1, len(one) + len(other)),
        2 * pairs / max(1, grams[0].total() + grams[1].total()),
        2 * _common_subsequence(one, other) / max(1, len(one) + len(other)),
    )


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = row[:]
        for at, each in enumerate(other):
            row[at + 1] = before[at] + 1 if each == word else max(before[at + 1], row[at])
    return row[-1]


def _messages(thread: Thread) -> list[ThreadMessage]:
    return [
        ThreadMessage(
            id=MessageId(index),
            date=index * _DAY,
            from_name=mail.sender,
            from_email="",
            from_me=False,
            to_me=True,
            subject=mail.subject,
            body=mail.body,
        )
        for index, mail in enumerate(thread.mails)
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with corpus.xml and annotation.xml")
    parser.add_argument("--model", type=Path, help="folder of the embedding model")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    threads = labelled.threads(options.data)
    orders: dict[str, Order] = {"lead": lead, "first of each": firsts, "ours, words": ours(None)}
    if options.model:
        from fluffy_core.ai.embed import OnnxEmbedder

        orders["ours, vectors"] = ours(OnnxEmbedder(options.model).encode)
    table = {name: measure(threads, order) for name, order in orders.items()}
    if options.json:
        print(json.dumps(table, indent=2))
        return 0
    for name, each in table.items():
        print(f"{name:14}", "  ".join(f"{key} {value:.3f}" for key, value in each.items()))
    return 0
