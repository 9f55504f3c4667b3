"""Months of contact as bars or as a line: figures without axes, said in words for screen readers."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme


class Months(QWidget):
    """Counts, oldest first; `line` draws a sparkline, otherwise bars."""

    def __init__(self, theme: Theme, counts: Sequence[int], *, line: bool = False) -> None:
        super().__init__()
        self._theme, self._counts, self._line = theme, tuple(counts), line
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = ", ".join(map(str, self._counts))
        self.setAccessibleName(
            f"Messages in each of the last {len(self._counts)} months, oldest first: {words}"
        )
        self.setToolTip(self.accessibleName())
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, 44 if self._line else self._theme.style.px("bars"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._line:
            self._draw_line(painter)
        else:
            self._draw_bars(painter)

    def _draw_line(self, painter: QPainter) -> None:
        top = max([*self._counts, 1])
        step = self.width() / max(len(self._counts) - 1, 1)
        painter.setPen(QPen(self._theme.style.color("accent"), 1.5))
        points = [
            QPointF(at * step, self.height() - 3 - value / top * (self.height() - 8))
            for at, value in enumerate(self._counts)
        ]
        painter.drawPolyline(QPolygonF(points))

    def _draw_bars(self, painter: QPainter) -> None:
        top = max([*self._counts, 1])
        step = self.width() / max(len(self._counts), 1)
        painter.setPen(QPen(self._theme.style.color("accent"), 1))
        painter.setBrush(self._theme.style.color("accent_soft"))
        for at, value in enumerate(self._counts):
            height = max(value / top * (self.height() - 4), 2.0 if value else 0.0)
            if height:
                box = QRectF(at * step + 0.5, self.height() - height - 1, min(step * 0.62, 40), height)
                painter.drawRoundedRect(box, 3, 3)
            else:
                painter.drawLine(
                    QPointF(at * step, self.height() - 1),
                    QPointF(at * step + min(step * 0.62, 40), self.height() - 1),
                )
