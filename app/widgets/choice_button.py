"""A button that shows what is chosen and opens a menu of what could be."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from app.widgets.text import clean


class ChoiceButton(QPushButton):
    """`chosen` is called with the value the user picked; the first entry holds until then."""

    def __init__(self, name: str, chosen: Callable[[], object]) -> None:
        super().__init__()
        self._name = name
        self._chosen = chosen
        self._entries: tuple[tuple[str, Any], ...] = ()
        self.value: Any = None
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setProperty("kind", "choice-menu")

    def show_entries(self, entries: Sequence[tuple[str, Any]]) -> None:
        """What can be chosen, as (text, value); a menu that is open stays as it is."""
        self._entries = tuple(entries)
        self._say()

    def choose(self, value: Any) -> None:
        """Take one of the values."""
        self.value = value
        self._say()
        self._chosen()

    def _say(self) -> None:
        text = next((text for text, value in self._entries if value == self.value), self._entries[0][0])
        self.setText(f"{clean(text, 40)}  ▾".replace("&", "&&"))
        self.setAccessibleName(f"{self._name}: {clean(text, 40)}")

    def _fill(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        for text, value in self._entries:
            action = self._menu.addAction(clean(text, 60).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == self.value)
            action.triggered.connect(lambda _checked=False, value=value: self.choose(value))
            group.addAction(action)
