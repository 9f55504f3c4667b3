"""A panel over the window that goes away with Esc or a click beside it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

VEIL = 90
"""Opacity of the shade behind the panel, of 255."""


class Overlay(QWidget):
    """Covers its parent; subclasses fill `panel`."""

    def __init__(self, parent: QWidget, *, width: int, top: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._over = parent
        self._before = parent.focusWidget()
        self.panel = QFrame()
        self.panel.setProperty("kind", "overlay")
        self.panel.setMaximumWidth(width)
        self.panel.setMinimumWidth(min(width, parent.width() - 48))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 72 if top else 24, 24, 24)
        if not top:
            column.addStretch()
        column.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.setGeometry(parent.rect())
        parent.installEventFilter(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys."""
        super().showEvent(event)
        self.raise_()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """While it is open, single keys belong to it and not to the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab stays inside: what is behind the shade cannot be used."""
        stops = [one for one in self.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        stops = [one for one in stops if one.isVisibleTo(self)]
        if stops:
            now = self.focusWidget()
            at = stops.index(now) if now in stops else -1 if forwards else 0
            reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forwards else -1)) % len(stops)].setFocus(reason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and `?` close."""
        if event.key() == Qt.Key.Key_Escape or event.text() == "?":
            self.leave()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.leave()

    def leave(self) -> None:
        """Close and give the focus back."""
        self.close()
        if self._before is not None:
            self._before.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Shade what is behind."""
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, VEIL))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow with the window."""
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)
