"""The text of a message as a widget that is as high as its text, at most 76 characters wide."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit

from app.theme import Theme
from app.views.reader.links import find_links
from app.views.reader.parts import Part
from fluffy_core import ZoneKind

DIM = frozenset({ZoneKind.SIGNATURE, ZoneKind.DISCLAIMER, ZoneKind.QUOTE})
FLASH_WORDS = 60
ROOM = 4
"""Pixels above and below the text: the line that shows the focus."""


class MessageBody(QTextBrowser):
    """Selectable plain text; links are told, never followed."""

    link_clicked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: Sequence[Part] = ()
        self.marked = ""
        """The words that are marked at the moment."""
        self._sentence = QTextCursor()
        self.fade = QVariantAnimation(self, duration=theme.style.px("explain"))
        self.fade.valueChanged.connect(self._mark)
        self._over = QTimer(self, singleShot=True, interval=theme.style.px("flash"))
        self._over.timeout.connect(self._unmark)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.setAccessibleName("Message text")
        self.document().setDocumentMargin(0)
        font = theme.style.font("reader")
        self.document().setDefaultFont(font)
        self.setFont(font)
        self.setMaximumWidth(QFontMetrics(font).averageCharWidth() * theme.style.px("measure"))
        self.anchorClicked.connect(
            lambda url: self.link_clicked.emit(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        )
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.changed.connect(self._again)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these, each in the tone of its kind."""
        self._parts = parts
        document = self.document()
        document.setUndoRedoEnabled(False)
        document.clear()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = QTextBlockFormat()
        block.setLineHeight(
            float(self._theme.style.px("reader_line")) * 0.83,
            QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
        )
        for at, part in enumerate(parts):
            if at:
                cursor.insertBlock(block)
                cursor.insertBlock(block)
            else:
                cursor.setBlockFormat(block)
            self._insert(cursor, part)
        cursor.endEditBlock()
        self._fit()

    def flash(self, words: str) -> int | None:
        """Mark a sentence for a moment; its top in pixels, None when it is not in this text."""
        pattern = r"\s+".join(map(_pattern, words.split()[:FLASH_WORDS]))
        match = re.search(pattern, self.toPlainText()) if pattern else None
        if match is None:
            return None
        cursor = self.textCursor()
        cursor.setPosition(match.start())
        top = self.cursorRect(cursor).top()
        cursor.setPosition(match.end(), QTextCursor.MoveMode.KeepAnchor)
        self.marked = match.group()
        self._sentence = cursor
        style = self._theme.style
        self._mark(style.color("accent_soft"))
        if self._theme.moves:
            self.fade.setStartValue(style.color("accent_flash"))
            self.fade.setEndValue(style.color("accent_soft"))
            self.fade.start()
        self._over.start()
        return top

    def _mark(self, color: QColor) -> None:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._sentence
        mark.format.setBackground(color)
        self.setExtraSelections([mark])

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(self.maximumWidth(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new width makes a new height."""
        super().resizeEvent(event)
        self._fit()

    def _insert(self, cursor: QTextCursor, part: Part) -> None:
        style = self._theme.style
        plain, link = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(style.color("ink2" if part.kind in DIM else "ink"))
        link.setForeground(style.color("accent"))
        link.setAnchor(True)
        link.setFontUnderline(True)
        if part.kind in DIM:
            for one in (plain, link):
                one.setProperty(QTextCharFormat.Property.FontPixelSize.value, style.px("body"))
        done = 0
        for found in find_links(part.text):
            cursor.insertText(part.text[done : found.start], plain)
            link.setAnchorHref(found.address)
            cursor.insertText(part.text[found.start : found.end], link)
            done = found.end
        cursor.insertText(part.text[done:], plain)

    def _fit(self) -> None:
        height = int(self.document().size().height()) + ROOM
        if height != self.height():
            self.setFixedHeight(height)

    def _unmark(self) -> None:
        self.fade.stop()
        self.setExtraSelections([])
        self.marked = ""

    def _again(self) -> None:
        self.show_parts(self._parts)


def _pattern(word: str) -> str:
    """A word as it stands in a mail, where "<https://…>" may tell to where it leads."""
    bare = word.rstrip(".,;:!?")
    return rf"{re.escape(bare)}(?:\s?<[^<>\s]+>)?{re.escape(word[len(bare) :])}"
