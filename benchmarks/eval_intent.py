"""How well requests are recognised: `python -m benchmarks intent [--train FILE] [--test FILE] [--json]`.

Files hold `Yes|No<TAB>sentence` lines. Trains on one and tests on the other; without --test, five-fold
cross-validation on --train. The threshold of each model is chosen on what it was trained on. Baselines:
logistic regression on TF-IDF, on MiniLM vectors and on both, fitted in the same run, and the bare rules.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import baselines, bc3_acts, evaluation, labelled, sorted_asks
from benchmarks.scores import Scores, scored
from benchmarks.train_speech_acts import Rows, embedded, train
from fluffy_core.ai.sentences import speech_acts
from fluffy_core.domain.intelligence import SpeechAct

_INTENT = frozenset(
    {SpeechAct.REQUEST, SpeechAct.QUESTION, SpeechAct.COMMITMENT, SpeechAct.PROPOSAL, SpeechAct.MEETING}
)
_FOLDS = 5
Vectors = NDArray[np.float32]
Judged = tuple[NDArray[np.float64], NDArray[np.bool_]]
Judge = Callable[[Rows, Rows, Vectors | None], Judged]
"""From training sentences, tested ones and the vectors of both: log odds, and which are said to be yes."""


def ours(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """The model that is shipped, fitted to these sentences; by words alone where there are no vectors."""
    trained = train(known, None if vectors is None else vectors[: len(known)])
    told = trained.told([text for _, text in asked], None if vectors is None else vectors[len(known) :])
    return told, told > trained.threshold


def words_alone(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """The same without the meaning of the sentences."""
    del vectors
    return ours(known, asked, None)


def rules(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """What the rules say; nothing is learned."""
    del known, vectors
    said = np.array([speech_acts.speech_act(text) in _INTENT for _, text in asked])
    return said.astype(np.float64), said


def crossed(judge: Judge, rows: Rows, vectors: Vectors | None, *, seed: int) -> Scores:
    """A judge's figures on sentences it was not fitted to, each fold in turn."""
    fold = np.random.default_rng(seed).permutation(len(rows)) % _FOLDS
    told, said = np.zeros(len(rows)), np.zeros(len(rows), np.bool_)
    for held in range(_FOLDS):
        kept, out = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        both = None if vectors is None else vectors[np.concatenate([kept, out])]
        told[out], said[out] = judge([rows[int(at)] for at in kept], [rows[int(at)] for at in out], both)
    return scored(np.array([label for label, _ in rows], np.float64), told, said)


def figures(options: argparse.Namespace) -> tuple[Scores, dict[str, Scores]]:
    """Ours and the baselines, on the same sentences."""
    known = labelled.sentences(options.train)
    asked = labelled.sentences(options.test) if options.test else []
    vectors = embedded([text for _, text in [*known, *asked]], options.model)
    if vectors is None:
        print("all-MiniLM-L6-v2 is not installed: measured by words alone.", file=sys.stderr)

    def measured(judge: Judge) -> Scores:
        if asked:
            return scored(np.array([label for label, _ in asked], np.float64), *judge(known, asked, vectors))
        return crossed(judge, known, vectors, seed=options.seed)

    judges: dict[str, Judge] = {
        "tf-idf": baselines.tf_idf,
        "rules": rules,
        "ours by words alone": words_alone,
    }
    if vectors is not None:
        judges |= {"minilm": baselines.minilm, "both": baselines.both}
    if options.sorting:
        judges["sorting by words"] = sorted_asks.by_words
    if options.sorting and vectors is not None:
        judges["sorting, strangers"] = sorted_asks.from_strangers
        judges["sorting, people known"] = sorted_asks.from_known
    ours_ = measured(ours) | (bc3_acts.measured(options.bc3) if options.bc3 else {})
    return ours_, {name: measured(judge) for name, judge in judges.items()}


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks intent", description=__doc__)
    parser.add_argument("--train", type=Path, help="labelled sentences (default: the project's)")
    parser.add_argument("--test", type=Path, help="labelled sentences that are not in --train")
    parser.add_argument("--bc3", type=Path, help="a folder of the BC3 corpus: figures for each act")
    parser.add_argument("--model", type=Path, help="folder of all-MiniLM-L6-v2 (default: the installed one)")
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    parser.add_argument("--sorting", action="store_true", help="also what sorting makes of the sentences")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    ours_, others = figures(options)
    evaluation.tell(ours_, others, as_json=options.json, about=f"Trained on {options.train or 'the labels'}")
    return 0
