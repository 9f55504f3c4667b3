"""What went between you, newest first, on one axis."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.theme import Theme
from app.views.inbox.words import said_note
from app.widgets import dates
from app.widgets.buttons import ElidedButton
from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.text import clean, isolated
from fluffy_core import ThreadRow, number_of

SHOWN = 50


class Dot(QWidget):
    """A point on the axis; hollow when it lies with you to answer."""

    def __init__(self, theme: Theme, *, hollow: bool) -> None:
        super().__init__()
        self._theme, self._hollow = theme, hollow
        self.setFixedSize(14, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.style.color("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush if self._hollow else self._theme.style.color("accent"))
        painter.drawEllipse(QPointF(7, 10), 3.5, 3.5)


class Timeline(QWidget):
    """Day, dot, subject and first words; a click opens the conversation."""

    opened = Signal(object)

    def __init__(self, theme: Theme, rows: Sequence[ThreadRow], *, now: float) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(12)
        grid.setColumnMinimumWidth(0, 84)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        for at, row in enumerate(rows[:SHOWN]):
            when = label(dates.day(row.last_date, now), "small")
            when.setContentsMargins(0, 3, 0, 0)
            tip(when, dates.exact(row.last_date))
            grid.addWidget(when, at, 0, top | Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Dot(theme, hollow=bool(row.note)), at, 1, top)
            grid.addWidget(self._event(row), at, 2, top)

    def _event(self, row: ThreadRow) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        subject = clean(row.subject) or "(no subject)"
        opening = ElidedButton(subject, partial(self.opened.emit, row.id), kind="event")
        opening.setAccessibleName(f"Open conversation {subject}")
        column.addWidget(opening)
        said = " · ".join(
            part
            for part in (said_note(row.note), number_of(row.message_count, "message"), isolated(row.preview))
            if part
        )
        line = ElidedLabel(said, "small")
        line.setContentsMargins(2, 0, 0, 0)
        column.addWidget(line)
        return made
