"""The questions have their answers in the letters; figures are counted as they are told."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks import eval_asking
from benchmarks.eval_asking import DATA, Item
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Answer, Citation
from fluffy_core.services.reading import asking
from tests.unit.services.homes import opened, read

LETTERS = tomllib.loads(DATA.read_text(encoding="utf-8"))["letters"]
UNSEEN = DATA.with_name("asking_unseen.toml")


@pytest.mark.parametrize("letter", LETTERS, ids=[one["subject"] for one in LETTERS])
def test_every_answer_stands_in_its_letter(letter: dict[str, Any]) -> None:
    for question, answer in letter["asked"]:
        assert answer in letter["body"], question
    assert len(letter["unanswered"]) == len(letter["asked"]) == 3


def test_letters_that_nothing_was_fitted_on_hold_their_answers() -> None:
    for letter in tomllib.loads(UNSEEN.read_text(encoding="utf-8"))["letters"]:
        assert len(letter["asked"]) >= len(letter["unanswered"]) == 3
        assert [answer for _, answer in letter["asked"] if answer not in letter["body"]] == []
    ours = {one.question for part in eval_asking.items() for one in part}
    assert ours.isdisjoint(one.question for part in eval_asking.items(UNSEEN) for one in part)


def test_fitting_and_measuring_share_nothing() -> None:
    fitting, measuring = eval_asking.items()
    assert len(fitting) == len(measuring) == 72
    assert not {one.question for one in fitting} & {one.question for one in measuring}


def cited(*quotes: str) -> Answer:
    found = [Citation(MessageId(1), ThreadId(1), "Ann", 1, "Papers", one, 0.9) for one in quotes]
    return Answer("", tuple(found), ())


def test_figures_are_shares_of_what_they_are_called() -> None:
    told = {
        "first": cited("On 3 March.", "No."),
        "second": cited("No.", "On 3 March."),
        "wrong": cited("No."),
        "missed": cited(),
        "refused": cited(),
        "invented": cited("No."),
    }
    asked = [Item(one, "3 March") for one in ("first", "second", "wrong", "missed")]
    asked += [Item(one, "") for one in ("refused", "invented")]
    assert eval_asking.score(asked, told.__getitem__) == {
        "found": 0.5, "first": 0.25, "refused": 0.5, "precision": 0.5,
    }  # fmt: skip


def test_by_words_alone_most_questions_are_answered_and_most_others_refused(tmp_path: Path) -> None:
    eval_asking.write_letters(tmp_path / "letters")
    with opened(tmp_path / "home") as core:
        read(core, tmp_path / "letters", me=[eval_asking.ME])
        _, measuring = eval_asking.items()
        found = eval_asking.score(measuring, lambda text: asking.answer(core.store, text, embed=None))
    assert found["found"] > 0.6
    assert found["refused"] > 0.7
    assert found["precision"] > 0.7
