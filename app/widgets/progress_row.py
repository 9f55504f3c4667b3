"""A bar with counts and the time left."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.widgets import dates
from app.widgets.labels import label

STEPS = 1000


class ProgressRow(QWidget):
    """An unknown total shows a bar that only says that something moves."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = QProgressBar(textVisible=False)
        self._left = label(kind="small")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 6, 0, 2)
        line.setSpacing(12)
        line.addWidget(self._bar, 1)
        line.addWidget(self._left)

    def move_to(self, done: int, total: int, *, seconds: float | None) -> None:
        """`seconds` are those left; None when they cannot be guessed."""
        if total:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(min(STEPS, done * STEPS // total))
        else:
            self._bar.setRange(0, 0)
        share = f"{min(100, done * 100 // total)} %" if total else ""
        self._left.setText(" · ".join(part for part in (share, dates.left(seconds)) if part))
        self._bar.setAccessibleName(self._left.text() or "Working")
