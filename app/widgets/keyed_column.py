"""Widgets under each other, one for each key: what stays is changed in place, focus and scroll stay."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget


class Shows(Protocol):
    """A widget that can show another value of the same thing."""

    def show_value(self, value: Any) -> None:
        """Take the newest value."""


class KeyedColumn(QWidget):
    """`make` builds the widget for a new key, which is then told its value like all the others."""

    def __init__(self, make: Callable[[], Any], *, spacing: int = 8) -> None:
        super().__init__()
        self._make = make
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing)
        self.shown: dict[Hashable, Any] = {}

    def show_values(self, values: Mapping[Any, Any]) -> None:
        """These keys in this order."""
        gone = [key for key in self.shown if key not in values]
        lost = next((at for at, one in enumerate(self.shown.values()) if self._holds_focus(one)), None)
        lost = lost if lost is not None and list(self.shown)[lost] in gone else None
        for key in gone:
            widget = self.shown.pop(key)
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        for at, (key, value) in enumerate(values.items()):
            if key not in self.shown:
                self.shown[key] = self._make()
            widget = self.shown[key]
            widget.show_value(value)
            if self._column.indexOf(widget) != at:
                self._column.removeWidget(widget)
                self._column.insertWidget(at, widget)
        self.shown = {key: self.shown[key] for key in values}
        self.setVisible(bool(values))
        if lost is not None:
            self._focus_from(lost)

    def _holds_focus(self, widget: QWidget) -> bool:
        focus: QWidget | None = self.window().focusWidget()
        return focus is not None and (focus is widget or widget.isAncestorOf(focus))

    def stops(self) -> list[QPushButton]:
        """What Tab should reach, from top to bottom."""
        return [stop for widget in self.shown.values() for stop in widget.findChildren(QPushButton)]

    def _focus_from(self, place: int) -> None:
        """What had the focus is gone: what took its place has it now, so that keys keep working."""
        rows = list(self.shown.values())
        for row in rows[place:] + rows[:place][::-1]:
            stops = [row] if row.focusPolicy() & Qt.FocusPolicy.TabFocus else row.findChildren(QPushButton)
            for stop in stops:
                if stop.isVisibleTo(self):
                    stop.setFocus()
                    return
