"""The navigation rail: one icon for each page, its digit in the tooltip."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import Theme

Entry = tuple[str, str, str]
"""Command id, icon name, what it is called with its key."""


class Rail(QWidget):
    """`above` are pages, `below` sit at the bottom; those in `pages` stay pressed."""

    def __init__(self, theme: Theme, above: Sequence[Entry], below: Sequence[Entry]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._buttons: dict[str, tuple[QToolButton, str]] = {}
        self.run: Callable[[str], object] = lambda _command: None
        self._group = QButtonGroup(self)
        self.setFixedWidth(theme.style.px("rail"))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(2)  # all of them have to fit into a small screen
        for entry in above:
            column.addWidget(self._button(entry))
        column.addStretch()
        for entry in below:
            column.addWidget(self._button(entry))
        self._paint()
        theme.changed.connect(self._paint)

    def make_page(self, *commands: str) -> None:
        """These stay pressed while their page is shown."""
        for command in commands:
            one = self._buttons[command][0]
            one.setCheckable(True)
            self._group.addButton(one)

    def mark(self, command: str) -> None:
        """Press the one whose page is shown; none when it has no button."""
        self._group.setExclusive(False)
        for name, (one, _icon) in self._buttons.items():
            if one.isCheckable():
                one.setChecked(name == command)
        self._group.setExclusive(True)

    def _button(self, entry: Entry) -> QToolButton:
        command, glyph, words = entry
        made = QToolButton()
        made.setObjectName("rail")
        side = self._theme.style.px("rail_button")
        made.setFixedWidth(side)
        made.setMinimumHeight(self._theme.style.px("button"))
        made.setMaximumHeight(side)
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        size = self._theme.style.px("icon")
        made.setIconSize(QSize(size, size))
        made.setToolTip(words)
        made.setAccessibleName(words)
        made.clicked.connect(lambda: self.run(command))
        self._buttons[command] = (made, glyph)
        return made

    def _paint(self) -> None:
        style = self._theme.style
        for made, glyph in self._buttons.values():
            made.setIcon(icon(glyph, style.px("icon"), (style.color("ink2"), style.color("accent"))))
