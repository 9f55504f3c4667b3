"""Pictures of every view, taken offscreen from a real home: for documents, and to look at."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from app import writing_shots
from app.application import Desk, make_application
from app.theme import Theme
from app.views.connecting.dialog import ConnectDialog
from app.views.importing.dialog import ImportDialog
from app.views.notices.dialog import NoticeDialog
from app.widgets.key_overlay import KeyOverlay
from app.widgets.palette import Palette
from fluffy_core import ContactId, Core, Section, ThreadId, inbox, load_settings, people

log = logging.getLogger(__name__)
SIZE = (1280, 800)
LARGE = (1920, 1080)
SMALL = (640, 400)
PATIENCE_MS = 15_000
THEMES = ("light", "dark")
SCALED = 2.0
SEARCHED = "late delivery of the packaging"
QUESTIONS = {
    "answer": "How much does Daniel charge by the day?",
    "no-answer": "When does the museum in Lisbon open?",
}
"""Of the demo mailbox."""
AT_REST = 4
"""Looks in a row that found nothing under way."""


def take(home: Path | None, folder: Path, *, theme: str = "", scale: float | None = None) -> int:
    """Save the pictures into `folder`; 0 when all were taken.

    A scale factor is read once by Qt, so pictures at 200 % come from processes of their own.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's sandbox refuses to run as root
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--disable-gpu --disable-logging --log-level=3"
    qInstallMessageHandler(_tell)
    folder.mkdir(parents=True, exist_ok=True)
    app = make_application(sys.argv[:1])
    settings = load_settings(home)
    with Core.open(settings) as core:
        style = Theme(app, settings.paths.resources, choice=theme or THEMES[0])
        desk = Desk(core, style)
        camera = Camera(desk, folder, suffix=f"-{scale * 100:.0f}" if scale else "")
        QCursor.setPos(*LARGE)  # it would rest on a button, which looked pointed at
        desk.window.start()
        desk.window.show()
        desk.window.activateWindow()
        for one in [theme] if theme else THEMES:
            style.choose(one)
            camera.session(one, whole=scale is None)
        desk.window.close()
        desk.close()
    return 0 if scale or theme else _scaled(home, folder)


def _scaled(home: Path | None, folder: Path) -> int:
    """Inbox and people at 200 %."""
    where = ["--home", str(home)] if home else []
    command = [sys.executable, "-m", "app", *where, "--shots", str(folder), "--scale", str(SCALED)]
    return subprocess.run([*command, "--theme", "light"], check=False, timeout=300).returncode


