"""Find a command by typing part of its words."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.widgets.key_caps import key_caps
from app.widgets.labels import label
from app.widgets.overlay import Overlay


class Named(Protocol):
    """What can be found."""

    @property
    def id(self) -> str:
        """What to run."""

    @property
    def text(self) -> str:
        """What it does."""

    @property
    def shown(self) -> str:
        """Its keys, as written."""


class Palette(Overlay):
    """Type, choose with the arrows, run with Enter."""

    def __init__(self, parent: QWidget, commands: Sequence[Named], run: Callable[[str], object]) -> None:
        super().__init__(parent, width=520, top=True)
        self.setAccessibleName("Find a command")
        self._commands, self._run = commands, run
        self.line = QLineEdit(placeholderText="What do you want to do?")
        self.line.setAccessibleName("Find a command")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(320)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(self._chosen)
        self._filter("")

    def showEvent(self, event: QShowEvent) -> None:
        """Type at once."""
        super().showEvent(event)
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter belong to the list while the line has the focus."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % max(self.list.count(), 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.count():
                self._chosen(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        words = typed.lower().split()
        self.list.clear()
        for one in self._commands:
            if all(word in one.text.lower() for word in words):
                item = QListWidgetItem(self.list)
                item.setData(Qt.ItemDataRole.UserRole, one.id)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, one.text)
                row = QWidget()
                line = QHBoxLayout(row)
                line.setContentsMargins(10, 5, 10, 5)
                line.addWidget(label(one.text), 1)
                for cap in key_caps(one.shown):
                    line.addWidget(cap)
                item.setSizeHint(row.sizeHint())
                self.list.setItemWidget(item, row)
        self.list.setCurrentRow(0)

    def _chosen(self, item: QListWidgetItem) -> None:
        command = str(item.data(Qt.ItemDataRole.UserRole))
        self.leave()
        QTimer.singleShot(0, self._over, lambda: self._run(command))
