"""How the user writes to some of their readers, as it was learned from sent mail."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.labels import label
from app.widgets.layouts import empty
from app.widgets.text import clean
from fluffy_core import Portrait, number_of

NAMES = 96
"""Pixels of the column that names what is told."""


class PortraitRow(QWidget):
    """Told its newest state again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._whom, self._letters = label(kind="strong"), label(kind="small")
        self._lines = QGridLayout()
        self._lines.setColumnMinimumWidth(0, NAMES)
        self._lines.setColumnStretch(1, 1)
        self._lines.setVerticalSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._whom)
        head.addWidget(self._letters, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._lines)

    def show_value(self, found: Portrait) -> None:
        """The style as it is now."""
        self._whom.setText(clean(found.whom, 120))
        self._letters.setText(f"from {number_of(found.letters, 'letter')}")
        self.setAccessibleName(clean(f"{found.whom}: {'; '.join(found.lines)}", 600))
        empty(self._lines)
        for at, line in enumerate(found.lines):
            name, _, told = line.partition(": ")
            self._lines.addWidget(label(name.capitalize(), "small"), at, 0)
            self._lines.addWidget(label(clean(told, 200), wrap=True), at, 1)
