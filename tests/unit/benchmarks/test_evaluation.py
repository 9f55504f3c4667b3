"""Figures are told alike: JSON with fixed keys, or a table."""

import json

import pytest

from benchmarks import evaluation


def test_json_has_ours_and_the_baselines(capsys: pytest.CaptureFixture[str]) -> None:
    evaluation.tell({"f1": 0.5}, {"rules": {"f1": 0.25}}, as_json=True, about="not told here")
    assert json.loads(capsys.readouterr().out) == {"ours": {"f1": 0.5}, "baselines": {"rules": {"f1": 0.25}}}


def test_the_table_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    evaluation.tell({"f1": 0.5, "mails": 1200}, {"a long name": {"f1": 0.25}}, as_json=False, about="2 mails")
    assert capsys.readouterr().out.splitlines() == [
        "2 mails",
        "ours         f1 0.500  mails 1,200",
        "a long name  f1 0.250",
    ]
