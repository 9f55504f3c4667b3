"""Which folders of an account are fetched, and how far back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.check_box import CheckBox
from app.widgets.choice_button import ChoiceButton
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import ALL

SPANS = (("3 months", 3), ("1 year", 12), ("2 years", 24), ("5 years", 60), ("Everything", 0))
USUAL = 24
"""Months."""
ISO = "yyyy-MM-dd"


class FolderChoice(QWidget):
    """A box for each folder, and one choice of how far back; `changed` is called at each change."""

    def __init__(self, theme: Theme, changed: Callable[[], object]) -> None:
        super().__init__()
        self._theme = theme
        self._changed = changed
        self._boxes: dict[str, CheckBox] = {}
        self._kept = ""
        self.back = ChoiceButton("How far back", self._changed)
        self.back.value = USUAL
        self.back.show_entries(SPANS)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label("How far back"))
        line.addWidget(self.back)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(line)
        column.addWidget(label("FOLDERS", "section"))
        column.addLayout(self._list)

    @property
    def folders(self) -> tuple[str, ...]:
        """The chosen ones, by name."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    @property
    def since(self) -> str:
        """The first day that is wanted (YYYY-MM-DD), or ALL."""
        months = self.back.value
        if months is None:
            return self._kept
        return QDate.currentDate().addMonths(-int(months)).toString(ISO) if months else ALL

    def show_folders(self, names: Sequence[str], chosen: Sequence[str], *, since: str = "") -> None:
        """All folders, with these chosen; `since` is the day from which mail was fetched up to now."""
        for box in self._boxes.values():
            self._list.removeWidget(box)
            box.deleteLater()
        wanted = {one.casefold() for one in chosen}
        self._boxes = {}
        for name in names:
            box = CheckBox(self._theme, clean(name, 80))
            box.setChecked(name.casefold() in wanted)
            box.toggled.connect(lambda _on: self._changed())
            self._boxes[name] = box
            self._list.addWidget(box)
        self._kept = since
        named = since not in ("", ALL)
        self.back.value = None if named else 0 if since else USUAL
        self.back.show_entries([*([(f"since {since}", None)] if named else []), *SPANS])
