"""A row on a card: who, about what, when; a sentence with its marks; one button."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.inline_text import InlineText
from app.widgets.labels import ElidedLabel, label
from app.widgets.layouts import empty


class CardRow(QFrame):
    """Has the focus as a whole, and Enter opens it; what it shows is decided by who fills it in."""

    opened = Signal(object)
    """Its value, to be seen where it was written."""
    answer_wanted = Signal(object)
    """Its value, to be written about."""

    def __init__(self, acts: Sequence[str]) -> None:
        """`acts` is all that the button can ever say: its width, so that the days stand above each other."""
        super().__init__()
        self.setProperty("kind", "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.value: Any = None
        self.who, self.subject, self.when = (
            label(kind="strong"),
            ElidedLabel(kind="small"),
            label(kind="small"),
        )
        self.answer = button(max(acts, key=len), lambda: self.answer_wanted.emit(self.value))
        self.answer.ensurePolished()
        self.answer.setMinimumWidth(self.answer.sizeHint().width())
        self._words = QVBoxLayout()
        self._lay_out()

    def open_message(self) -> None:
        """Where it was written."""
        self.opened.emit(self.value)

    def say(self, text: str, marks: Sequence[QWidget]) -> None:
        """The sentence and what follows it."""
        empty(self._words)
        self._words.addWidget(InlineText(text, marks))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_message()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.who)
        head.addWidget(self.subject, 1)
        head.addWidget(self.when)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addLayout(head)
        words.addLayout(self._words)
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 10, 18, 10)
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addWidget(self.answer)
