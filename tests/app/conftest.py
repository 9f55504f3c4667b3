"""A window over a mailbox in memory: the real application, the core's face replaced function by function."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import app  # noqa: F401 - before any Qt: keeps None alive
import fluffy_core
from app.application import Desk, make_application
from app.theme import Theme
from tests.app.driver import Open, Opened
from tests.app.fakes import FakeMail
from tests.app.writing import Writing
from tests.fakes import stored

RESOURCES = Path(fluffy_core.__file__).resolve().parent.parent / "resources"


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as the program makes it."""
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else make_application(["tests"])


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """Light, with the shipped tokens."""
    return Theme(qapp, RESOURCES, choice="light")


@pytest.fixture
def open_window(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a window over a mailbox; it is closed after the test."""
    opened: list[Opened] = []

    def make(mail: FakeMail) -> Opened:
        for module, functions in mail.face().items():
            for name, function in functions.items():
                monkeypatch.setattr(getattr(fluffy_core, module), name, function)
        desk = Desk(mail.core, theme)  # type: ignore[arg-type]
        made = Opened(desk, mail, qtbot)
        opened.append(made)
        desk.window.resize(1280, 800)
        desk.start()
        return made

    yield make
    for one in opened:
        one.desk.close()


@pytest.fixture
def opened(open_window: Open) -> Opened:
    """A window over thirty threads, its first listing on screen."""
    made = open_window(FakeMail())
    made.settle(lambda: made.window.inbox.reader.page is not None)
    return made


@pytest.fixture
def writing(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[Writing]:
    """A window over a real store in which an account can send."""
    store = stored.empty(tmp_path)
    made = Writing(store, qtbot, theme)
    yield made
    made.close()
    store.close()
