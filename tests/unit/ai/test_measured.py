"""The skills against people's labels: better than the baselines that they replace."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import eval_intent, eval_summaries, extracts, fit_salience, labelled

pytestmark = pytest.mark.realdata


def test_summaries_beat_the_baselines_also_on_threads_they_were_not_fitted_on(realdata: Path) -> None:
    threads = labelled.threads(realdata / "labels" / "bc3-dev")
    assert len(threads) == 19
    crossed = fit_salience.crossed(threads)
    for name, order in eval_summaries.BASELINES.items():
        base = extracts.measure(threads, order)
        for ours in (crossed, extracts.measure(threads, extracts.ours())):
            assert ours["rouge1"] > base["rouge1"] + 0.02, name
            assert ours["rouge2"] > base["rouge2"] + 0.01, name
            assert ours["rougeL"] > base["rougeL"] + 0.01, name
            assert ours["votes"] > base["votes"] + 0.06, name


def test_requests_are_recognised(realdata: Path) -> None:
    rows = labelled.sentences(realdata / "labels" / "intent-train.tsv")
    wanted = np.array([label for label, _ in rows], np.float64)
    rules = eval_intent.scores(wanted, np.array([eval_intent.rules(text) for _, text in rows]))
    assert len(rows) > 3_000
    assert rules["f1"] > 0.73


def test_the_scores_themselves() -> None:
    wanted = np.array([1.0, 1.0, 0.0, 0.0])
    found = eval_intent.scores(wanted, np.array([0.9, 0.4, 0.6, 0.1]))
    assert found == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "auc": 0.75}
    ties = eval_intent.scores(wanted, np.array([0.5, 0.5, 0.5, 0.5]))
    assert ties["auc"] == 0.5
