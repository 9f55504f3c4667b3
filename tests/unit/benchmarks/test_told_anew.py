"""What a language model's words are worth in the evaluation of summaries."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_summaries, extracts, labelled, told_anew
from benchmarks.labelled import Thread
from fluffy_core.ai.base import Prompt
from fluffy_core.errors import ModelError
from tests.fakes.models import NoModels, Scripted
from tests.unit.benchmarks import bc3

WANTED = "We want a brochure for the fair in May."
ANEW = "Ann wants a brochure for the fair in May."


def tells(prompt: Prompt) -> str:
    return json.dumps({"sentences": [ANEW]}) if f"1. {WANTED}" in prompt.user else "{}"


@pytest.fixture
def fair(tmp_path: Path) -> Thread:
    return labelled.threads(bc3.write(tmp_path))[0]


def test_words_that_were_told_better_count(fair: Thread) -> None:
    fast = extracts.score(fair, extracts.ours()(fair))
    found = told_anew.score(fair, Scripted(tells))
    assert found[0] > fast[0]
    assert found[3] == fast[3]


def test_a_model_that_says_nothing_sure_is_as_good_as_fast(fair: Thread) -> None:
    fast = extracts.score(fair, extracts.ours()(fair))
    for models in (NoModels(), Scripted(), Scripted(lambda _prompt: '{"sentences": ["It costs 5 euros."]}')):
        assert told_anew.score(fair, models) == fast


def test_only_better_words_are_told(fair: Thread) -> None:
    order = list(extracts.ours()(fair))
    found = told_anew.told(fair, sorted(order), tells)
    assert list(found.values()) == [ANEW]
    ((mail, start, end),) = found
    assert fair.mails[mail].body[start:end] == WANTED


def test_without_a_language_model_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(_threads: object) -> dict[str, float]:
        raise ModelError("There is no language model on this computer.")

    monkeypatch.setattr(told_anew, "measure", none)
    assert eval_summaries.main(["--bc3", str(bc3.write(tmp_path)), "--accurate"]) == 1
    assert capsys.readouterr().out == "There is no language model on this computer.\n"


def test_fast_stands_beside_accurate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(told_anew, "measure", lambda _threads: dict.fromkeys(extracts.NAMES, 0.5))
    assert eval_summaries.main(["--bc3", str(bc3.write(tmp_path)), "--accurate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ours"] == dict.fromkeys(extracts.NAMES, 0.5)
    assert "fast" in found["baselines"]
