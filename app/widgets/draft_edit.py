"""Plain text being written, with a suggestion in it that is taken sentence by sentence or waved away."""

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocumentFragment,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QTextEdit

from app.theme import Theme
from app.widgets.text import clean_block

SUGGESTED = QTextFormat.Property.UserProperty.value + 1
"""The property of letters that are suggested and not written: they are in no draft and in no mail."""
MOST_PASTED = 1_000_000
_SENTENCE = re.compile(r"\s*.*?(?:[.!?…。！？][\"”’»')\]]*(?=\s|$)[^\S\n]*|\n+|$)", re.DOTALL)
_MOVES = frozenset(
    {
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
        Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt,
        Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    }
)  # fmt: skip


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence or line, with the space behind it."""
    found = _SENTENCE.match(text)
    return found[0] if found and found[0] else text


class DraftEdit(QTextEdit):
    """`text` is what was written. Tab takes the next suggested sentence, or goes to the next placeholder."""

    edited = Signal()
    """What was written changed."""
    suggestion_changed = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._placeholders: re.Pattern[str] | None = None
        self._offer = ("", 0, "")
        """What was written when something was suggested, where, and the letters of that."""
        self.text = ""
        """What was written."""
        self.suggestion = ""
        """What is suggested and neither taken nor waved away."""
        self.setProperty("kind", "draft")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.document().setDocumentMargin(2)
        self.setFont(theme.style.font("reader"))
        self.document().setDefaultFont(theme.style.font("reader"))
        self.textChanged.connect(self._changed)
        theme.changed.connect(self._recolour)

    def show_text(self, text: str) -> None:
        """Another text, the cursor at its beginning."""
        self.text, self._placeholders, self._offer = clean_block(text), None, ("", 0, "")
        self.setPlainText(self.text)
        block = QTextBlockFormat()
        line = float(self._theme.style.px("reader_line")) * 0.83
        block.setLineHeight(line, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(block)
        self.document().clearUndoRedoStacks()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def suggest(self, text: str, placeholders: Sequence[str] = ()) -> None:
        """Put a suggestion where the cursor is, in the place of one that is open."""
        self.dismiss()
        self._insert(text, placeholders, self.textCursor().position())
        self.ensureCursorVisible()

    def replace(self, text: str, placeholders: Sequence[str] = ()) -> None:
        """Put a suggestion in the place of the last one and of what was taken of it; the view stays.

        What the user wrote stays: where they changed what they took, it is suggested below.
        """
        taken, place, before = self.taken, self._offer[1], self.verticalScrollBar().value()
        if taken is None:
            self.suggest(text, placeholders)
            return
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self.dismiss()
        cursor.setPosition(place)
        cursor.setPosition(place + len(taken), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._insert(text, placeholders, place)
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(before)

    @property
    def taken(self) -> str | None:
        """What was taken of the suggestion, None where anything else was changed since it was made."""
        before, place, letters = self._offer
        taken = letters[: max(0, len(self.text) - len(before))]
        return taken if self.text == before[:place] + taken + before[place:] else None

    @property
    def is_untouched(self) -> bool:
        """Whether the suggestion stands there whole, and nothing was written since it was made."""
        return self.taken == "" and bool(self.suggestion) and self.suggestion == self._offer[2]

    def _insert(self, text: str, placeholders: Sequence[str], place: int) -> None:
        """Suggest at this place, the cursor before it."""
        self.mark(placeholders)
        letters = self._letters()
        above = "\n\n" if letters[:place].rstrip(" ") and not letters[:place].endswith("\n") else ""
        below = "\n\n" if letters[place:].strip(" ") and letters[place] != "\n" else ""
        made = above + clean_block(text).strip("\n") + below
        self._offer = (letters, place, made)
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        cursor.insertText(made, self._format(suggested=True))
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(self._format())

    def take(self, letters: int) -> None:
        """Make the first letters of the suggestion part of the text."""
        place = next(((at, len(run)) for run, suggested, at in self._runs() if suggested), None)
        if place is None:
            return
        cursor = self.textCursor()
        cursor.beginEditBlock()
        left = letters
        while left and place is not None:
            at, length = place
            end = at + min(left, length)
            cursor.setPosition(at)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self._format())
            left -= min(left, length)
            place = next(((at, len(run)) for run, suggested, at in self._runs() if suggested), None)
        cursor.endEditBlock()
        cursor.clearSelection()
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(self._format())
        self.ensureCursorVisible()

    def take_all(self) -> None:
        """Make the whole suggestion part of the text."""
        self.take(len(self.suggestion))

    def dismiss(self) -> bool:
        """Wave the suggestion away; False when there is none. Ctrl+Z brings it back."""
        found = [(at, len(run)) for run, suggested, at in self._runs() if suggested]
        if not found:
            return False
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for at, length in reversed(found):
            cursor.setPosition(at)
            cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        cursor.endEditBlock()
        self.setCurrentCharFormat(self._format())
        return True

    def mark(self, placeholders: Sequence[str]) -> None:
        """Highlight these words wherever they stand; Tab goes from one to the next."""
        words = "|".join(re.escape(one) for one in sorted(set(placeholders), key=len, reverse=True) if one)
        self._placeholders = re.compile(words) if words else None
        self._highlight()

    def open_placeholders(self) -> list[str]:
        """Those that are still in the text."""
        return self._placeholders.findall(self.text) if self._placeholders else []

    def next_placeholder(self) -> bool:
        """Select the next one behind the cursor, or the first; False when there is none."""
        found = list(self._placeholders.finditer(self._letters())) if self._placeholders else []
        if not found:
            return False
        now = self.textCursor().selectionEnd()
        chosen = next((one for one in found if one.start() >= now), found[0])
        cursor = self.textCursor()
        cursor.setPosition(chosen.start())
        cursor.setPosition(chosen.end(), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.setFocus()
        return True

    def event(self, event: QEvent) -> bool:
        """Esc belongs to the suggestion while there is one; Ctrl+K to the window, here as everywhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.suggestion:
                event.accept()
                return True
            if event.matches(QKeySequence.StandardKey.DeleteEndOfLine):
                event.ignore()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab: the next sentence, the next placeholder, or on to the next widget."""
        if forwards and self.isVisible() and (self._take_sentence() or self._jump()):
            return True
        return super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Typing what is suggested takes it; typing something else waves it away."""
        suggestion = self.suggestion
        if suggestion and event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        if suggestion and event.text() and event.text() == suggestion[0]:
            self.take(1)
            return
        commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
        if suggestion and event.key() not in _MOVES and not event.modifiers() & commands:
            self.dismiss()
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Whatever is pasted becomes plain text without controls."""
        self.dismiss()
        text = source.text() or QTextDocumentFragment.fromHtml(source.html()[:MOST_PASTED]).toPlainText()
        self.textCursor().insertText(clean_block(text[:MOST_PASTED]), self._format())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files are for the whole message, not for its text."""
        return (source.hasText() or source.hasHtml()) and not source.hasUrls()

    def _take_sentence(self) -> bool:
        suggestion = self.suggestion
        self.take(len(first_sentence(suggestion)))
        return bool(suggestion)

    def _jump(self) -> bool:
        found = self._placeholders.search(self._letters()) if self._placeholders else None
        return found is not None and self.next_placeholder()

    def _changed(self) -> None:
        self._highlight()
        runs = list(self._runs())
        before = self.text, self.suggestion
        self.text = "".join(letters for letters, suggested, _ in runs if not suggested)
        self.suggestion = "".join(letters for letters, suggested, _ in runs if suggested)
        if self.text != before[0]:
            self.edited.emit()
        if self.suggestion != before[1]:
            self.suggestion_changed.emit()

    def _highlight(self) -> None:
        marks = []
        for found in self._placeholders.finditer(self._letters()) if self._placeholders else ():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document())
            mark.cursor.setPosition(found.start())
            mark.cursor.setPosition(found.end(), QTextCursor.MoveMode.KeepAnchor)
            mark.format.setBackground(self._theme.style.color("warn_soft"))
            mark.format.setForeground(self._theme.style.color("warn"))
            marks.append(mark)
        self.setExtraSelections(marks)

    def _letters(self) -> str:
        """Everything in the document, each letter at its place."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def _runs(self) -> Iterator[tuple[str, bool, int]]:
        """(letters, suggested, place) of the document in order; the end of a line is as the letter before."""
        block, suggested = self.document().begin(), False
        while block.isValid():
            fragments = block.begin()
            while not fragments.atEnd():
                one = fragments.fragment()
                suggested = one.charFormat().boolProperty(SUGGESTED)
                yield one.text().replace("\u2028", "\n"), suggested, one.position()
                fragments += 1
            following = block.next()
            if following.isValid():
                ends_in = following.charFormat().boolProperty(SUGGESTED)
                yield "\n", ends_in, following.position() - 1
            block = following

    def _format(self, *, suggested: bool = False) -> QTextCharFormat:
        """What was written has the colour of all text; only suggested letters have one of their own."""
        made = QTextCharFormat()
        if suggested:
            made.setForeground(self._theme.style.color("ink2"))
            made.setProperty(SUGGESTED, True)
        return made

    def _recolour(self) -> None:
        """A new theme has other inks."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for run, suggested, at in list(self._runs()) if self.suggestion else ():
            if suggested:
                cursor.setPosition(at)
                cursor.setPosition(at + len(run), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(self._format(suggested=True))
        cursor.endEditBlock()
        self._highlight()
