"""Draws rows of two or three lines, section headers, and the skeleton of a row that is being fetched."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.icons import pixmap
from app.itemmodels.rows import Role
from app.theme import Theme
from app.widgets.labels import direction_of
from app.widgets.text import SHOWN, clean, isolated

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
LINE, NOTE_LINE = 19, 17
DETAIL_MIN = 40
"""Pixels below which first words say nothing."""


@dataclass(frozen=True)
class RowText:
    """What one row says. `tone` is the colour token of the note; `strong` is the weight of news."""

    title: str
    line: str
    detail: str = ""
    meta: str = ""
    note: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    """Start and stop of the words in the note that carry weight."""
    tone: str = "warn"
    strong: bool = False
    badge: str = ""
    """A small figure after the title: how many messages."""
    clip: bool = False
    """A paper clip: there are attachments."""
    tags: str = ""
    """What it belongs to, at the end of the second line."""


Describe = Callable[[Any], RowText]


class RowDelegate(QStyledItemDelegate):
    """`describe` turns the model's row into words; nothing here knows what the row is."""

    def __init__(self, theme: Theme, describe: Describe, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._describe = describe

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        painter.save()
        painter.setClipRect(option.rect)
        header = index.data(Role.HEADER)
        if header is not None:
            self._header(painter, option.rect, header)
        else:
            self._background(painter, option)
            row = index.data(Role.ROW)
            if row is None:
                self._skeleton(painter, option.rect)
            else:
                self._row(painter, option.rect, self._describe(row))
        painter.restore()

    def _header(self, painter: QPainter, rect: QRect, section: Any) -> None:
        style = self._theme.style
        line = rect.adjusted(style.px("l"), rect.height() - 28, -style.px("l"), 0)
        line.setHeight(20)
        font = style.font("caption")
        painter.setPen(style.color("ink2"))
        if section.total is not None:
            painter.setFont(font)
            painter.drawText(line, RIGHT, f"{section.total:,}")
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.7)
        painter.setFont(font)
        painter.drawText(line, LEFT, section.title.upper())

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        style, rect, state = self._theme.style, option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, style.color("accent_soft"))
            marker = QRect(rect.left(), rect.top(), style.px("marker"), rect.height())
            painter.fillRect(marker, style.color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, style.color("hover"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(style.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _inner(self, rect: QRect) -> QRect:
        style = self._theme.style
        return rect.adjusted(
            style.px("l") + style.px("marker"), style.px("s"), -style.px("l"), -style.px("s")
        )

    def _skeleton(self, painter: QPainter, rect: QRect) -> None:
        inner = self._inner(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.style.color("skeleton"))
        for top, share in ((5, 0.35), (25, 0.8)):
            painter.drawRoundedRect(QRectF(inner.left(), inner.top() + top, inner.width() * share, 9), 4, 4)

    def _row(self, painter: QPainter, rect: QRect, text: RowText) -> None:
        style, inner = self._theme.style, self._inner(rect)
        first = QRect(inner.left(), inner.top(), inner.width(), LINE)
        second = first.translated(0, LINE)
        self._first_line(painter, first, text)
        if text.tags:
            second.adjust(0, 0, -self._tags(painter, second, text.tags), 0)
        body = style.font(bold=text.strong)
        used = self._text(painter, second, (text.line, body, "ink"))
        rest = second.adjusted(used, 0, 0, 0)
        if text.detail and rest.width() > DETAIL_MIN:
            self._text(painter, rest, (f" – {isolated(clean(text.detail))}", style.font(), "ink2"))
        if text.note:
            third = QRect(inner.left(), second.bottom() + 1, inner.width(), NOTE_LINE)
            self._note(painter, third, text)

    def _note(self, painter: QPainter, line: QRect, text: RowText) -> None:
        """The third line, its marked words in weight and ink."""
        caption, done = self._theme.style.font("caption"), 0
        strong = QFont(caption)
        strong.setWeight(QFont.Weight.DemiBold)
        for start, stop in (*text.marks, (len(text.note), len(text.note))):
            for run in ((text.note[done:start], caption, text.tone), (text.note[start:stop], strong, "ink")):
                line = line.adjusted(self._text(painter, line, run) if run[0] else 0, 0, 0, 0)
            done = stop

    def _tags(self, painter: QPainter, line: QRect, tags: str) -> int:
        """Draw them at the right end; the pixels they take of at most a third of the line."""
        style = self._theme.style
        caption = style.font("caption")
        shown, width = _fit(tags, caption.key(), line.width() // 3)
        painter.setFont(caption)
        painter.setPen(style.color("accent"))
        painter.drawText(line, RIGHT, shown)
        return width + style.px("s")

    def _first_line(self, painter: QPainter, line: QRect, text: RowText) -> None:
        style = self._theme.style
        caption = style.font("caption")
        meta_width = QFontMetrics(caption).horizontalAdvance(text.meta) if text.meta else 0
        painter.setFont(caption)
        painter.setPen(style.color("ink2"))
        painter.drawText(line, RIGHT, text.meta)
        right = meta_width + style.px("s") if meta_width else 0
        if text.clip:
            mark = pixmap("paperclip", 13, style.color("ink2"), density=painter.device().devicePixelRatioF())
            painter.drawPixmap(line.right() - right - 12, line.top() + 3, mark)
            right += 13 + style.px("xs")
        badge_width = QFontMetrics(caption).horizontalAdvance(text.badge) + style.px("s") if text.badge else 0
        room = line.adjusted(0, 0, -right - badge_width, 0)
        used = self._text(painter, room, (text.title, style.font(bold=text.strong), "ink"))
        if text.badge:
            badge = line.adjusted(used + style.px("s"), 0, 0, 0)
            self._text(painter, badge, (text.badge, caption, "ink2"))

    def _text(self, painter: QPainter, rect: QRect, what: tuple[str, QFont, str]) -> int:
        """Draw one elided run; its width in pixels."""
        text, font, color = what
        shown, width = _fit(text[: 2 * SHOWN], font.key(), rect.width())
        painter.setFont(font)
        painter.setPen(self._theme.style.color(color))
        painter.setLayoutDirection(direction_of(shown))
        painter.drawText(rect, LEFT, shown)
        return min(width, rect.width())


@lru_cache(maxsize=8192)
def _fit(text: str, font_key: str, width: int) -> tuple[str, int]:
    """The text cut to a width, and how wide it is: measuring costs more than drawing, and rows come again."""
    font = QFont()
    font.fromString(font_key)
    metrics = QFontMetrics(font)
    lead, tail = (" " if at == " " else "" for at in (text[:1], text[-1:]))
    shown = metrics.elidedText(lead + clean(text) + tail, Qt.TextElideMode.ElideRight, width)
    return shown, metrics.horizontalAdvance(shown)
