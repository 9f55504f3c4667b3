"""`fluffy style` and `fluffy draft suggest`: words for people, stable keys for programs."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.cli import writing
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.services.writing import drafting
from tests.fakes import mailboxes
from tests.fakes.models import Scripted
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
    assert "To everyone in English, from 4 letters:" in told
    assert "greeting: “Hi [first name],” (4)" in told
    assert "closing: “Best, / [first name]” (4)" in told
    assert "tone: friendly, exclamation marks, short forms, careful wording" in told
    assert "To ada@example.com in English" in told


def test_the_style_is_told_in_short_unless_all_is_wanted(
    fluffy: Fluffy, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SHOWN", 1)
    told = fluffy("--home", home, "style").out
    assert "ada@example.com" not in told
    assert "--all shows them" in told
    whole = fluffy("--home", home, "style", "--all").out
    assert "To ada@example.com in English" in whole
    assert "--all" not in whole
    assert len(fluffy("--home", home, "--json", "style").json["styles"]) > 1


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
    assert told.startswith("Hi Ada,\n\nAbout the report: [attached / to follow on …]\n")
    assert "(low confidence, fast drafts 3) An outline." in told


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
        "Hallo Bea,\n\nleider ist mir das diesmal nicht möglich.\n\nDer Vertrag ist fertig."
    )


def with_models(patch: pytest.MonkeyPatch, models: Scripted) -> None:
    """The commands find these models on this computer."""

    @contextlib.contextmanager
    def opened(settings: Settings) -> Iterator[Core]:
        with Core.open(settings) as core:
            host, core.models = core.models, models  # type: ignore[assignment]
            yield core
            core.models = host

    patch.setattr(writing, "Core", SimpleNamespace(open=opened))


class Terminal(io.StringIO):
    """Shows one line after the other in the same place."""

    def isatty(self) -> bool:
        return True


class Stopped(Scripted):
    """Somebody presses Ctrl+C after the first words."""

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        yield "I will send "
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("models", "engine", "reason"),
    [
        (Scripted(lambda _prompt: "I will send the report by Friday."), "accurate (scripted)", ""),
        (Scripted(lambda _prompt: "Kramer pays."), drafting.FAST, drafting.UNFIT),
        (Stopped(), drafting.FAST, drafting.STOPPED),
    ],
)
def test_progress_is_told_beside_the_answer(
    fluffy: Fluffy, home: Path, monkeypatch: pytest.MonkeyPatch, models: Scripted, engine: str, reason: str
) -> None:  # fmt: skip
    with_models(monkeypatch, models)
    ran = fluffy("--home", home, "--json", "draft", "suggest", thread(fluffy, home, "Report"))
    assert ran.err == "A first draft is ready. scripted writes a better one; Ctrl+C: stop.\n"
    assert (ran.code, ran.json["engine"]) == (0, engine)
    assert ran.json["reason"].endswith(reason)


def test_a_terminal_sees_the_better_one_grow(
    fluffy: Fluffy, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_models(monkeypatch, Scripted(lambda _prompt: "I will send the report by Friday."))
    screen = Terminal()
    monkeypatch.setattr(writing, "sys", SimpleNamespace(stderr=screen))
    fluffy("--home", home, "draft", "suggest", thread(fluffy, home, "Report"))
    told = screen.getvalue().split("\r\033[K")
    assert told[1].startswith("A first draft is ready.")
    assert "The better draft has 11 words so far." in told
    assert told[-1] == ""


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
