"""All keys at a glance."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.key_caps import key_caps
from app.widgets.labels import label
from app.widgets.overlay import Overlay
from app.widgets.scroll_pane import ScrollPane

HEIGHT = 680
TWO_COLUMNS = 720


class Keyed(Protocol):
    """What is listed."""

    @property
    def group(self) -> str:
        """Heading."""

    @property
    def text(self) -> str:
        """What it does."""

    @property
    def shown(self) -> str:
        """Its keys, as written."""


class KeyOverlay(Overlay):
    """Commands that have a key, in two columns by group."""

    def __init__(self, parent: QWidget, commands: Sequence[Keyed]) -> None:
        super().__init__(parent, width=760)
        self.setAccessibleName("All keys")
        groups = list(dict.fromkeys(one.group for one in commands if one.shown))
        inside = QWidget()
        area = ScrollPane("All keys")
        area.setWidget(inside)
        area.setMinimumHeight(min(HEIGHT, parent.height() - 64))
        frame = QVBoxLayout(self.panel)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addWidget(area)
        column = QVBoxLayout(inside)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(16)
        column.addWidget(label("Keys", "title"))
        wide = parent.width() >= TWO_COLUMNS
        halves = QBoxLayout(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        halves.setSpacing(40 if wide else 14)
        column.addLayout(halves)
        cut = 2
        for half in (groups[:cut], groups[cut:]):
            side = QVBoxLayout()
            side.setSpacing(14)
            for group in half:
                side.addLayout(_group(group, [one for one in commands if one.group == group and one.shown]))
            side.addStretch()
            halves.addLayout(side, 1)


def _group(name: str, commands: Sequence[Keyed]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(0, 1)
    grid.addWidget(label(name.upper(), "section"), 0, 0)
    for row, one in enumerate(commands, 1):
        grid.addWidget(label(one.text), row, 0)
        keys = QHBoxLayout()
        keys.setSpacing(4)
        keys.addStretch()
        for cap in key_caps(one.shown):
            keys.addWidget(cap)
        grid.addLayout(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    return grid
