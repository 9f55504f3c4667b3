"""A check box whose box can be seen in light and dark alike."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from app.icons import pixmap
from app.theme import Theme
from app.widgets.text import clean

SIDE, GAP = 16, 8


class CheckBox(QCheckBox):
    """Behaves like Qt's and is drawn from the tokens."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(clean(text, 160).replace("&", "&&"))
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The box and its words."""
        metrics = self.fontMetrics()
        width = metrics.size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        return QSize(SIDE + GAP + width + 2, max(SIDE, metrics.height()) + 4)

    def minimumSizeHint(self) -> QSize:
        """All of it."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The words belong to the box."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        style, painter = self._theme.style, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - SIDE) / 2
        on, able = self.isChecked(), self.isEnabled()
        edge = "accent" if self.hasFocus() or (on and able) else "ink2"
        painter.setPen(QPen(style.color(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(style.color(("accent" if able else "hairline") if on else "paper"))
        painter.drawRoundedRect(QRectF(1, top, SIDE - 1, SIDE - 1).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if on:
            ink = style.color("on_accent" if able else "ink2")
            painter.drawPixmap(3, round(top) + 2, pixmap("check", 12, ink, density=self.devicePixelRatioF()))
        painter.setPen(style.color("ink" if able else "ink2"))
        words = QRect(SIDE + GAP, 0, self.width() - SIDE - GAP, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, int(flags) | int(Qt.TextFlag.TextShowMnemonic), self.text())
