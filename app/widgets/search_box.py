"""A search field that shows which operators there are while it has the focus."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.widgets.buttons import button

OPERATORS = {
    "from:": "from somebody",
    "to:": "to somebody",
    "subject:": "words of the subject",
    "has:attachment": "with attachments",
    "before:": "before a day, as 2026-05-01",
    "after:": "after a day, as 2026-05-01",
    "in:": "in a folder",
    "category:": "important, fyi or bulk",
}
PAUSE_MS = 140


def is_question(text: str) -> bool:
    """Whether a query ends as a question does."""
    return text.rstrip().endswith(("?", "？", "؟"))


class _Line(QLineEdit):
    focused = Signal(bool)
    left = Signal()
    asked = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if enter and (held or is_question(self.text())):
            self.asked.emit()
        elif enter or event.key() == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SearchBox(QWidget):
    """`changed` tells the query a moment after the last key; `left` when the user goes on to the results.

    `asked` tells it as a question: Ctrl+Enter, or Enter behind a question mark.
    """

    changed = Signal(str)
    left = Signal()
    asked = Signal(str)

    def __init__(self, placeholder: str, *, operators: bool = True) -> None:
        super().__init__()
        self.line = _Line(placeholderText=placeholder, clearButtonEnabled=True)
        self.line.setAccessibleName("Search")
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(lambda: self.changed.emit(self.text))
        self.line.textChanged.connect(self._timer.start)
        self.line.left.connect(self._leave)
        self.line.asked.connect(lambda: self.asked.emit(self.text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.line)
        self._hints = QWidget()
        self._hints.hide()
        if operators:
            self._add_hints(column)

    @property
    def text(self) -> str:
        """The query, trimmed."""
        return self.line.text().strip()

    def ask(self, query: str) -> None:
        """Put a query in and search at once."""
        self.line.setText(query)
        self._timer.stop()
        self.changed.emit(self.text)

    def focus(self) -> None:
        """Start typing."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def _leave(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit(self.text)
        self.left.emit()

    def _add_hints(self, column: QVBoxLayout) -> None:
        line = QHBoxLayout(self._hints)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for operator, meaning in list(OPERATORS.items())[:6]:
            one = button(operator, partial(self._insert, operator), kind="chip")
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one.setToolTip(meaning)
            one.setAccessibleName(f"Search {meaning}")
            line.addWidget(one)
        line.addStretch()
        column.addWidget(self._hints)
        self.line.focused.connect(self._hints.setVisible)

    def _insert(self, operator: str) -> None:
        before = self.line.text()[: self.line.cursorPosition()]
        self.line.insert(("" if not before or before.endswith(" ") else " ") + operator)
