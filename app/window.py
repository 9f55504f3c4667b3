"""The frame: rail, pages, status line, and the commands that are true everywhere."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.actions import privacy, triage
from app.background import QueryOp
from app.commands import COMMANDS, Handlers
from app.context import Context
from app.views.inbox.page import InboxPage
from app.views.page import Page
from app.views.status_bar import StatusBar
from app.widgets.rail import Rail
from app.widgets.toast import Toast
from fluffy_core import CommitmentRow, ContactId, InboxCounts, MessageId, ThreadId, reader

if TYPE_CHECKING:
    from app.views.today.row import Call

PAGES = (
    ("today", "sun-horizon", "Today   5"),
    ("inbox", "tray", "Inbox   1"),
    ("people", "user", "People   2"),
    ("owed", "handshake", "Owed   4"),
)
BELOW = (
    ("import", "download-simple", "Import   Ctrl O"),
    ("rules", "graduation-cap", "Learned rules   7"),
    ("activity", "activity", "Activity   3"),
    ("models", "cpu", "Models   0"),
    ("accounts", "at", "Accounts   8"),
    ("privacy", "shield-check", "Privacy   9"),
    ("palette", "dots-three", "All commands   Ctrl K"),
)
STAYS = ("today", "inbox", "people", "owed", "rules", "activity", "models", "accounts", "privacy")
"""Pages whose icon stays pressed while they are shown."""
PLAIN_PAGES = {
    "activity": ("app.views.activity.page", "ActivityPage"),
    "models": ("app.views.models.page", "ModelsPage"),
    "accounts": ("app.views.accounts.page", "AccountsPage"),
    "privacy": ("app.views.privacy.page", "PrivacyPage"),
    "welcome": ("app.views.welcome.page", "WelcomePage"),
}
"""Pages that need nothing but the context; their code is loaded when they are first shown."""
THEMES = {"": "light", "light": "dark", "dark": ""}


class Window(QMainWindow):
    """Owns pages, made when first shown."""

    left = Signal()
    """The user wants the program to end."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._theme_choice = ""
        self._leaving = False
        self.stays_in_tray: Callable[[], bool] | None = None
        """Whether closing the window leaves the program at work; None where there is no tray."""
        self.setObjectName("window")
        self.setWindowTitle("FluffyMail")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.rail = Rail(context.theme, PAGES, BELOW)
        self.rail.make_page(*STAYS)
        self.rail.run = self.run
        self.stack = QStackedWidget()
        self.inbox = InboxPage(context)
        self.inbox.person_opened.connect(self.show_person)
        self.inbox.listed.connect(self._on_listed)
        self.inbox.list.drafts_wanted.connect(lambda: self.show_page("drafts"))
        self._pages: dict[str, Page] = {"inbox": self.inbox}
        self.stack.addWidget(self.inbox)
        self.status = StatusBar(context)
        self.status.opened.connect(self.run)
        self._lay_out()
        self.toast = Toast(self, context.style.px("toast"))
        self.inbox.dock.toggled.connect(self._on_writing)
        self.toast.undo.connect(lambda: self.run("undo"))
        context.notices.done.connect(lambda text, undoable: self.toast.say(text, undoable=undoable))
        context.notices.import_wanted.connect(self.show_import)
        context.notices.connect_wanted.connect(self.show_connect)
        context.notices.quote_wanted.connect(self.show_quote)
        self.actions_by_id = self._make_actions()
        self._make_menus()
        self.show_page("inbox")

    @property
    def page(self) -> Page:
        """What is in view."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def start(self) -> None:
        """Ask for the first data."""
        self.inbox.list.refresh()
        self.inbox.list.drafts.refresh()
        self.status.refresh()

    def run(self, command: str) -> None:
        """Run a command by its id: the page's own, else the frame's."""
        handler = self.handlers().get(command)
        if handler is not None:
            handler()

    def handlers(self) -> Handlers:
        """Every command that means something now."""
        ours: Handlers = {
            **{name: partial(self.show_page, name) for name in (*STAYS, "drafts")},
            "connect": self.show_connect,
            "sync": self._fetch,
            "offline": lambda: privacy.toggle_offline(self._context, self),
            "import": lambda: self.show_import([]),
            "compose": self.compose,
            "undo": lambda: triage.undo(self._context, self),
            "keys": self.show_keys,
            "palette": self.show_palette,
            "theme": self.next_theme,
            "notices": self.show_notices,
            "quit": self.leave,
        }
        return ours | self.page.handlers()

    def _fetch(self) -> None:
        from app.actions import accounts

        accounts.sync_all(self._context, self)

    def show_page(self, name: str) -> Page:
        """Bring a page into view, making it the first time."""
        if name not in self._pages:
            self._pages[name] = self._make_page(name)
            self.stack.addWidget(self._pages[name])
        page = self._pages[name]
        self.stack.setCurrentWidget(page)
        self.rail.mark(name)
        page.enter()
        return page

    def show_person(self, contact_id: ContactId) -> None:
        """The page of a person."""
        from app.views.people.page import PeoplePage

        page = self.show_page("people")
        assert isinstance(page, PeoplePage)
        page.show_person(contact_id)

    def show_thread(self, thread_id: ThreadId) -> None:
        """A conversation in the inbox."""
        self.show_page("inbox")
        self.inbox.open_thread(thread_id)

    def show_quote(self, message_id: MessageId, words: str) -> None:
        """The message that says so, wherever it is."""

        def show(thread_id: ThreadId) -> None:
            self.show_page("inbox")
            self.inbox.show_quote(thread_id, message_id, words)

        store, background = self._context.core.store, self._context.background
        QueryOp(background, self, lambda: reader.thread_of(store, message_id)).success(show).run()

    def show_owed(self, row: CommitmentRow) -> None:
        """What is owed, in its message."""
        self.show_quote(row.commitment.message_id, row.commitment.quote)

    def answer_call(self, call: "Call") -> None:
        """A draft of an answer or a reminder, below its conversation."""
        self.show_page("inbox")
        self.inbox.answer_call(call)

    def answer_owed(self, row: CommitmentRow) -> None:
        """A draft about something that is owed, below its conversation."""
        self.show_page("inbox")
        self.inbox.answer_owed(row)

    def compose(self) -> None:
        """Write a new message."""
        self.show_page("inbox")
        self.inbox.compose()

    def go_on_writing(self, unsent_id: int) -> None:
        """Open a draft in the composer; one that is on its way is taken back."""
        self.show_page("inbox")
        self.inbox.dock.go_on(unsent_id)

    def show_import(self, paths: list[Path]) -> None:
        """The import dialog, with paths when some were dropped."""
        from app.views.importing.dialog import ImportDialog

        ImportDialog(self._context, self, paths).open()

    def show_connect(self) -> None:
        """The way to connect an account; while nothing else is here, its progress is what there is to see."""
        from app.views.connecting.dialog import ConnectDialog

        dialog = ConnectDialog(self._context, self)
        dialog.connected.connect(lambda: self._look_around(self.page))
        dialog.open()

    def show_keys(self) -> None:
        """All keys."""
        from app.widgets.key_overlay import KeyOverlay

        KeyOverlay(self, COMMANDS).show()

    def show_palette(self) -> None:
        """Find a command by its words."""
        from app.widgets.palette import Palette

        available = self.handlers()
        Palette(self, [one for one in COMMANDS if one.id in available], self.run).show()

    def show_notices(self) -> None:
        """Notifications, quiet hours, the tray."""
        from app.views.notices.dialog import NoticeDialog

        NoticeDialog(self._context, self, has_tray=self.stays_in_tray is not None).open()

    def come_forward(self, page: str = "") -> None:
        """Back from the tray or from behind other windows, with this page in view."""
        if page:
            self.run(page)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def leave(self) -> None:
        """Close for good, whatever the tray would say."""
        self._leaving = True
        self.close()
        self.left.emit()

    def next_theme(self) -> None:
        """From the system's to light to dark."""
        self._theme_choice = THEMES[self._theme_choice]
        self._context.theme.choose(self._theme_choice)
        words = {"": "Light or dark as the system says", "light": "Light", "dark": "Dark"}
        self._context.notices.done.emit(words[self._theme_choice], False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self._context.notices.import_wanted.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The composition root closes the core when the last window is gone; in the tray work goes on."""
        if not self._leaving and self.stays_in_tray is not None and self.stays_in_tray():
            event.ignore()
            self.hide()
        else:
            event.accept()
            if not self._leaving:
                self.left.emit()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.stack, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)

    def _make_actions(self) -> dict[str, QAction]:
        made: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.text, self)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.setAutoRepeat(command.id in ("next", "previous"))
            action.triggered.connect(lambda _checked=False, name=command.id: self.run(name))
            self.addAction(action)
            made[command.id] = action
        return made

    def _make_menus(self) -> None:
        """A menu bar for those who look for one; out of sight (F10) where it is not the system's."""
        bar = self.menuBar()
        menus: dict[str, QMenu] = {}
        for group in ("File", "Act", "Find", "Look", "Go"):
            menus[group] = bar.addMenu(group)
        for command in COMMANDS:
            if command.group in menus:
                menus[command.group].addAction(self.actions_by_id[command.id])
        if not bar.isNativeMenuBar():
            bar.hide()
        show = QAction(self, shortcut=QKeySequence(Qt.Key.Key_F10))
        show.triggered.connect(lambda: bar.setVisible(bar.isHidden()))
        self.addAction(show)

    def _make_page(self, name: str) -> Page:
        if name == "people":
            from app.views.people.page import PeoplePage

            people = PeoplePage(self._context)
            people.thread_opened.connect(self.show_thread)
            return people
        if name == "owed":
            from app.views.owed.page import OwedPage

            owed = OwedPage(self._context)
            owed.opened.connect(self.show_owed)
            owed.answer_wanted.connect(self.answer_owed)
            return owed
        if name == "today":
            from app.views.today.page import TodayPage

            today = TodayPage(self._context)
            today.opened.connect(lambda call: self.show_quote(call.message_id, call.quote))
            today.answer_wanted.connect(self.answer_call)
            today.owed_opened.connect(self.show_owed)
            today.owed_wanted.connect(self.answer_owed)
            return today
        if name == "drafts":
            from app.views.drafts.page import DraftsPage

            drafts = DraftsPage(self._context)
            drafts.wanted.connect(self.go_on_writing)
            return drafts
        if name == "rules":
            from app.views.rules.page import RulesPage

            rules = RulesPage(self._context)
            rules.thread_opened.connect(self.show_thread)
            return rules
        module, kind = PLAIN_PAGES[name]
        page: Page = getattr(import_module(module), kind)(self._context)
        return page

    def _look_around(self, page: Page) -> None:
        if page is self._pages.get("welcome"):
            self.show_page("accounts")

    def _on_writing(self, writes: bool) -> None:
        """What is written is on screen, and its buttons are not under a word about something else."""
        self.toast.lift(self._context.style.px("toast_lift") if writes else 0)
        if writes:
            self.show_page("inbox")

    def _on_listed(self, counts: InboxCounts) -> None:
        """An empty home begins with the welcome page; the first mail ends it."""
        if not counts.everything and self.page is self.inbox and not self.inbox.list.search.text:
            self.show_page("welcome")
        elif counts.everything and self.page is self._pages.get("welcome"):
            self.show_page("inbox")
