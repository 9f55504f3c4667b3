"""A column that scrolls, never sideways, and shows that it has the focus when Tab brought it there."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class ScrollPane(QScrollArea):
    """`name` is what assistive technology calls it.

    A line around half the window helps whoever walks through it with Tab, and nobody else.
    """

    def __init__(self, name: str) -> None:
        super().__init__(widgetResizable=True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the line."""
        super().focusInEvent(event)
        self._ring(event.reason() in BY_TAB)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self._ring(False)

    def _ring(self, wanted: bool) -> None:
        if bool(self.property("ring")) is not wanted:
            self.setProperty("ring", wanted)
            self.style().polish(self)


def centred(column: QWidget) -> QWidget:
    """A page with a margin around `column`, which stays in the middle of more room than it takes."""
    page = QWidget()
    line = QHBoxLayout(page)
    line.setContentsMargins(24, 24, 24, 24)
    line.addStretch(1)
    line.addWidget(column, 20)
    line.addStretch(1)
    return page
