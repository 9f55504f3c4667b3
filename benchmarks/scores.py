"""F1 and the area under the ROC curve, with how sure they are."""

import numpy as np
from numpy.typing import NDArray

Scores = dict[str, float]
_SAMPLES = 400


def scored(wanted: NDArray[np.float64], told: NDArray[np.float64], said: NDArray[np.bool_]) -> Scores:
    """Precision, recall and F1 of what was said, AUC of what was told, and 95 % bounds of F1 and AUC.

    The bounds are percentiles of a seeded bootstrap over the sentences.
    """
    random = np.random.default_rng(0)
    samples = [random.integers(0, len(wanted), len(wanted)) for _ in range(_SAMPLES)]
    f1s = [f1(wanted[one], said[one]) for one in samples]
    aucs = [auc(wanted[one], told[one]) for one in samples]
    hits = float((said * wanted).sum())
    return {
        "f1": f1(wanted, said),
        "auc": auc(wanted, told),
        "precision": hits / max(1.0, float(said.sum())),
        "recall": hits / max(1.0, float(wanted.sum())),
        "f1_low": float(np.percentile(f1s, 2.5)),
        "f1_high": float(np.percentile(f1s, 97.5)),
        "auc_low": float(np.percentile(aucs, 2.5)),
        "auc_high": float(np.percentile(aucs, 97.5)),
    }


def f1(wanted: NDArray[np.float64], said: NDArray[np.bool_]) -> float:
    """The harmonic mean of precision and recall; 0 when nothing is wanted and nothing said."""
    return float(2 * (said * wanted).sum() / max(1.0, said.sum() + wanted.sum()))


def auc(wanted: NDArray[np.float64], told: NDArray[np.float64]) -> float:
    """How often a wanted one ranks above one that is not, ties counting half (Mann-Whitney)."""
    _, place, counts = np.unique(told, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    yes, no = wanted.sum(), len(wanted) - wanted.sum()
    if not yes or not no:
        return 0.5
    return float((middle[place][wanted == 1].sum() - yes * (yes + 1) / 2) / (yes * no))
