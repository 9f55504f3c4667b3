"""The window over a real home: files in, conversations on screen, done and undone, pictures out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.application import Desk, run
from app.theme import Theme
from fluffy_core import Core, Section, imports, inbox, load_settings
from tests.app.driver import Opened
from tests.app.fakes import FakeMail

ROOT = Path(__file__).resolve().parent.parent.parent
ME, ANN = "Robin Vale <robin@vale-studio.example>", "Ann Berg <ann@nordlicht.example>"


SCALED = ("inbox", "people", "activity", "notices")
"""Views that there are pictures of at 200 %."""
SMALL = ("inbox-small", "reader-small", "activity-small", "accounts-small", "privacy-small")


def letter(number: int, sender: str, to: str, *, text: str, html: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = "Revised quote" if number == 1 else "Re: Revised quote"
    message["Message-ID"] = f"<{number}@nordlicht.example>"
    message["Date"] = format_datetime(datetime.now(UTC) - timedelta(days=5 - number))
    if number > 1:
        message["References"] = message["In-Reply-To"] = f"<{number - 1}@nordlicht.example>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def write_mail(folder: Path) -> Path:
    folder.mkdir()
    letters = [
        letter(1, ME, ANN, text="Hello Ann,\n\nhere is the quote for 40 seats.\n\nRobin\n"),
        letter(2, ANN, ME, text="Hello Robin,\n\nthank you. We decided to take the annual plan.\n\nAnn\n"),
        letter(
            3, ANN, ME, text="Hello Robin,\n\ncould you send the revised quote by Thursday?\n\nAnn\n",
            html="<p>Hello Robin,</p><p>could you send the <b>revised</b> quote by Thursday?</p>",
        ),
    ]  # fmt: skip
    for number, raw in enumerate(letters, 1):
        (folder / f"{number}.eml").write_bytes(raw)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one conversation of three messages, all work done."""
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "key"))
    made = tmp_path / "home"
    with Core.open(load_settings(made)) as core:
        assert core.start_workers()
        account = imports.start(core.store, [write_mail(tmp_path / "mail")], me=["robin@vale-studio.example"])
        deadline = time.monotonic() + 60
        while not (imports.is_read(core.store, account) and core.jobs.idle()):
            assert time.monotonic() < deadline, "the import took too long"
            time.sleep(0.1)
    return made


@pytest.fixture
def real(home: Path, qtbot: QtBot, theme: Theme) -> Iterator[Opened]:
    with Core.open(load_settings(home)) as core:
        desk = Desk(core, theme)
        made = Opened(desk, FakeMail(0), qtbot)
        desk.window.resize(1280, 800)
        desk.start()
        yield made
        desk.close()


def test_a_conversation_is_listed_read_put_away_and_brought_back(real: Opened) -> None:
    window, core = real.window, real.desk.context.core
    real.settle(lambda: window.inbox.reader.page is not None)
    page = window.inbox.reader.page
    assert page is not None
    assert page.detail.row.subject == "Revised quote"
    assert [one.sender.mine for one in page.detail.messages] == [True, False, False]
    assert inbox.counts(core.store).everything == 1
    before = {section: inbox.ids(core.store, section) for section in Section}
    real.press("E")
    real.settle(window.toast.isVisible)
    real.settle(lambda: inbox.ids(core.store, Section.NEEDS_REPLY) == ())
    real.press("Z")
    real.settle(lambda: {section: inbox.ids(core.store, section) for section in Section} == before)


def test_html_as_its_sender_designed_it(real: Opened) -> None:
    real.settle(lambda: real.window.inbox.reader.page is not None)
    real.press("V")
    from app.views.reader.html_view import HtmlView

    real.bot.waitUntil(lambda: bool(real.window.inbox.findChildren(HtmlView)), timeout=10_000)


def test_people_and_activity_of_a_real_home(real: Opened) -> None:
    real.settle(lambda: real.window.inbox.reader.page is not None)
    real.press("2")
    real.settle(lambda: real.window.page.list.model.rowCount() == 2)  # type: ignore[attr-defined]
    real.press("3")
    real.settle(lambda: bool(real.window.page.shown))  # type: ignore[attr-defined]


def test_pictures_of_every_view(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    command = [sys.executable, "-m", "app", "--home", str(home), "--shots", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    views = (
        "inbox",
        "search",
        "reader-html",
        "people",
        "person",
        "activity",
        "activity-open",
        "notices",
        "accounts",
        "privacy",
        "connect",
        "import",
        "welcome",
        "keys",
        "palette",
    )
    names = {f"{view}-{theme}.png" for view in views for theme in ("light", "dark")}
    names |= {f"{view}-1920-{theme}.png" for view in ("inbox", "people") for theme in ("light", "dark")}
    names |= {f"{view}-light-200.png" for view in (*SCALED, *SMALL)}
    assert names <= {path.name for path in folder.iterdir()}
    sizes = {name: QImage(str(folder / name)).size().toTuple() for name in names}
    assert sizes["inbox-light.png"] == (1280, 800)
    assert sizes["inbox-1920-dark.png"] == (1920, 1080)
    assert sizes["inbox-light-200.png"] == (2560, 1600)
    assert (folder / "inbox-light.png").read_bytes() != (folder / "inbox-dark.png").read_bytes()


SAY_WHEN_OPEN = """
import sys
from PySide6.QtCore import QTimer
from app.__main__ import main
from app.application import Desk
shown = Desk.start
Desk.start = lambda desk: (shown(desk), QTimer.singleShot(0, lambda: print("open", flush=True)))
sys.exit(main())
"""


def test_the_program_starts_and_ends_politely(home: Path) -> None:
    command = [sys.executable, "-c", SAY_WHEN_OPEN, "--home", str(home), "--theme", "dark"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"open\n"
        running.send_signal(signal.SIGTERM)
        _out, said = running.communicate(timeout=60)
    assert running.returncode == 0, said.decode()
    assert b"Traceback" not in said


CLOSE_SOON = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import app
from app.application import Desk, run
shown = Desk.start
Desk.start = lambda desk: (shown(desk), QTimer.singleShot(1500, desk.window.close))
sys.exit(run(Path(sys.argv[1]), theme="light"))
"""


def test_closing_the_window_ends_the_program(home: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CLOSE_SOON, str(home)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def test_a_home_that_cannot_be_opened_is_said_in_words(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "critical", lambda _parent, _title, text: said.append(text))
    monkeypatch.setattr("app.application.make_application", lambda _arguments: qapp)
    (tmp_path / "file").write_text("not a folder")
    assert run(tmp_path / "file" / "home") == 1
    assert said[0].startswith("This mailbox cannot be opened.\n\nThe folder ")
