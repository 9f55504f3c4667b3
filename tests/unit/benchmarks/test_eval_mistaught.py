"""Mail that copies what was taught: fifty of it, each way as it says, and the whole way on all of them."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_mistaught
from benchmarks.eval_mistaught import Letter
from fluffy_core.domain.message import ParsedMessage
from fluffy_core.mail.mime import mime

NOW = 1_800_000_000


def parsed(letter: Letter, folder: Path) -> ParsedMessage:
    letter.written(3, folder)
    return mime.parse((folder / "0003.eml").read_bytes(), now=NOW)


def test_letters_say_who_wrote_them_and_what_the_server_said_of_that(tmp_path: Path) -> None:
    plain = parsed(Letter(eval_mistaught.SENDER, "Tender"), tmp_path)
    assert plain.from_ is not None
    assert (plain.from_.email, plain.suspicious) == ("billing@acme.example", "")
    assert plain.subject.startswith("Tender ")
    assert len(plain.subject.split()) == 3
    assert parsed(Letter(eval_mistaught.SENDER, passed="dmarc=fail"), tmp_path).suspicious
    assert not parsed(Letter(eval_mistaught.SENDER, passed=""), tmp_path).suspicious
    assert parsed(Letter("A <a@b.example>", list_id=eval_mistaught.LIST), tmp_path).list_id == (
        "boats.list.example"
    )


def test_fifty_mails_copy_what_was_taught_and_no_two_letters_share_more() -> None:
    ways = eval_mistaught.hostile()
    assert sum(map(len, ways.values())) == 50
    assert {one.sender for one in ways["forged"]} == {eval_mistaught.SENDER}
    assert all("fail" in one.passed for one in ways["forged"])
    assert not any(one.passed for one in ways["unsaid"])
    assert all("acme.example>" not in one.sender for one in (*ways["name"], *ways["alike"]))
    honest = eval_mistaught.honest()
    assert all(one.passed == Letter("").passed for one in honest)
    assert len({one.sender for one in honest if one.subject == eval_mistaught.WORD}) == eval_mistaught.HONEST
    assert len({one.sender for one in honest if one.subject == eval_mistaught.OWN_WORD}) == 1


def test_honest_mail_follows_and_what_its_server_denies_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Anybody may write a word, the name of a list, and a sender of whom no server speaks."""
    assert eval_mistaught.main(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)["ours"]
    assert (told["followed"], told["others"], told["hostile"]) == (1, 0, 50)
    for way in ("forged", "name", "alike", "own_words", "conversation"):
        assert told[f"taken_{way}"] == 0, way
    assert told["taken"] == sum(told[f"taken_{way}"] for way in ("unsure", "unsaid", "list", "words"))
