"""The skills against people's labels: better than the baselines that they replace."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import baselines, eval_intent, eval_summaries, extracts, fit_salience, labelled
from benchmarks.scores import scored

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


def test_requests_are_recognised_on_sentences_not_seen(realdata: Path) -> None:
    rows = labelled.sentences(realdata / "labels" / "intent-train.tsv")
    assert len(rows) > 3_000
    part = [rows[int(at)] for at in np.random.default_rng(0).permutation(len(rows))[:1_500]]
    wanted = np.array([label for label, _ in part[1_000:]], np.float64)
    ours = scored(wanted, *eval_intent.ours(part[:1_000], part[1_000:], None))
    base = scored(wanted, *baselines.tf_idf(part[:1_000], part[1_000:], None))
    rules = scored(wanted, *eval_intent.rules([], part[1_000:], None))
    assert ours["auc"] > max(base["auc"] + 0.02, 0.87)
    assert ours["f1"] > max(base["f1"], rules["f1"] - 0.02)
