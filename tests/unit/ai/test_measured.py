"""The skills against people's labels: better than the baselines that they replace."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import eval_intent, eval_summaries, labelled

pytestmark = pytest.mark.realdata


def test_summaries_beat_the_first_sentence_of_each_mail(realdata: Path) -> None:
    threads = labelled.threads(realdata / "labels" / "bc3-dev")
    ours = eval_summaries.measure(threads, eval_summaries.ours(None))
    base = eval_summaries.measure(threads, eval_summaries.firsts)
    assert len(threads) == 19
    assert ours["rouge1"] > base["rouge1"] + 0.01
    assert ours["rouge2"] > base["rouge2"] + 0.01
    assert ours["votes"] > base["votes"] + 0.05


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


def test_rouge_of_known_texts() -> None:
    one, two, longest = eval_summaries.rouge("the cat sat", "the cat ran away")
    assert one == pytest.approx(4 / 7)
    assert two == pytest.approx(2 / 5)
    assert longest == pytest.approx(4 / 7)
    assert eval_summaries.rouge("", "") == (0.0, 0.0, 0.0)