class Camera:
    """Brings each view up, waits until it is loaded, and saves it."""

    def __init__(self, desk: Desk, folder: Path, *, suffix: str) -> None:
        self._desk, self._folder, self._suffix = desk, folder, suffix
        self._theme = ""

    def session(self, theme: str, *, whole: bool) -> None:
        """Every view in one theme; only inbox and people when not `whole`."""
        self._theme = theme
        window = self._desk.window
        window.resize(*SIZE)
        self._inbox()
        self._people()
        if not whole:
            self._activity()
            self._small()
        else:
            self._rest()
            window.resize(*LARGE)
            window.run("inbox")
            self.save("inbox-1920")
            window.run("people")
            self.save("people-1920")

    def settle(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Let the window come to rest: nothing under way, nothing about to be asked."""
        still = 0
        waited = 0
        if not self._desk.window.isActiveWindow() and QApplication.activeModalWidget() is None:
            self._desk.window.activateWindow()  # WebEngine makes the native window anew
        while still < AT_REST and waited < PATIENCE_MS:
            _pause(60)
            waited += 60
            still = still + 1 if self._desk.context.background.idle and ready() else 0

    def _inbox(self) -> None:
        window, core = self._desk.window, self._desk.context.core
        window.run("inbox")
        self.settle()
        page = window.inbox
        page.list.search.ask("")
        self.settle()
        if (first := _worth_seeing(core)) is not None:
            page.open_thread(first)
        self.save("inbox", lambda: page.reader.page is not None or first is None)

    def _people(self) -> None:
        window, core = self._desk.window, self._desk.context.core
        window.run("people")
        self.settle()
        if (somebody := _most_written(core)) is not None:
            window.show_person(somebody)
            self.save("person")
        ids = people.ids(core.store)
        if ids:
            window.show_person(ids[0])
        self.save("people")

    def _activity(self) -> None:
        """The page, then with what FluffyMail can do unfolded; then the settings of notices."""
        page = self._desk.window.show_page("activity")
        self.save("activity")
        page.now.abilities.toggle()  # type: ignore[attr-defined]
        self.save("activity-open")
        page.now.abilities.toggle()  # type: ignore[attr-defined]
        dialog = NoticeDialog(self._desk.context, self._desk.window, has_tray=True)
        dialog.show()
        self.settle(dialog.isEnabled)
        self._grab(dialog, "notices")
        dialog.close()

    def _small(self) -> None:
        """A screen of 1280x800 pixels at 200 % is half as wide and high for the window."""
        window = self._desk.window
        window.resize(*SMALL)
        window.run("inbox")
        window.run("back")
        self.save("inbox-small")
        window.inbox.read_on()
        self.save("reader-small")
        self._found("-small")
        window.inbox.list.search.ask("")
        window.run("people")
        self.save("people-small")
        for page in ("today", "owed", "rules", "activity", "models", "accounts", "privacy"):
            window.run(page)
            self.save(f"{page}-small")
        self._writing("-small")
        window.run("keys")
        self.save("keys-small")
        self._leave(KeyOverlay)

    def _rest(self) -> None:
        window = self._desk.window
        window.run("inbox")
        self._html()
        window.inbox.list.search.ask("has:attachment")
        window.inbox.list.search.focus()
        self.save("search")
        self._found("")
        window.inbox.list.search.ask("")
        window.inbox.list.enter()
        self._activity()
        for page in ("today", "owed", "rules", "models", "accounts", "privacy"):
            window.run(page)
            self.save(page)
        self._writing("")
        window.show_page("welcome")
        self.save("welcome")
        window.run("inbox")
        self.settle()
        window.run("keys")
        self.save("keys")
        self._leave(KeyOverlay)
        window.run("palette")
        self.save("palette")
        self._leave(Palette)
        self._dialog(ImportDialog(self._desk.context, window), "import")
        self._dialog(ConnectDialog(self._desk.context, window), "connect")

    def _found(self, size: str) -> None:
        """Results with what matched, an answer, and what no mail answers."""
        page = self._desk.window.inbox
        self._desk.window.run("back")
        page.list.search.ask(SEARCHED)
        self.save(f"results{size}")
        for name, question in QUESTIONS.items():
            page.list.search.ask(question)
            self.settle()
            self.save(f"offer-{name}{size}")
            page.list.ask(question)
            self.save(f"{name}{size}")

    def _writing(self, size: str) -> None:
        """The composer and what was written."""
        first = _worth_seeing(self._desk.context.core)
        if first is not None:
            writing_shots.take(self._desk, self, first, size=size)

    def _html(self) -> None:
        """A message as designed, when the home has one."""
        window, core = self._desk.window, self._desk.context.core
        found = _designed(core)
        if found is None:
            return
        reader = window.inbox.reader
        window.inbox.open_thread(found)
        self.settle(lambda: reader.page is not None and reader.page.detail.row.id == found)
        card = reader.page.current_card() if reader.page is not None else None
        if card is not None and not card.is_designed:
            card.show_designed()
        self.settle()
        _pause(1500)  # Chromium paints in its own time
        self.save("reader-html")

    def _dialog(self, dialog: QDialog, name: str) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        self.settle()
        self._grab(dialog, name)
        dialog.close()

    def _leave(self, kind: type[KeyOverlay] | type[Palette]) -> None:
        for one in self._desk.window.findChildren(kind):
            one.leave()

    def save(self, name: str, ready: Callable[[], bool] = lambda: True) -> None:
        """The window as it is once it is `ready` and at rest."""
        self.settle(ready)
        self._grab(self._desk.window, name)

    def _grab(self, widget: QWidget, name: str) -> None:
        for one in self._desk.window.findChildren(QLabel):
            QApplication.sendPostedEvents(one, QEvent.Type.LayoutRequest)
        widget.grab().save(str(self._folder / f"{name}-{self._theme}{self._suffix}.png"))


def _tell(kind: QtMsgType, _context: object, text: str) -> None:
    """Qt's remarks about a screen that is not there are no news; real faults are."""
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        log.error("%s", text)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _worth_seeing(core: Core) -> ThreadId | None:
    """The conversation that shows most: the longest of those that need a reply."""
    ids = inbox.ids(core.store, Section.NEEDS_REPLY) or inbox.ids(core.store, Section.EVERYTHING)
    rows = inbox.rows(core.store, ids[:100])
    return max(rows, key=lambda one: (rows[one].message_count, -one), default=None)


def _most_written(core: Core) -> ContactId | None:
    """Who may be the same as somebody else, or with whom most mail was exchanged."""
    proposals = people.proposals(core.store)
    if proposals:
        return proposals[0].a.id
    rows = people.rows(core.store, people.ids(core.store)[:200])
    return max(rows, key=lambda one: (rows[one].messages_in + rows[one].messages_out, -one), default=None)


def _designed(core: Core) -> ThreadId | None:
    """A conversation whose newest message has HTML."""
    from fluffy_core import reader

    for one in inbox.ids(core.store, Section.EVERYTHING, include_done=True)[:300]:
        messages = reader.open_thread(core.store, one).messages
        if messages and messages[-1].has_html:
            return one
    return None
