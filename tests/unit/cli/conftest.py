"""The command line in this process: `fluffy` runs one command; `demo_home` and `small_home` hold mail."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fluffy_core.cli.main import main
from tests.fakes import mailboxes
from tests.unit.services.homes import ME, letter


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


Fluffy = Callable[..., Ran]


def run(*words: object) -> Ran:
    """Run one command; nothing may escape but the end of the program."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = int(str(stop.code or 0))
    assert "Traceback" not in err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All homes of these tests are locked by one key file; no models are installed."""
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLUFFY_KEY_FILE", str(folder / "test.key"))
        patch.setenv("FLUFFY_MODELS", str(folder / "models"))
        patch.delenv("FLUFFY_PASSPHRASE", raising=False)
        yield folder / "test.key"


@pytest.fixture(scope="session")
def demo_home(key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo mailbox; tests only read it."""
    del key_file
    home = tmp_path_factory.mktemp("demo") / "home"
    ran = run("--home", home, "--json", "demo")
    assert ran.code == 0, ran.err
    return home


HOSTILE = "Invoice \x1b]0;owned\x07\x1b[2J\x9b31m \u202egnp.exe"
"""Escape sequences that retitle and clear a terminal, a C1 control, and a mark that turns the line around."""


@pytest.fixture
def small_home(key_file: Path, tmp_path: Path) -> Path:
    """A home with a question, its answer of mine, a newsletter and a hostile letter."""
    del key_file
    body = f"Please look at this: {HOSTILE}\nCould you send me the report by Friday?\n"
    letters = [
        letter("Report", mid="q@x.example", body="Could you send me the report by Friday?\n"),
        letter(
            "Re: Report",
            sender=f"Me <{ME}>",
            to="ada@example.com",
            mid="a@x.example",
            refs=["q@x.example"],
            hour=1,
        ),
        letter(
            "Sale",
            sender="Shop <news@shop.example>",
            hour=2,
            extra="List-Unsubscribe: <https://shop.example>",
        ),
        letter(HOSTILE, sender=f'"Evil {HOSTILE}" <evil@x.example>', hour=3, body=body),
    ]
    box = mailboxes.write(tmp_path / "Inbox.mbox", mailboxes.mbox(*letters))
    home = tmp_path / "home"
    ran = run("--home", home, "--json", "import", box, "--me", ME)
    assert ran.code == 0, ran.err
    return home


@pytest.fixture
def fluffy() -> Fluffy:
    """`fluffy("--home", home, "search", "offer")`."""
    return run
