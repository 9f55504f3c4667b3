"""A bar for each host that was reached; pressing one shows its connections alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from app.theme import Theme
from app.views.privacy.figures import HostSum
from app.views.reader.message_card import size_words
from app.widgets.keyed_column import KeyedColumn
from app.widgets.text import clean
from fluffy_core import number_of

MOST = 8
"""Hosts that are shown as bars."""
HEIGHT, LINE, BAR = 40, 20, 6


@dataclass(frozen=True)
class Bar:
    """What a bar shows: the sum of its host, of the `largest` bytes of any, and whether it is shown alone."""

    value: HostSum
    largest: int
    chosen: bool


class HostBar(QPushButton):
    """The name, how much, and a bar as long as its share of the largest."""

    def __init__(self, theme: Theme, choose: Callable[[str], object]) -> None:
        super().__init__()
        self._theme, self._choose = theme, choose
        self._bar: Bar | None = None
        self.setProperty("kind", "row")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)
        self.clicked.connect(self._press)

    def show_value(self, bar: Bar) -> None:
        """The host as it is now."""
        self._bar = bar
        shown = "Shows all hosts again" if bar.chosen else "Shows its connections alone"
        self.setAccessibleName(f"{clean(bar.value.host, 120)}: {said(bar.value)}. {shown}")
        self.setToolTip(shown)
        self.update()

    def _press(self) -> None:
        if self._bar is not None:
            self._choose("" if self._bar.chosen else self._bar.value.host)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        super().paintEvent(event)
        if self._bar is None:
            return
        style, painter, value = self._theme.style, QPainter(self), self._bar.value
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.rect().adjusted(6, 4, -6, 0)
        line.setHeight(LINE)
        painter.setFont(style.font("small"))
        painter.setPen(style.color("bad" if value.refused and not value.times else "ink2"))
        words = said(value)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        room = line.width() - painter.fontMetrics().horizontalAdvance(words) - 12
        painter.setFont(style.font(bold=self._bar.chosen))
        painter.setPen(style.color("accent" if self._bar.chosen else "ink"))
        host = painter.fontMetrics().elidedText(clean(value.host, 120), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, host)
        whole = QRectF(6, HEIGHT - 6 - BAR, self.width() - 12, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("hairline"))
        painter.drawRoundedRect(whole, 3, 3)
        painter.setBrush(style.color("accent"))
        share = value.bytes / self._bar.largest if self._bar.largest else 0.0
        if share:
            whole.setWidth(max(BAR, whole.width() * share))
            painter.drawRoundedRect(whole, 3, 3)


class Hosts(KeyedColumn):
    """The bars; `choose` is called with a host, or "" for all."""

    def __init__(self, theme: Theme, choose: Callable[[str], object]) -> None:
        super().__init__(lambda: HostBar(theme, choose), spacing=4)

    def show_sums(self, sums: Sequence[HostSum], chosen: str) -> None:
        """The hosts as they are now."""
        largest = max((one.bytes for one in sums), default=0)
        self.show_values({one.host: Bar(one, largest, one.host == chosen) for one in sums[:MOST]})

    @property
    def bars(self) -> list[HostBar]:
        """From top to bottom."""
        return list(self.shown.values())


def said(value: HostSum) -> str:
    """As "12 times, 1.2 MB", "3 refused"."""
    parts = []
    if value.times:
        parts.append(f"{number_of(value.times, 'time')}, {size_words(value.bytes)}")
    if value.refused:
        parts.append(f"{value.refused:,} refused")
    return ", ".join(parts)
