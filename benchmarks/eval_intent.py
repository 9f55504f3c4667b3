"""How well requests and promises are recognised: `python -m benchmarks intent [--test FILE] [--json]`.

Without a file: rules, and the fitted model in five-fold cross-validation on the labelled sentences; with
one (`Yes|No<TAB>text` lines), the rules and the shipped model on it. Both print the BC3 sentence labels.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import labelled
from benchmarks.train_speech_acts import fit
from fluffy_core.ai import intent, speech_acts
from fluffy_core.domain.intelligence import SpeechAct

_INTENT = frozenset(
    {SpeechAct.REQUEST, SpeechAct.QUESTION, SpeechAct.COMMITMENT, SpeechAct.PROPOSAL, SpeechAct.MEETING}
)
_BC3 = {
    "req": {SpeechAct.REQUEST, SpeechAct.QUESTION},
    "cmt": {SpeechAct.COMMITMENT},
    "prop": {SpeechAct.PROPOSAL},
    "meet": {SpeechAct.MEETING},
}


def rules(text: str) -> float:
    """1 when the rules see an intent, else 0."""
    return float(speech_acts.speech_act(text) in _INTENT)


def crossed(rows: Sequence[tuple[bool, str]], folds: int = 5) -> NDArray[np.float64]:
    """Each sentence's probability by a model that was fitted without it."""
    found = [intent.features(text) for _, text in rows]
    fold = np.random.default_rng(0).permutation(len(rows)) % folds
    told = np.zeros(len(rows))
    for held in range(folds):
        kept = np.flatnonzero(fold != held)
        model = fit([rows[int(at)] for at in kept], [found[int(at)] for at in kept])
        for at in np.flatnonzero(fold == held):
            told[at] = 1 / (1 + np.exp(-model.logit(found[at])))
    return told


def scores(wanted: NDArray[np.float64], told: NDArray[np.float64]) -> dict[str, float]:
    """F1 at one half, precision, recall and the area under the ROC curve."""
    said = told > 0.5
    hits = float((said * wanted).sum())
    order = np.unique(told, return_inverse=True)[1]
    ranks = np.array([np.flatnonzero(order == each).size for each in range(order.max() + 1)]).cumsum()
    middle = (ranks + np.concatenate([[0], ranks[:-1]]) + 1) / 2
    yes, no = wanted.sum(), len(wanted) - wanted.sum()
    auc = (middle[order][wanted == 1].sum() - yes * (yes + 1) / 2) / (yes * no)
    return {
        "precision": hits / max(1.0, said.sum()),
        "recall": hits / yes,
        "f1": 2 * hits / (said.sum() + yes),
        "auc": float(auc),
    }


def bc3() -> dict[str, dict[str, float]]:
    """The rules against sentences that at least two of three people gave a label; one act for a sentence."""
    tally: dict[str, list[tuple[bool, bool]]] = {name: [] for name in _BC3}
    for thread in labelled.threads():
        for mail in thread.mails:
            for start, end, place in mail.spans:
                act = speech_acts.speech_act(" ".join(mail.body[start:end].split()))
                for name, acts in _BC3.items():
                    votes = sum((name, place) in each.labels for each in thread.annotations)
                    tally[name].append((votes >= 2, act in acts))
    return {name: _agreement(pairs) for name, pairs in tally.items()}


def _agreement(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    hits = sum(wanted and said for wanted, said in pairs)
    wanted, said = sum(each[0] for each in pairs), sum(each[1] for each in pairs)
    return {"sentences": float(wanted), "f1": 2 * hits / max(1, wanted + said)}


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", type=Path, help="labelled sentences the model has not seen")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = labelled.sentences(options.test)
    wanted = np.array([label for label, _ in rows], np.float64)
    every: Callable[[Callable[[str], float]], NDArray[np.float64]] = lambda judge: np.array(  # noqa: E731
        [judge(text) for _, text in rows]
    )
    model = every(intent.probability) if options.test else crossed(rows)
    table = {"rules": scores(wanted, every(rules)), "model": scores(wanted, model)}
    table |= {f"bc3 {name}": each for name, each in bc3().items()}
    if options.json:
        print(json.dumps(table, indent=2))
        return 0
    for name, each in table.items():
        print(f"{name:10}", "  ".join(f"{key} {value:.3f}" for key, value in each.items()))
    return 0
