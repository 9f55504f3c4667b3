"""Nothing is shown before it has its place: it would be a window of its own that takes the keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.views.connecting.dialog import ConnectDialog
from app.views.importing.dialog import ImportDialog
from app.views.people.facts import FactGrid
from app.views.people.owed import OwedList
from app.window import Window
from fluffy_core import ContactId, ThreadId
from tests.app.driver import Open, Opened
from tests.app.fakes import FakeMail
from tests.app.writing import Writing

EXPECTED = ("Window", "ImportDialog", "ConnectDialog")


class Watch(QObject):
    """Notes the kind of each window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only looks."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[Watch]:
    made = Watch()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


def strays(watch: Watch) -> list[str]:
    return [one for one in watch.seen if one not in EXPECTED]


def test_what_is_shown_without_a_place_is_seen(watch: Watch, qtbot: object) -> None:
    lost = QWidget()
    lost.setVisible(True)
    lost.close()
    assert strays(watch) == ["QWidget"]


def test_no_page_shows_a_window_of_its_own(watch: Watch, open_window: Open) -> None:
    opened: Opened = open_window(FakeMail())
    opened.settle(lambda: bool(opened.window.inbox.side.findChildren(OwedList)))
    for thread in (2, 7, 8):
        opened.window.show_thread(ThreadId(thread))
        opened.settle(lambda: opened.window.inbox.reader.page is not None)
    for key in ("1", "2", "3", "4", "5", "7", "8", "9", "0"):
        opened.press(key)
        opened.settle()
    opened.window.show_person(ContactId(1))
    opened.settle(lambda: bool(opened.window.page.findChildren(FactGrid)))
    for name in ("drafts", "welcome"):
        opened.window.show_page(name)
        opened.settle()
    for key in ("?", "Ctrl+K"):
        opened.press(key)
        opened.settle()
    for kind in (ImportDialog, ConnectDialog):
        dialog = kind(opened.desk.context, opened.window)
        dialog.show()
        opened.settle()
        dialog.close()
    assert strays(watch) == []
    assert watch.seen.count("Window") == 1


def test_the_window_stays_the_active_one(watch: Watch, open_window: Open) -> None:
    opened: Opened = open_window(FakeMail())
    opened.bot.waitUntil(opened.window.isActiveWindow)
    opened.settle(lambda: bool(opened.window.inbox.side.findChildren(OwedList)))
    opened.window.toast.say("1 conversation put away", undoable=True)
    opened.press("5")
    opened.settle()
    assert isinstance(QApplication.activeWindow(), Window)
    assert opened.window.isActiveWindow()


def test_writing_shows_no_window_of_its_own(watch: Watch, writing: Writing) -> None:
    writing.write("reply")
    writing.type("Please find the plan attached.")
    writing.desk.window.run("suggest")
    writing.settle(lambda: len(writing.requests) == 1)
    writing.desk.window.run("escape")
    writing.settle(lambda: not writing.dock.writes)
    assert strays(watch) == []
