"""Grey lines where text will be: what a view shows while it is being fetched."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import Theme

LINES = ((0.45, 18), (0.3, 10), (0.0, 10), (0.92, 12), (0.86, 12), (0.9, 12), (0.0, 10), (0.8, 12), (0.6, 12))


LIST_ROW = 56


class Skeleton(QWidget):
    """A title and paragraphs, or the rows of a list."""

    def __init__(self, theme: Theme, *, rows: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._rows = rows
        self.setAccessibleName("Loading")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.style.color("skeleton"))
        if self._rows:
            self._draw_rows(painter)
            return
        top, width = 28.0, min(self.width() - 56, 760)
        for share, height in LINES:
            if share:
                painter.drawRoundedRect(QRectF(28, top, width * share, height), 4, 4)
            top += height + 12

    def _draw_rows(self, painter: QPainter) -> None:
        width = self.width() - 35
        for top in range(52, self.height(), LIST_ROW):
            painter.drawRoundedRect(QRectF(19, top, width * 0.35, 9), 4, 4)
            painter.drawRoundedRect(QRectF(19, top + 20, width * 0.8, 9), 4, 4)
