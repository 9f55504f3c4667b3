"""Counting invented facts in summaries of a mailbox, without the program's own filter."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_summaries, facts, ungrounded
from fluffy_core.ai.summaries import summarize
from fluffy_core.domain.intelligence import Summary, SummaryPoint, ThreadMessage

LETTER = """From: Ann Lee <ann@firm.example>
To: Bob Roe <bob@firm.example>
Subject: Print {number}
Message-ID: <{number}@firm.example>
Date: Tue, 06 May 2025 10:00:00 +0000

Hello Bob,

the printing of 500 brochures costs 900 euros in Cologne. Please send the text by Friday.

Ann
"""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_text(LETTER.format(number=number), encoding="utf-8")
    return tmp_path


def test_words_of_the_mail_are_grounded(mail: Path) -> None:
    found = ungrounded.count(mail, limit=200, accurate=False)
    assert found.figures() == {"summaries": 3, "told_by_model": 0, "sentences": 6, "ungrounded": 0}
    assert ungrounded.count(mail, limit=2, accurate=False).summaries == 2


def test_what_is_invented_is_counted(mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def inventive(thread: list[ThreadMessage], **_more: object) -> Summary:
        return Summary((SummaryPoint("The printing costs Mr Smith 800 euros.", thread[0].id),), "accurate m")

    monkeypatch.setattr(summarize, "fast", inventive)
    found = ungrounded.count(mail, limit=1, accurate=False)
    assert (found.told_by_model, sorted(found.invented)) == (1, ["800", "Smith"])


def test_the_command(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_summaries.main(["--ungrounded", str(mail), "--limit", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ours"]["summaries"], found["ours"]["ungrounded"]) == (1, 0)
    assert found["baselines"] == {}


def test_the_check_is_none_of_the_program() -> None:
    assert facts.invented("It costs 5 euros.", ["It costs 5 euros."], language="en", people=frozenset()) == []
