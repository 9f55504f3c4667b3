"""A line of names: each becomes a small button when it is done, with suggestions while one is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.text import clean, shorten

GAP = 6
ROOM = 120
"""Pixels that are left for typing at least, or it goes on in the next line."""
NAME = 34
PAUSE_MS = 90
ROWS = 6
EDGE = 4
"""Pixels around the suggestions."""
ENDS = ",;"


@dataclass(frozen=True)
class Token:
    """What a name is shown as; `fault` says what is wrong with it, "" when nothing is."""

    shown: str
    hint: str
    fault: str = ""


class _Chip(QPushButton):
    """One name. Delete takes it out, Enter or a click edits it."""

    removed = Signal()
    left = Signal(int)

    def __init__(self, token: Token) -> None:
        super().__init__(shorten(token.shown, NAME).replace("&", "&&"))
        self.setProperty("kind", "token-bad" if token.fault else "token")
        self.setAccessibleName(f"{clean(token.shown)}. {clean(token.fault or token.hint)}")
        self.setAccessibleDescription("Delete takes it out, Enter edits it")
        tip(self, token.fault or token.hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.left.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class _Line(QLineEdit):
    ended = Signal()
    left = Signal()
    back = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        entered = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
        if entered or (text and text in ENDS and '"' not in self.text()):
            self.ended.emit()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Left) and not self.cursorPosition():
            self.back.emit()
        else:
            super().keyPressEvent(event)


class TokenLine(QWidget):
    """`read` says what a typed name is, `split` cuts what was pasted; `texts` is what was typed, whole."""

    changed = Signal()
    wanted = Signal(str)
    """Suggestions for what is being typed are wanted; `offer` shows them."""

    def __init__(self, name: str, *, read: Callable[[str], Token], split: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._read, self._split = read, split
        self._texts: list[str] = []
        self._chips: list[_Chip] = []
        self.line = _Line()
        self.line.setParent(self)
        self.line.setProperty("kind", "bare")
        self.line.setAccessibleName(name)
        self.setFocusProxy(self.line)
        self._list = _Offers(self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(lambda: self.wanted.emit(self.line.text().strip()))
        self.line.textEdited.connect(self._typed)
        self.line.ended.connect(self._end)
        self.line.left.connect(self._leave)
        self.line.back.connect(lambda: self._go(len(self._chips), -1))
        self.line.installEventFilter(self)
        self._list.chosen.connect(self._take)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every name, with what is being typed as the last one."""
        rest = self.line.text().strip()
        return (*self._texts, *((rest,) if rest else ()))

    def show_texts(self, texts: Sequence[str]) -> None:
        """Other names."""
        self._texts = list(texts)
        self.line.clear()
        self._rebuild()

    def offer(self, typed: str, texts: Sequence[str]) -> None:
        """Suggest names, unless something else is being typed by now."""
        if typed == self.line.text().strip() and self.line.hasFocus():
            self._list.offer([one for one in texts if one not in self._texts], self._read)

    def sizeHint(self) -> QSize:
        """One line if it may be."""
        return QSize(240, self._place(max(self.width(), 240), move=False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place anew."""
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the names goes on typing."""
        self.line.setFocus()
        super().mousePressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows, Enter, Tab and Esc belong to the suggestions while there are some."""
        if watched is self.line and event.type() == QEvent.Type.ShortcutOverride and self._list.isVisible():
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                event.accept()
        elif watched is self.line and event.type() == QEvent.Type.KeyPress and self._list.isVisible():
            return isinstance(event, QKeyEvent) and self._list.answer(event)
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        if any(one in text for one in ENDS) and '"' not in text:
            self._end()
            return
        self._pause.start()
        self._list.hide()
        self.changed.emit()

    def _end(self) -> None:
        """What was typed is a name now, or several that were pasted."""
        self._pause.stop()
        self._list.hide()
        typed = self._split(self.line.text())
        self.line.clear()
        self._add(typed)

    def _leave(self) -> None:
        self._list.hide()
        if self.line.text().strip():
            self._end()

    def _take(self, text: str) -> None:
        self._pause.stop()
        self.line.clear()
        self._add([text])
        self.line.setFocus()

    def _add(self, texts: Sequence[str]) -> None:
        fresh = [one for one in dict.fromkeys(texts) if one not in self._texts]
        if fresh:
            self._texts += fresh
            self._rebuild()
            self.changed.emit()

    def _rebuild(self) -> None:
        for one in self._chips:
            one.hide()
            one.deleteLater()
        self._chips = [self._chip(at, text) for at, text in enumerate(self._texts)]
        before: QWidget = self
        for chip in self._chips:
            QWidget.setTabOrder(before, chip)
            before = chip
        QWidget.setTabOrder(before, self.line)
        self._fit()

    def _chip(self, at: int, text: str) -> _Chip:
        made = _Chip(self._read(text))
        made.setParent(self)
        made.removed.connect(lambda: self._remove(at))
        made.left.connect(lambda by: self._go(at, by))
        made.clicked.connect(lambda: self._edit(at))
        made.show()
        return made

    def _remove(self, at: int) -> None:
        del self._texts[at]
        self._rebuild()
        self.changed.emit()
        (self._chips[at] if at < len(self._chips) else self.line).setFocus()

    def _edit(self, at: int) -> None:
        text = self._texts[at]
        self._leave()
        self._texts.remove(text)
        self._rebuild()
        self.line.setText(text)
        self.line.setFocus()
        self.changed.emit()

    def _go(self, at: int, by: int) -> None:
        target = at + by
        if 0 <= target < len(self._chips):
            self._chips[target].setFocus()
        elif target >= len(self._chips):
            self.line.setFocus()

    def _fit(self) -> None:
        self.setMinimumHeight(self._place(self.width(), move=True))
        self.updateGeometry()

    def _place(self, width: int, *, move: bool) -> int:
        """Names left to right, then down, the place to type last; the height of all."""
        at, step = QPoint(0, 0), self.line.sizeHint().height()
        for one in self._chips:
            size = one.sizeHint()
            if at.x() and at.x() + size.width() > width:
                at = QPoint(0, at.y() + step)
            if move:
                down = at + QPoint(0, (step - size.height()) // 2)
                one.setGeometry(QRect(down, QSize(min(size.width(), width), size.height())))
            at.setX(at.x() + size.width() + GAP)
        if at.x() and at.x() + ROOM > width:
            at = QPoint(0, at.y() + step)
        if move:
            self.line.setGeometry(QRect(at, QSize(max(width - at.x(), 0), step)))
        return at.y() + step


class _Offers(QFrame):
    """The suggestions below a line; they float over the window and never take the focus."""

    chosen = Signal(str)

    def __init__(self, owner: TokenLine) -> None:
        super().__init__(owner)
        self._owner = owner
        self.setProperty("kind", "overlay")
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName("Suggestions")
        for bar in (self._list.setVerticalScrollBarPolicy, self._list.setHorizontalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemPressed.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        column.addWidget(self._list)
        self.hide()

    def offer(self, texts: Sequence[str], read: Callable[[str], Token]) -> None:
        """Show these, the first one chosen; nothing to show hides them."""
        self._list.clear()
        for text in texts[:ROWS]:
            row = _offered(read(text))
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, text)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.accessibleName())
            item.setSizeHint(row.sizeHint())
            self._list.setItemWidget(item, row)
        self._list.setCurrentRow(0)
        if not self._list.count():
            self.hide()
            return
        window, line = self._owner.window(), self._owner.line
        self.setParent(window)
        height = self._list.sizeHintForRow(0) * self._list.count() + 2 * (EDGE + 1)
        self.setFixedSize(min(460, window.width() - 32), height)
        place = line.mapTo(window, QPoint(0, line.height()))
        self.move(max(8, min(place.x(), window.width() - self.width() - 8)), place.y())
        self.show()
        self.raise_()

    def answer(self, event: QKeyEvent) -> bool:
        """Whether a key was for the suggestions."""
        key, row = event.key(), self._list.currentRow()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._list.setCurrentRow((row + step) % self._list.count())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and not event.modifiers():
            self._take(self._list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _take(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))


def _offered(token: Token) -> QWidget:
    """A name, and in quieter ink what it stands for."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(8, 6, 8, 6)
    line.setSpacing(8)
    named = token.shown != token.hint
    if named:
        line.addWidget(label(shorten(token.shown, NAME)))
    line.addWidget(ElidedLabel(token.hint, "dim" if named else "body"), 1)
    row.setAccessibleName(clean(f"{token.shown}, {token.hint}" if named else token.hint, 120))
    return row
