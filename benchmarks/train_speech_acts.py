"""Fit the intent model of `fluffy_core.ai.intent`: run `python benchmarks/train_speech_acts.py`.

Only weights of single words are written, and only of words that stand in at least five sentences and are
not usually capitalised inside a sentence (names). The labels are Apache-2.0.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import labelled
from fluffy_core.ai import intent

MIN_SENTENCES = 5
L2 = 0.2
_OUT = Path(__file__).resolve().parent.parent / "resources" / "ai" / "intent.json"


def fit(rows: Sequence[tuple[bool, str]], found: Sequence[Mapping[str, float]]) -> intent.Model:
    """A logistic regression with an L2 penalty, by Newton's method."""
    names = _vocabulary(rows, found)
    index = {name: place for place, name in enumerate(names, start=1)}
    table = np.zeros((len(rows), len(names) + 1), np.float64)
    table[:, 0] = 1
    for row, each in enumerate(found):
        for name, value in each.items():
            if name in index:
                table[row, index[name]] = value
    weights = _newton(table, np.array([label for label, _ in rows], np.float64))
    return intent.Model(float(weights[0]), {name: float(weights[place]) for name, place in index.items()})


def _newton(table: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(table.shape[1])
    penalty = np.full(table.shape[1], L2)
    penalty[0] = 1e-6
    for _ in range(12):
        told = 1 / (1 + np.exp(-(table @ weights)))
        slope = table.T @ (told - wanted) + penalty * weights
        curve = (table.T * (told * (1 - told))) @ table + np.diag(penalty)
        weights -= np.linalg.solve(curve, slope)
    return weights


def _vocabulary(rows: Sequence[tuple[bool, str]], found: Sequence[Mapping[str, float]]) -> list[str]:
    counts = Counter(name for each in found for name in each)
    names = _names([text for _, text in rows])
    return sorted(
        name for name, count in counts.items() if count >= MIN_SENTENCES and name.strip("^$") not in names
    )


def _names(texts: Sequence[str]) -> set[str]:
    """Words mostly written with a capital where no sentence starts, "I" and its forms aside."""
    inside = [re.findall(r"(?<=[a-z,] )[^\W\d_]+", text) for text in texts]
    capital = Counter(word.lower() for words in inside for word in words if word[0].isupper())
    every = Counter(word.lower() for words in inside for word in words)
    return {word for word, count in capital.items() if count > every[word] / 2 and len(word) > 1}


def main() -> None:
    """Fit on every labelled sentence and write the weights."""
    rows = labelled.sentences()
    model = fit(rows, [intent.features(text) for _, text in rows])
    weights = {name: round(weight, 3) for name, weight in model.weights.items() if abs(weight) >= 0.02}
    note = "Logistic regression over single words, benchmarks/train_speech_acts.py; labels Apache-2.0."
    stored = {"note": note, "bias": round(model.bias, 3), "weights": weights}
    _OUT.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(rows)} sentences, {len(weights)} weights, {_OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
