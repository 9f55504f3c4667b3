"""`fluffy commitments`: who owes what, told to people and to programs, and the user's word about it."""

from pathlib import Path

import pytest

from tests.fakes import mailboxes
from tests.unit.cli.conftest import Fluffy
from tests.unit.services.homes import ME, letter


@pytest.fixture
def home(key_file: Path, tmp_path: Path, fluffy: Fluffy) -> Path:
    """Ada asked me for the report and promised the figures."""
    del key_file
    body = "Could you send me the report by Friday? I'll send you the figures tomorrow.\n"
    box = mailboxes.write(tmp_path / "Inbox.mbox", mailboxes.mbox(letter("Report", mid="q@x", body=body)))
    home = tmp_path / "home"
    ran = fluffy("--home", home, "import", box, "--me", ME)
    assert ran.code == 0, ran.err
    return home


def test_both_sides_are_listed_with_their_words(home: Path, fluffy: Fluffy) -> None:
    told = fluffy("--home", home, "commitments").out
    assert "You owe Ada Byron" in told
    assert "Ada Byron owes you" in told
    assert "“Could you send me the report by Friday?”" in told
    assert "by 2025-03-07" in told
    assert "overdue" in told
    assert "  thread 1\n" in told
    assert fluffy("--home", home, "owed").out == told  # as the window calls it


def test_one_side_alone(home: Path, fluffy: Fluffy) -> None:
    mine = fluffy("--home", home, "commitments", "--mine", "--json").json
    theirs = fluffy("--home", home, "commitments", "--theirs", "--json").json
    assert [one["commitment"]["quote"] for one in mine["commitments"]] == [
        "Could you send me the report by Friday?"
    ]
    assert [one["commitment"]["quote"] for one in theirs["commitments"]] == [
        "I'll send you the figures tomorrow."
    ]
    assert (mine["count"], theirs["count"]) == (1, 1)


def test_a_summary_tells_what_is_owed_until_it_is_done(home: Path, fluffy: Fluffy) -> None:
    told = fluffy("--home", home, "summarize", 1).out
    assert "You owe: Could you send me the report by Friday?, due 2025-03-07  [1]\n" in told
    assert "Ada Byron owes: I'll send you the figures tomorrow., due 2025-03-04  [1]\n" in told
    found = fluffy("--home", home, "summarize", 1, "--json").json
    assert found["owed"] == fluffy("--home", home, "thread", "show", 1, "--json").json["owed"]
    assert found["points"]
    fluffy("--home", home, "commitments", "--done", found["owed"][0]["id"])
    for command in (("summarize", 1), ("thread", "show", 1)):
        told = fluffy("--home", home, *command).out
        assert "You owe" not in told
        assert "Ada Byron owes: I'll send" in told


@pytest.mark.parametrize("word", ["done", "wrong", "not-mine"])
def test_the_users_word_and_back(home: Path, fluffy: Fluffy, word: str) -> None:
    number = fluffy("--home", home, "commitments", "--mine", "--json").json["commitments"][0]["id"]
    ran = fluffy("--home", home, "commitments", f"--{word}", number)
    assert ran.code == 0
    assert "fluffy undo" in ran.out
    assert fluffy("--home", home, "commitments", "--mine").out == "Nothing is owed.\n"
    every = fluffy("--home", home, "commitments", "--all", "--mine", "--json").json["commitments"]
    assert [one["ruling"] for one in every] == [word.replace("-", " ")]
    assert fluffy("--home", home, "undo").code == 0
    assert fluffy("--home", home, "commitments", "--mine", "--json").json["count"] == 1


def test_a_number_that_is_none(home: Path, fluffy: Fluffy) -> None:
    ran = fluffy("--home", home, "commitments", "--done", 999)
    assert (ran.code, ran.err) == (2, "There is no commitment 999.\n")


def test_an_empty_home_owes_nothing(key_file: Path, tmp_path: Path, fluffy: Fluffy) -> None:
    del key_file
    fluffy("--home", tmp_path / "home", "init")
    assert fluffy("--home", tmp_path / "home", "commitments").out == "Nothing is owed.\n"
