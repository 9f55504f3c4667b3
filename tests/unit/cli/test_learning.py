"""`fluffy categorize` and `fluffy rules`: said, listed, changed, taken back."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Fluffy, run


@pytest.fixture
def fluffy(small_home: Path) -> Fluffy:
    return lambda *words: run("--home", small_home, *words)


def sale(fluffy: Fluffy) -> int:
    found = fluffy("--json", "threads").json["threads"]
    return int(next(one["id"] for one in found if one["subject"] == "Sale"))


def test_a_thread_is_put_into_a_category_and_taken_out(fluffy: Fluffy) -> None:
    ran = fluffy("categorize", sale(fluffy), "Receipts", "--scope", "sender")
    assert (ran.code, ran.out) == (0, "Noted: Receipts. `fluffy undo` takes it back.\n")
    assert "[Receipts]" in fluffy("threads").out
    assert len(fluffy("--json", "search", "tag:receipts", "--words-only").json["messages"]) == 1
    assert fluffy("categorize", sale(fluffy), "Receipts", "--remove").out.startswith("Noted: Not Receipts")
    assert "[Receipts]" not in fluffy("threads").out
    assert fluffy("undo").code == 0
    assert "[Receipts]" in fluffy("threads").out


def test_rules_are_listed_edited_and_removed(fluffy: Fluffy) -> None:
    assert fluffy("rules", "list").out == "Nothing was learned yet.\n"
    fluffy("categorize", sale(fluffy), "important")
    (rule,) = fluffy("--json", "rules", "list").json["rules"]
    assert (rule["category"], rule["paused"], len(rule["examples"])) == ("important", False, 1)
    assert fluffy("rules", "edit", rule["id"], "--pause").code == 0
    assert "paused" in fluffy("rules", "list").out
    assert (
        fluffy("rules", "edit", rule["id"], "--resume", "--category", "Shops", "--scope", "thread").code == 0
    )
    shown = fluffy("rules", "list").out
    assert "You said “Shops” of a conversation (thread" in shown
    assert "Sale" in shown
    assert fluffy("rules", "remove", rule["id"]).out.startswith("Forgot: You said “Shops”")
    assert fluffy("--json", "rules", "list").json == {"rules": []}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("categorize", 999, "important"), 1, "no thread 999"),
        (("rules", "remove", 7), 1, "no rule 7"),
        (("rules", "edit", 7), 1, "Say what to change"),
        (("rules", "edit", 7, "--pause", "--resume"), 2, "not allowed"),
        (("categorize", 1, "x", "--scope", "moon"), 2, "invalid choice"),
    ],
)
def test_mistakes_are_said_in_words(fluffy: Fluffy, words: tuple[object, ...], code: int, said: str) -> None:
    ran = fluffy(*words)
    assert ran.code in (code, 2)
    assert said in ran.err


def test_hostile_subjects_do_not_reach_the_terminal(fluffy: Fluffy) -> None:
    found = fluffy("--json", "threads").json["threads"]
    for one in found:
        fluffy("categorize", one["id"], "\x1b[2J<b>odd</b>")
    out = fluffy("rules", "list").out
    assert "\x1b" not in out
    assert "<b>odd</b>" in out


def test_tags_are_listed_renamed_merged_and_removed(fluffy: Fluffy) -> None:
    assert fluffy("tags", "list").out == "There are no tags yet.\n"
    fluffy("categorize", sale(fluffy), "Receipts")
    fluffy("categorize", sale(fluffy), "Shops")
    first, second = fluffy("--json", "tags", "list").json["tags"]
    assert (first["name"], first["threads"], second["name"]) == ("Receipts", 1, "Shops")
    assert fluffy("tags", "rename", first["id"], "Bills").out.startswith("Renamed Receipts to Bills.")
    assert "Bills" in fluffy("tags", "list").out
    assert fluffy("tags", "merge", second["id"], first["id"]).code == 0
    assert [one["name"] for one in fluffy("--json", "tags", "list").json["tags"]] == ["Bills"]
    assert fluffy("tags", "remove", first["id"]).code == 0
    assert fluffy("--json", "tags", "list").json == {"tags": []}
    assert "no tag" in fluffy("tags", "remove", first["id"]).err
    assert fluffy("undo").code == 0
    assert "Bills" in fluffy("threads").out
