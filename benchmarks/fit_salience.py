"""How the weights of `ai/summaries/salience.py` were found: `python -m benchmarks.fit_salience [DIR]`.

Random search (Bergstra and Bengio, 2012) over few weights; the mean of the best draws is less a matter of
luck than the best one. `crossed` leaves each thread out in turn: what a thread not seen before may expect.
"""

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import extracts, labelled
from benchmarks.labelled import Thread

DRAWS = 400
KEPT = 20
SEED = 5
_MOST = {
    "opening": 3.0,
    "newest": 0.6,
    "acts": 0.8,
    "opener": 0.4,
    "topic": 2.0,
    "recurring": 1.5,
    "overlong": -0.6,
}
"""The greatest value that is tried of each weight; `place` is the unit."""
_GOAL = (1.0, 1.0, 1.0, 1 / 3)
"""What is sought: ROUGE-1, -2, -L and votes, which are three times as large."""

Weights = Mapping[str, float]
Scores = Sequence[Sequence[tuple[float, ...]]]
"""Of each draw, for each thread."""


def draws() -> list[Weights]:
    """Seeded weights."""
    chance = random.Random(SEED)
    return [
        {"place": 1.0, **{name: chance.uniform(0, most) for name, most in _MOST.items()}}
        for _ in range(DRAWS)
    ]


def scores(threads: Sequence[Thread], drawn: Sequence[Weights]) -> Scores:
    """What each draw scores on each thread."""
    return [
        [extracts.score(thread, extracts.ours(weights)(thread)) for thread in threads] for weights in drawn
    ]


def best(drawn: Sequence[Weights], found: Scores, *, without: int = -1) -> Weights:
    """The mean of the draws that score best on all threads but one."""

    def goal(at: int) -> float:
        rows = [row for place, row in enumerate(found[at]) if place != without]
        return sum(weight * row[name] for row in rows for name, weight in enumerate(_GOAL))

    kept = sorted(range(len(drawn)), key=goal, reverse=True)[:KEPT]
    return {name: sum(drawn[at][name] for at in kept) / len(kept) for name in drawn[0]}


def crossed(threads: Sequence[Thread]) -> dict[str, float]:
    """Mean scores where each thread is summarised with weights that were found without it."""
    return extracts.mean(each_crossed(threads))


def each_crossed(threads: Sequence[Thread]) -> list[tuple[float, ...]]:
    """The same for each thread."""
    drawn = draws()
    found = scores(threads, drawn)
    return [
        extracts.score(thread, extracts.ours(best(drawn, found, without=at))(thread))
        for at, thread in enumerate(threads)
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the weights found on all threads."""
    threads = labelled.threads(Path(arguments[0]) if arguments else None)
    drawn = draws()
    for name, weight in best(drawn, scores(threads, drawn)).items():
        print(f"{name} {weight:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
