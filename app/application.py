"""The composition root of the window: makes everything once and passes it in."""

import gc
import logging
import signal
import sys
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from shiboken6 import delete, isValid

from app import notifications, tray
from app.background import Background, ChangeOp
from app.bridge import Bridge
from app.context import Context, Notices
from app.errors import Presenter
from app.garbage import GarbageCollector
from app.notifications import Desktop, Notifier
from app.theme import Theme
from app.tray import Tray
from app.window import Window
from fluffy_core import Core, Health, KnownError, NoticeSettings, load_settings

log = logging.getLogger(__name__)
SIGNALS_MS = 500
TAKEOVER_MS = 10_000
"""Between two looks at whether the window that does the work was closed."""

AFTER_FIRST_MS, LATEST_MS = 100, 3_000
"""The core goes to work so long after the inbox was first listed, or after the window was shown."""
READY_MS = 1_500
"""From then on to the composer's code being loaded: who writes does not wait for it."""
SWITCH_SECONDS = 0.0002
"""How long a worker may hold the interpreter while the window waits, often many times for one page."""


def make_application(arguments: list[str]) -> QApplication:
    """Qt itself, in one style everywhere, and an interpreter that serves the window first."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # the code itself is no garbage: looking through it would only keep the window waiting
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)  # WebEngine wants it early
    app = QApplication(arguments)
    app.setApplicationName("FluffyMail")
    app.setApplicationDisplayName("FluffyMail")
    app.setStyle("Fusion")
    return app


class Desk(QObject):
    """One open home with its window; `close` puts everything away in the right order."""

    def __init__(
        self, core: Core, theme: Theme, *, desktop: Desktop | None = None, tray: Tray | None = None
    ) -> None:
        super().__init__()
        self._garbage = GarbageCollector(self)
        notices = Notices(self)
        self.context = Context(core, Background(self), Bridge(core.bus, self), theme, notices)
        self.presenter = Presenter(lambda text: notices.done.emit(text, False))
        notices.failed.connect(self.presenter.show)
        self.context.background.failed.connect(self.presenter.show)
        self.window = Window(self.context)
        self.presenter.window = self.window
        self.tray = tray
        self.notifier = Notifier(self.context, desktop, tray)
        self.notifier.opened.connect(self.window.come_forward)
        self.notice_settings = NoticeSettings()
        self.notifier.settings_read.connect(self._keep_settings)
        self._beginning = QTimer(self, singleShot=True)
        self._beginning.timeout.connect(self._begin)
        self._ready = QTimer(self, singleShot=True)
        self._ready.timeout.connect(lambda: import_module("app.views.composer.desk"))
        self._takeover = QTimer(self, interval=TAKEOVER_MS)
        self._takeover.timeout.connect(self._start_workers)
        if tray is not None:
            self._connect_tray(tray)

    def _connect_tray(self, tray: Tray) -> None:
        tray.opened.connect(self.window.come_forward)
        tray.toggled.connect(self.window.status.toggle)
        tray.left.connect(self.window.leave)
        self.window.stays_in_tray = lambda: self.notice_settings.keep_in_tray
        self.window.status.told.connect(self._tell_tray)
        tray.start()

    def _tell_tray(self, health: Health) -> None:
        if self.tray is not None:
            self.tray.show_health(health, paused=self.window.status.paused)

    def _keep_settings(self, found: NoticeSettings) -> None:
        self.notice_settings = found

    def start(self) -> None:
        """Show the window and its inbox first: what works behind it takes longer to load."""
        self.window.inbox.listed.connect(self._listed, Qt.ConnectionType.SingleShotConnection)
        self.window.start()
        self.window.show()
        self._beginning.start(LATEST_MS)

    def _listed(self) -> None:
        if self._beginning.isActive():  # else it has begun, the list being late
            self._beginning.start(AFTER_FIRST_MS)

    def _begin(self) -> None:
        self._start_workers()
        self.notifier.start()
        self._ready.start(READY_MS)

    def _start_workers(self) -> None:
        op = ChangeOp(self.context.background, self, self.context.core.start_workers)
        op.success(self._started).run()

    def _started(self, owner: bool) -> None:
        """Another window may own the home: it is tried again until that one is closed."""
        (self._takeover.stop if owner else self._takeover.start)()
        self.window.status.refresh()

    def close(self) -> None:
        """Finish writes, hear nothing more; the core is closed by whoever opened it."""
        for timer in (self._beginning, self._ready, self._takeover):
            timer.stop()
        if isValid(self.window):
            self.window.inbox.dock.keep()
        self.context.bridge.close()
        self.notifier.close()
        self.context.background.close()
        self.presenter.window = None
        delete(self.window)
        self._garbage.stop()


def _quit_on_signals(app: QApplication) -> None:
    """Ctrl+C in the terminal and a polite kill close the window as its button does."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: app.quit())
    beat = QTimer(app, interval=SIGNALS_MS)
    beat.timeout.connect(lambda: None)  # Python looks at signals only when it runs
    beat.start()


def run(home: Path | None, *, theme: str = "") -> int:
    """Open the home and its window; the exit code."""
    app = make_application(sys.argv[:1])
    settings = load_settings(home)
    style = Theme(app, settings.paths.resources, choice=theme)
    try:
        core = Core.open(settings)
    except KnownError as error:
        QMessageBox.critical(None, "FluffyMail", f"This mailbox cannot be opened.\n\n{error}")
        return 1
    with core:
        desk = Desk(core, style, desktop=notifications.desktop(), tray=tray.make(style))
        app.setQuitOnLastWindowClosed(False)  # a dialog closed over a window in the tray is not the end
        desk.window.left.connect(app.quit)
        sys.excepthook = desk.presenter.hook
        _quit_on_signals(app)
        desk.start()
        code = app.exec()
        desk.close()
    return code
