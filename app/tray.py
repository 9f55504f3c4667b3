"""The icon in the tray: how the work stands, open, pause, quit; and notices where nothing better is there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.icons import pixmap
from app.theme import Style, Theme
from app.widgets.text import clean, shorten
from fluffy_core import Health, Notice

SIZES = (16, 22, 24, 32, 48, 64)
MARKS = {
    "failing": ("warning", "bad"),
    "paused": ("pause", "warn"),
    "working": ("arrows-clockwise", "accent"),
}
"""Glyph and colour of the mark for each state; quiet has none."""


def state_of(health: Health, *, paused: bool) -> str:
    """What the icon shows: "failing", "paused", "working" or "quiet"."""
    if health.level == "failing" or (not paused and health.level == "working"):
        return health.level
    return "paused" if paused else "quiet"


def draw(state: str, style: Style) -> QIcon:
    """An envelope, with a mark in the corner that is told apart by its shape too."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_draw(state, size, style))
    return made


def _draw(state: str, size: int, style: Style) -> QPixmap:
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.color("accent_strong"))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size / 5, size / 5)
    inner = round(size * 0.75)
    at = (size - inner) // 2
    painter.drawPixmap(at, at, pixmap("envelope-simple", inner, style.color("on_accent")))
    if state in MARKS:
        glyph, tone = MARKS[state]
        _mark(painter, size, glyph=glyph, ground=style.color(tone), ink=style.color("paper"))
    painter.end()
    return image


def _mark(painter: QPainter, size: int, *, glyph: str, ground: QColor, ink: QColor) -> None:
    radius = size * 0.3
    middle = QPointF(size - radius, size - radius)
    painter.setBrush(ink)
    painter.drawEllipse(middle, radius, radius)
    painter.setBrush(ground)
    painter.drawEllipse(middle, radius * 0.86, radius * 0.86)
    side = max(6, round(radius * 1.3))
    corner = middle - QPointF(side / 2, side / 2)
    painter.drawPixmap(corner, pixmap(glyph, side, ink))


class Tray(QObject):
    """Made only where there is a tray. Also a way to show notices, without buttons."""

    acted = Signal(str)
    refused = Signal(object)
    opened = Signal()
    toggled = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page = ""
        self.state = "quiet"
        self.menu = QMenu()
        self.line = self.menu.addAction("All quiet")
        self.line.setEnabled(False)
        self.menu.addSeparator()
        self.menu.addAction("Open FluffyMail").triggered.connect(self.opened)
        self.pause = self.menu.addAction("Pause background work")
        self.pause.triggered.connect(self.toggled)
        self.menu.addSeparator()
        self.menu.addAction("Quit").triggered.connect(self.left)
        self.icon = QSystemTrayIcon(draw(self.state, theme.style))
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(lambda: self.acted.emit(self._page))
        theme.changed.connect(self._paint)

    def start(self) -> None:
        """Show the icon."""
        self.icon.show()

    def show_health(self, health: Health, *, paused: bool) -> None:
        """How the work stands."""
        words = clean(health.text, 120)
        self.line.setText(shorten(words, 60).replace("&", "&&"))
        self.icon.setToolTip(f"FluffyMail: {words}")
        self.pause.setText("Resume background work" if paused else "Pause background work")
        state = state_of(health, paused=paused)
        if state != self.state:
            self.state = state
            self._paint()

    def show(self, notice: Notice) -> None:
        """Show a notice as the tray can."""
        if not self.icon.supportsMessages():
            self.refused.emit(notice)
            return
        self._page = notice.page
        kinds = QSystemTrayIcon.MessageIcon
        text = "\n".join(clean(line) for line in notice.text.split("\n"))
        self.icon.showMessage(
            clean(notice.title, 120), text, kinds.Warning if notice.urgent else kinds.Information
        )

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()

    def _paint(self) -> None:
        self.icon.setIcon(draw(self.state, self._theme.style))


def make(theme: Theme) -> Tray | None:
    """The tray icon, None where there is no tray."""
    return Tray(theme) if QSystemTrayIcon.isSystemTrayAvailable() else None
