"""Signature lines are counted right, and ours beats the rules of thumb."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_zones
from benchmarks.labelled import data_folder

LETTER = "Hello Bo,\n\nthe boats are ready.\n\n#sig#Ada Ostrom\n#sig#Harbour Office\n#sig#+49 30 1234567\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "P"
    below.mkdir()
    (below / "1_body").write_text(LETTER)
    (below / "1_sender").write_text("Ada Ostrom <ada@example.org>")
    (below / "2_body").write_text("Hello Ada,\n\nthank you for the boats.\n")
    return tmp_path


def test_marks_are_taken_off_and_remembered(folder: Path) -> None:
    (text, sender, marked), (_, nobody, none) = eval_zones.mails(folder)
    assert "#sig#" not in text
    assert (sender, marked) == ("Ada Ostrom <ada@example.org>", {4, 5, 6})
    assert (nobody, none) == ("", set())


def test_a_perfect_and_an_empty_finder(folder: Path) -> None:
    found = list(eval_zones.mails(folder))
    truth = {text: marked for text, _, marked in found}
    perfect = eval_zones.score(found, lambda text, _: truth[text])
    assert perfect == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "whole": 1.0}
    nothing = eval_zones.score(found, lambda _text, _sender: set())
    assert nothing == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "whole": 0.5}


def test_the_command_prints_ours_and_the_baselines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_zones.main(["--forge", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"ours", "baselines"}
    assert set(told["baselines"]) == {"two dashes", "closing formula", "last three lines"}


def test_a_folder_without_mails_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        eval_zones.main(["--forge", str(tmp_path)])
    assert "there are no mails" in capsys.readouterr().err


@pytest.mark.realdata
def test_on_real_signatures_ours_is_far_better_than_any_rule_of_thumb() -> None:
    found = list(eval_zones.mails(data_folder() / "zones" / "forge-signatures"))
    others = (eval_zones.delimiter, eval_zones.goodbye, eval_zones.last_lines)
    best = max(eval_zones.score(found, finder)["f1"] for finder in others)
    assert eval_zones.score(found, eval_zones.ours)["f1"] > best + 0.2
