"""The evaluation of drafts: what is measured of one, and the whole way on a small mailbox."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import eval_drafts, held_out
from benchmarks.draft_scores import Judge, Score
from benchmarks.eval_drafts import Overheard
from benchmarks.held_out import Case, Plan
from fluffy_core.ai.base import Prompt
from tests.fakes.mailboxes import mbox, write
from tests.fakes.models import Scripted
from tests.unit.benchmarks.test_held_out import conversations
from tests.unit.services.homes import ME

GOOD = "Hi Ada,\n\nOn your question:\n> Could you send me item 9?\n[yes or no]\n\nBest,\nMax"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("mail") / "Inbox.mbox", mbox(*conversations(10)))


@pytest.fixture
def judged(path: Path) -> Iterator[tuple[Judge, Case]]:
    """A judge of the mailbox, and the newest reply in it that was held out."""
    for box in held_out.mailboxes(path, Plan((ME,), limit=2)):
        yield Judge(box), box.cases[-1]


def test_a_good_draft(judged: tuple[Judge, Case]) -> None:
    judge, case = judged
    score = judge.score(case, GOOD)
    assert (score.facts, score.language, score.greeting, score.sign_off, score.marks) == (
        0,
        True,
        True,
        True,
        1,
    )
    assert score.length is not None
    assert score.common is not None
    assert 0 < score.common < 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (GOOD.replace("[yes or no]", "I will come on Monday with Kramer for 900 euros."), {"facts": 3}),
        (GOOD.replace("Hi Ada,", "Dear Ada,"), {"greeting": False}),
        (GOOD.replace("Best,\n", ""), {"sign_off": False}),
        (GOOD.replace("[yes or no]", "Das kann ich nicht und ich will es nicht."), {"language": False}),
    ],
)  # fmt: skip
def test_each_fault_is_seen(judged: tuple[Judge, Case], text: str, wrong: dict[str, object]) -> None:
    judge, case = judged
    score = judge.score(case, text)
    assert {name: getattr(score, name) for name in wrong} == wrong


def test_the_real_reply_has_everything_in_common_with_itself(judged: tuple[Judge, Case]) -> None:
    judge, case = judged
    score = judge.score(case, case.reply)
    assert (score.length, score.common) == (1.0, 1.0)


def test_sums() -> None:
    scores = [
        Score(1, language=True, greeting=True, sign_off=None, marks=2, length=0.5, common=0.2),
        Score(0, language=False, greeting=None, sign_off=None, marks=0, length=None, common=None),
    ]
    found = eval_drafts.summed(scores, 3)
    assert (found["drafts"], found["declined"], found["with_profile"], found["with_real_reply"]) == (
        2,
        3,
        1,
        1,
    )
    assert (found["invented_facts"], found["language"], found["greeting"], found["sign_off"]) == (
        1,
        0.5,
        1.0,
        0.0,
    )
    assert (found["placeholders"], found["length_ratio"], found["words_in_common"]) == (1.0, 0.5, 0.2)
    assert set(eval_drafts.summed([], 0).values()) == {0}


def test_what_the_model_said_is_overheard() -> None:
    models = Overheard(Scripted(lambda _prompt: "so it is"))
    assert "".join(models.generate(Prompt("s", "u"))) == models.raw == "so it is "
    assert models.language_model == "scripted"


def test_the_whole_way(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_drafts.main([str(path), "--limit", "4", "--me", ME, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    ours = told["ours"]
    assert (ours["drafts"], ours["with_real_reply"], ours["with_profile"]) == (4, 4, 4)
    assert (ours["invented_facts"], ours["language"], ours["greeting"], ours["sign_off"]) == (0, 1, 1, 1)
    assert set(told["baselines"]) == {"template", "random own"}
    assert told["baselines"]["random own"]["invented_facts"] > 0
    assert told["baselines"]["template"]["greeting"] == 0


def test_the_table(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_drafts.main([str(path), "--limit", "2", "--me", ME, "--model"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].strip() for line in lines[1:]] == [
        "ours",
        "template",
        "random own",
        "raw model",
    ]
