"""Fit the intent model of `ai/sentences/intent.py`: `python -m benchmarks.train_speech_acts --train FILE`.

Only weights are written: those of words and of pairs of words that stand in at least five sentences and are
not usually capitalised inside one (names), and those of signs and of the meaning. The labels are Apache-2.0.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import labelled, logistic
from fluffy_core.ai.embedding.onnx import OnnxEmbedder
from fluffy_core.ai.sentences import intent
from fluffy_core.config import load

MIN_SENTENCES = 5
CENTRES = 400
_NEAR = 10.0
"""How strongly meaning counts before any fitting, as a kernel's weight."""
_ROUNDS = 12
_RIDGE = 1e-4
_AI = Path(__file__).resolve().parent.parent / "resources" / "ai"
Rows = Sequence[tuple[bool, str]]
Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model, the centres it knows meaning by, and the log odds from which on it says yes."""

    model: intent.Model
    threshold: float
    centres: NDArray[np.int8] | None = None

    def told(self, texts: Sequence[str], vectors: Table | None) -> NDArray[np.float64]:
        """Log odds of sentences."""
        found = np.array([self.model.logit(intent.features(text)) for text in texts], np.float64)
        if vectors is None or self.centres is None:
            return found
        near = intent.nearness(vectors, self.centres / intent.CENTRE_SCALE)
        both: NDArray[np.float64] = found + near @ np.array(self.model.near)
        return both


def train(rows: Rows, vectors: Table | None) -> Trained:
    """Fit to labelled sentences, and to their vectors where they were embedded."""
    found = [intent.features(text) for _, text in rows]
    names = _vocabulary(rows, found)
    table = tabled(names, found)
    centres, spread = None, np.zeros((0, 0))
    if vectors is not None:
        centres = _middles(vectors)
        spread = _whitening(centres)
        near = intent.nearness(vectors, centres / intent.CENTRE_SCALE) @ spread
        table = np.hstack([table, near.astype(np.float32)])
    wanted = np.array([label for label, _ in rows], np.float64)
    fit = logistic.fit(table @ table.T, wanted)
    weights = table.T.astype(np.float64) @ fit.dual
    by_name = {name: float(one) for name, one in zip(names, weights, strict=False)}
    by_centre = tuple((spread @ weights[len(names) :]).tolist())
    return Trained(
        intent.Model(fit.bias, by_name, by_centre), logistic.threshold(fit.left_out, wanted), centres
    )


def _middles(vectors: Table) -> NDArray[np.int8]:
    """The middles of clusters of the vectors (spherical k-means, seeded), none of a single sentence."""
    random = np.random.default_rng(0)
    middles = vectors[random.choice(len(vectors), min(CENTRES, len(vectors) // 4), replace=False)].copy()
    for _ in range(_ROUNDS):
        nearest = (vectors @ middles.T).argmax(axis=1)
        sums = np.zeros_like(middles)
        np.add.at(sums, nearest, vectors)
        filled = np.bincount(nearest, minlength=len(middles)) > 1
        middles = sums[filled] / np.linalg.norm(sums[filled], axis=1, keepdims=True)
    scaled: NDArray[np.int8] = np.rint(middles * intent.CENTRE_SCALE).astype(np.int8)
    return scaled


def _whitening(centres: NDArray[np.int8]) -> NDArray[np.float64]:
    """What makes nearness to centres approximate a kernel between sentences (Williams and Seeger 2001)."""
    scaled = centres / intent.CENTRE_SCALE
    values, axes = np.linalg.eigh(intent.nearness(scaled, scaled) + _RIDGE * np.eye(len(centres)))
    spread: NDArray[np.float64] = np.sqrt(_NEAR) * axes / np.sqrt(values)
    return spread


def tabled(names: Sequence[str], found: Sequence[Mapping[str, float]]) -> Table:
    """One row of features for each sentence, in the order of `names`."""
    index = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(found), len(names)), np.float32)
    for row, each in enumerate(found):
        for name, value in each.items():
            if name in index:
                table[row, index[name]] = value
    return table


def _vocabulary(rows: Rows, found: Sequence[Mapping[str, float]]) -> list[str]:
    counts = Counter(name for each in found for name in each)
    names = _names([text for _, text in rows])
    return sorted(
        name
        for name, count in counts.items()
        if count >= MIN_SENTENCES and (name.startswith("@") or names.isdisjoint(name.lstrip("^").split()))
    )


def _names(texts: Sequence[str]) -> set[str]:
    """Words mostly written with a capital where no sentence starts, "I" and its forms aside."""
    inside = [re.findall(r"(?<=[a-z,] )[^\W\d_]+", text) for text in texts]
    capital = Counter(word.lower() for words in inside for word in words if word[0].isupper())
    every = Counter(word.lower() for words in inside for word in words)
    return {word for word, count in capital.items() if count > every[word] / 2 and len(word) > 1}


def embedded(texts: Sequence[str], model: Path | None) -> Table | None:
    """The vector of each text, by the model in a folder or the installed one; None where there is none."""
    folder = model or load().paths.models / "all-minilm-l6-v2"
    if not (folder / "model.onnx").is_file():
        return None
    return OnnxEmbedder(folder).encode(texts)


def _stored(trained: Trained) -> dict[str, object]:
    weights = {name: round(one, 3) for name, one in trained.model.weights.items() if abs(one) >= 0.005}
    near = [round(one, 3) for one in trained.model.near]
    return {"bias": round(trained.model.bias, 3), "near": near, "weights": weights}


def main() -> int:
    """Fit on every labelled sentence and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, help="Yes|No<TAB>text lines (default: the project's)")
    parser.add_argument("--model", type=Path, help="folder of all-MiniLM-L6-v2 (default: the installed one)")
    options = parser.parse_args()
    rows = labelled.sentences(options.train)
    vectors = embedded([text for _, text in rows], options.model)
    if vectors is None:
        print("all-MiniLM-L6-v2 is not installed: `fluffy models pull --small`", file=sys.stderr)
        return 1
    words, meaning = train(rows, None), train(rows, vectors)
    note = "Logistic regressions by benchmarks/train_speech_acts.py; see docs/data-card-intent.md."
    models = {"words": _stored(words), "meaning": _stored(meaning)}
    text = json.dumps({"note": note, "models": models}, ensure_ascii=False, indent=0)
    (_AI / "intent.json").write_text(text + "\n", encoding="utf-8")
    np.save(_AI / "intent-centres.npy", np.array(meaning.centres, np.int8), allow_pickle=False)
    print(f"{len(rows)} sentences, {len(text):,} characters of weights")
    return 0


if __name__ == "__main__":
    sys.exit(main())
