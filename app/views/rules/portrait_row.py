"""How the user writes to some of their readers, as it was learned from sent mail."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import Portrait, number_of


class PortraitRow(QWidget):
    """Told its newest state again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._whom = label(wrap=True)
        self._lines = label(kind="small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addWidget(self._whom)
        column.addWidget(self._lines)

    def show_value(self, found: Portrait) -> None:
        """The style as it is now."""
        self._whom.setText(clean(f"{found.whom}, from {number_of(found.letters, 'letter')}", 200))
        self._lines.setText("\n".join(clean(one, 200) for one in found.lines))
        self.setAccessibleName(f"{self._whom.text()}: {self._lines.text()}")
