"""The evaluation of summaries as its command runs it, and how its weights are found."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_summaries, fit_salience, labelled
from fluffy_core.ai.summaries.salience import WEIGHTS
from tests.unit.benchmarks import bc3


def test_ours_and_the_baselines_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_summaries.main(["--bc3", str(bc3.write(tmp_path)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"ours", "baselines"}
    assert set(found["baselines"]) == {"lead", "firsts", "textrank", "lexrank"}
    for each in (found["ours"], *found["baselines"].values()):
        assert list(each) == ["rouge1", "rouge2", "rougeL", "votes"]
        assert all(0 < score <= 1 for score in each.values())
    assert found["ours"]["votes"] > found["baselines"]["lead"]["votes"]


def test_the_table_tells_what_people_reach(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_summaries.main(["--bc3", str(bc3.write(tmp_path))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 threads; the sentences with most votes ")
    assert lines[0].endswith("one person against another 1.000 1.000 1.000")
    assert [line.split(" ")[0] for line in lines[1:]] == ["ours", "lead", "firsts", "textrank", "lexrank"]


def test_weights_are_found_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_salience, "DRAWS", 12)
    monkeypatch.setattr(fit_salience, "KEPT", 3)
    threads = labelled.threads(bc3.write(tmp_path))
    drawn = fit_salience.draws()
    assert drawn == fit_salience.draws()
    assert all(set(each) == set(WEIGHTS) for each in drawn)
    found = fit_salience.scores(threads, drawn)
    assert fit_salience.best(drawn, found) == fit_salience.best(drawn, found)
    assert fit_salience.crossed(threads) == fit_salience.crossed(threads)
    assert len(fit_salience.each_crossed(threads)) == 2


def test_the_best_draws_are_those_of_the_other_threads() -> None:
    drawn = [{"place": float(at)} for at in range(4)]
    kept = fit_salience.KEPT
    good, bad = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0)
    found = [[good if at == 3 else bad, good if at == 0 else bad] for at in range(4)]
    try:
        fit_salience.KEPT = 1
        assert fit_salience.best(drawn, found, without=0) == {"place": 0.0}
        assert fit_salience.best(drawn, found, without=1) == {"place": 3.0}
    finally:
        fit_salience.KEPT = kept
