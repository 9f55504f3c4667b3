"""The skills against people's labels: better than the baselines that they replace."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import baselines, eval_intent, eval_summaries, labelled
from benchmarks.scores import scored

pytestmark = pytest.mark.realdata


def test_summaries_beat_the_first_sentence_of_each_mail(realdata: Path) -> None:
    threads = labelled.threads(realdata / "labels" / "bc3-dev")
    ours = eval_summaries.measure(threads, eval_summaries.ours(None))
    base = eval_summaries.measure(threads, eval_summaries.firsts)
    assert len(threads) == 19
    assert ours["rouge1"] > base["rouge1"] + 0.01
    assert ours["rouge2"] > base["rouge2"] + 0.01
    assert ours["votes"] > base["votes"] + 0.05


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


def test_rouge_of_known_texts() -> None:
    one, two, longest = eval_summaries.rouge("the cat sat", "the cat ran away")
    assert one == pytest.approx(4 / 7)
    assert two == pytest.approx(2 / 5)
    assert longest == pytest.approx(4 / 7)
    assert eval_summaries.rouge("", "") == (0.0, 0.0, 0.0)
