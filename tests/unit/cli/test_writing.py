"""`fluffy style` and `fluffy draft suggest`: words for people, stable keys for programs."""

from pathlib import Path

import pytest

from tests.fakes import mailboxes
from tests.unit.cli.conftest import Fluffy
from tests.unit.services.homes import ME, letter

HI = "Hi Ada,\n\nI've read the plan and I think it's good. Maybe we'll talk about it!\n\nBest,\nMax\n"
ASK = "Hello Max,\n\ncould you send me the report by Friday?\n\nRegards,\nAda\n"
WANN = "Lieber Max,\n\nwann kannst du mir den Vertrag schicken? Ich freue mich darauf.\n\nViele Grüße\nBea\n"


@pytest.fixture
def home(key_file: Path, tmp_path: Path, fluffy: Fluffy) -> Path:
    """A home with four letters of mine, a question in English and one in German."""
    del key_file
    sent = [
        letter(
            f"Plan {n}",
            sender=f"Max Roe <{ME}>",
            to="Ada Byron <ada@example.com>",
            hour=n,
            body=HI,
            mid=f"p{n}@x.example",
        )
        for n in range(4)
    ]
    asked = [
        letter("Report", body=ASK, hour=9, mid="r@x.example"),
        letter("Vertrag", sender="Bea Wolf <bea@example.de>", body=WANN, hour=10, mid="v@x.example"),
    ]
    box = mailboxes.write(tmp_path / "All.mbox", mailboxes.mbox(*sent, *asked))
    place = tmp_path / "home"
    assert fluffy("--home", place, "--json", "import", box, "--me", ME).code == 0
    return place


def thread(fluffy: Fluffy, home: Path, subject: str) -> int:
    """The id of the thread with this subject."""
    rows = fluffy("--home", home, "--json", "threads").json["threads"]
    found: int = next(one["id"] for one in rows if one["subject"] == subject)
    return found


def test_the_style_in_words(fluffy: Fluffy, home: Path) -> None:
    told = fluffy("--home", home, "style").out
    assert "To everyone in en, from 4 letters:" in told
    assert "greeting: “Hi First,” (4)" in told
    assert "closing: “Best, / First” (4)" in told
    assert "tone: friendly, exclamation marks, short forms, careful wording" in told
    assert "To ada@example.com in en" in told


def test_the_style_for_programs(fluffy: Fluffy, home: Path) -> None:
    found = fluffy("--home", home, "--json", "style", "--to", "Ada@Example.com", "--again").json["styles"]
    (one,) = found
    assert set(one) == {
        "language", "scope", "to", "letters", "greeting", "sign_off", "forms", "figures", "lengths"
    }  # fmt: skip
    assert (one["scope"], one["greeting"], one["sign_off"]) == ("person", "Hi {first},", "Best,\n{first}")
    assert set(one["figures"]) == {
        "words", "sentence_words", "exclamations", "contractions", "hedges", "bullets", "formality"
    }  # fmt: skip


def test_nobody_i_write_to(fluffy: Fluffy, home: Path) -> None:
    ran = fluffy("--home", home, "style", "--to", "x@nowhere.example")
    assert (ran.code, "Nothing is known" in ran.err) == (2, True)


def test_a_home_without_sent_mail(fluffy: Fluffy, key_file: Path, tmp_path: Path) -> None:
    del key_file
    assert "no mail yet" in fluffy("--home", tmp_path / "new", "style").out


def test_a_suggestion_in_words(fluffy: Fluffy, home: Path) -> None:
    told = fluffy("--home", home, "draft", "suggest", thread(fluffy, home, "Report")).out
    assert told.startswith(
        "Hi Ada,\n\nOn your question:\n> could you send me the report by Friday?\n[yes or no]\n"
    )
    assert "(low confidence, fast drafts 1) An outline." in told


def test_a_suggestion_for_programs(fluffy: Fluffy, home: Path) -> None:
    found = fluffy(
        "--home", home, "--json", "draft", "suggest", thread(fluffy, home, "Vertrag"), "--hint", "sag nein",
        "--point", "Der Vertrag ist fertig", "--model", "fast",
    ).json  # fmt: skip
    assert set(found) == {
        "request_id", "text", "confidence", "reason", "engine", "language", "missing", "used"
    }  # fmt: skip
    assert found["language"] == "de"
    assert found["text"].startswith(
        "Hallo Bea,\n\nleider muss ich diesmal absagen.\n\nDer Vertrag ist fertig."
    )


def test_a_first_mail(fluffy: Fluffy, home: Path) -> None:
    ran = fluffy(
        "--home", home, "draft", "suggest", "--to", "ada@example.com", "--point", "the plan is ready"
    )
    assert ran.out.startswith("Hi Ada,\n\nThe plan is ready.\n\nBest,\nMax\n")


def test_no_draft_says_why(fluffy: Fluffy, home: Path) -> None:
    told = fluffy("--home", home, "draft", "suggest", "--to", "noreply@shop.example", "--point", "x").out
    assert told.strip() == "No draft: Nobody reads what is sent to this address."


@pytest.mark.parametrize("words", [(), ("999",), ("x",), ("1", "--model", "best")])
def test_mistakes(fluffy: Fluffy, home: Path, words: tuple[str, ...]) -> None:
    ran = fluffy("--home", home, "draft", "suggest", *words)
    assert ran.code == 2
    assert "Traceback" not in ran.err
