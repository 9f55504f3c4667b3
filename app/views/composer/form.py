"""What the composer looks like: head, recipients, subject, text, files, question, and the buttons below."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.context import Context
from app.views.composer.better_line import BetterLine
from app.views.composer.files import Files
from app.views.composer.question import Question
from app.views.composer.recipients import LABEL, Complete, Recipients
from app.widgets.buttons import button
from app.widgets.choice_button import ChoiceButton
from app.widgets.draft_edit import DraftEdit
from app.widgets.flow_row import FlowRow
from app.widgets.labels import ElidedLabel, hairline, label, pane
from app.widgets.scroll_pane import ScrollPane

MARGIN = 28
WIDEST = 816
"""Pixels of a line of text that are still read easily, and the margins."""
LEAST_TEXT = 96
"""Pixels of text that are always there, however small the window; the rest scrolls."""
Act = Callable[[], object]


class ComposerForm(QWidget):
    """The widgets in their places; `acts` are what the buttons do, by name."""

    def __init__(self, context: Context, acts: Mapping[str, Act], *, complete: Complete) -> None:
        super().__init__()
        pane(self, "paper")
        self.setAcceptDrops(True)
        self.setAccessibleName("Composer")
        self._acts = acts
        self.title, self.state = ElidedLabel("", "strong"), label("", "small")
        self.recipients = Recipients(complete)
        self.account = ChoiceButton("From", acts["account"])
        self.account.show_entries([("nobody", None)])
        self.account_row = QWidget()
        self.subject = QLineEdit()
        self.subject.setProperty("kind", "bare")
        self.subject.setAccessibleName("Subject")
        self.body = DraftEdit(context.theme, "Message text")
        self.body.setMinimumHeight(LEAST_TEXT)
        self.fold = button("Edit the quoted text", acts["unfold"], kind="link")
        self.files, self.question, self.no_sender = Files(), Question(), QWidget()
        self.better = BetterLine()
        self.send_button = button("Send", acts["send"], kind="primary", key="Ctrl ↵")
        self.suggest_button = button("Suggest", acts["suggest"], key="Ctrl J")
        self._lay_out()

    def _lay_out(self) -> None:
        form, ends = QWidget(), QWidget()
        form.setMaximumWidth(WIDEST)
        sender = _column(self.account_row)
        sender.addWidget(_row("From", self.account))
        sender.addWidget(hairline())
        inside = QVBoxLayout(form)
        inside.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inside.setSpacing(0)
        inside.addWidget(self.recipients)
        inside.addWidget(hairline())
        inside.addWidget(self.account_row)
        inside.addWidget(_row("Subject", self.subject))
        inside.addWidget(hairline())
        inside.addSpacing(8)
        inside.addWidget(self.body, 1)
        inside.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.files)
        scroll = ScrollPane("Message being written")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(form)
        below = QVBoxLayout(ends)
        below.setContentsMargins(MARGIN, 6, MARGIN, 12)
        below.setSpacing(8)
        below.addWidget(self.better)
        below.addWidget(self.no_sender)
        below.addWidget(self.question)
        below.addWidget(self._buttons())
        column = _column(self)
        column.addWidget(hairline())
        column.addLayout(_as_wide_as_text(self._head()))
        column.addWidget(scroll, 1)
        column.addLayout(_as_wide_as_text(ends))
        line = QHBoxLayout(self.no_sender)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label("No account can send yet; what you write is kept.", "warn", wrap=True), 1)
        line.addWidget(button("Connect an account", self._acts["connect"]))

    def _head(self) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(MARGIN, 10, MARGIN, 6)
        line.setSpacing(12)
        line.addWidget(self.title, 1)
        line.addWidget(self.state)
        line.addWidget(button("Throw away", self._acts["discard"], kind="link"))
        close = button("Close", self._acts["leave"], kind="link")
        close.setAccessibleName("Close the composer; what was written is kept as a draft")
        line.addWidget(close)
        return made

    def _buttons(self) -> FlowRow:
        line = FlowRow()
        line.add(self.send_button)
        line.add(button("Attach", self._acts["attach"]))
        line.add(button("Signature", self._acts["signature"]))
        line.add(self.suggest_button)
        return line


def _column(owner: QWidget) -> QVBoxLayout:
    """Widgets one below the other, without gaps."""
    made = QVBoxLayout(owner)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(0)
    return made


def _as_wide_as_text(part: QWidget) -> QHBoxLayout:
    """Above and below the text things end where its lines do."""
    part.setMaximumWidth(WIDEST)
    line = QHBoxLayout()
    line.addWidget(part, 1_000)
    line.addStretch(1)
    return line


def _row(name: str, inside: QWidget) -> QWidget:
    """A widget with its name before it, as wide as the names of the recipients."""
    made = QWidget()
    made.setMinimumHeight(34)
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(0)
    caption = label(name, "dim")
    caption.setFixedWidth(LABEL)
    caption.setBuddy(inside)
    line.addWidget(caption)
    line.addWidget(inside, 1 if isinstance(inside, QLineEdit) else 0)
    if not isinstance(inside, QLineEdit):
        line.addStretch()
    return made
