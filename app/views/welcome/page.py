"""The first start: three plain choices."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions import importing as acts
from app.context import Context
from app.views.page import Page
from app.widgets.labels import label, pane


class WelcomePage(Page):
    """Shown while the home is empty."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "canvas")
        self._context = context
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(label("Welcome to FluffyMail", "title"))
        words = (
            "Your mail becomes a list of people, promises and things to answer. All of it happens on this "
            "computer; nobody but your own mail servers is reached."
        )
        column.addWidget(label(words, "dim", wrap=True))
        column.addSpacing(12)
        self.demo = _choice(
            "Look around with the demo",
            "A small agency's mailbox, written for this. Takes a few seconds.",
            self._demo,
        )
        self.files = _choice(
            "Import files",
            "Mailboxes from Thunderbird, Apple Mail or Google Takeout, or any mbox, Maildir, .eml.",
            lambda: context.notices.import_wanted.emit([]),
        )
        self.account = _choice(
            "Connect an account",
            "IMAP, Gmail or Outlook: your address is enough to begin with. Only you change what is there.",
            context.notices.connect_wanted.emit,
        )
        for one in (self.demo, self.files, self.account):
            column.addWidget(one)
        column.addSpacing(8)
        column.addWidget(label("You can also drop files anywhere on this window.", "small"))
        column.addStretch(3)
        whole = QWidget()
        whole.setLayout(column)
        whole.setFixedWidth(520)
        line = QHBoxLayout(self)
        line.addStretch()
        line.addWidget(whole)
        line.addStretch()

    def enter(self) -> None:
        """The page came into view."""
        self.demo.setFocus()

    def _demo(self) -> None:
        self.demo.setEnabled(False)
        self.files.setEnabled(False)
        acts.start_demo(self._context, self)


def _choice(heading: str, sentence: str, run: Callable[[], object]) -> QPushButton:
    made = QPushButton()
    made.setProperty("kind", "choice")
    made.setAccessibleName(heading)
    made.setAccessibleDescription(sentence)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    column = QVBoxLayout(made)
    column.setContentsMargins(18, 14, 18, 14)
    column.setSpacing(2)
    for text, kind in ((heading, "strong"), (sentence, "dim")):
        line = label(text, kind, wrap=True)
        line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column.addWidget(line)
    made.setMinimumHeight(86)
    made.clicked.connect(lambda _checked: run())
    return made
