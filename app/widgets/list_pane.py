"""A search box over a list of rows, with a skeleton while it is read and words when it is empty."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.itemmodels.rows import ListSection, RowsModel
from app.theme import Theme
from app.widgets.empty import EmptyState
from app.widgets.geometry import RowGeometry
from app.widgets.labels import pane
from app.widgets.row_delegate import Describe, RowDelegate
from app.widgets.row_list import RowListView
from app.widgets.search_box import SearchBox
from app.widgets.skeleton import Skeleton


class ListPane(QWidget):
    """Knows nothing of what its rows are: `describe` puts them into words, the owner fills the model."""

    chosen = Signal(object)
    """The id of the current row, when the user moved to it."""
    above: QVBoxLayout
    """What the owner puts between the search box and the rows."""

    def __init__(self, theme: Theme, model: RowsModel, search: SearchBox, *, describe: Describe) -> None:
        super().__init__()
        pane(self, "list")
        style = theme.style
        self.search, self.model = search, model
        self._wants_focus = False
        self.view = RowListView(
            RowGeometry(row=style.px("row"), extra=style.px("note"), header=style.px("section"))
        )
        self.view.setItemDelegate(RowDelegate(theme, describe, self.view))
        self.view.show_model(model)
        self.empty = EmptyState("", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.px("m"), 1, 0)
        column.setSpacing(style.px("xs"))
        top = QVBoxLayout()
        top.setContentsMargins(style.px("m"), 0, style.px("m"), 0)
        top.addWidget(search)
        column.addLayout(top)
        self.above = QVBoxLayout()
        self.above.setContentsMargins(style.px("m"), 0, style.px("m"), 0)
        column.addLayout(self.above)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)  # before it holds anything: it shows its first, wherever that is
        for one in (Skeleton(theme, rows=True), self.view, self.empty):
            self._stack.addWidget(one)
        search.left.connect(self.enter)
        self.view.chosen.connect(self.chosen)
        theme.changed.connect(self.view.viewport().update)

    def take_focus(self) -> None:
        """Give the list the focus; while there are no rows yet, as soon as they come."""
        self._wants_focus = not self.view.isVisible()
        self.view.setFocus()

    def enter(self) -> None:
        """Give the list the focus, on its first row if none is current."""
        self.take_focus()
        if self.view.current_id() is None:
            self.view.step(1)

    def show_rows(self, sections: Sequence[ListSection[Any]]) -> bool:
        """Show these; False when there is nothing in them."""
        self.model.reset(sections)
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
            if self._wants_focus and self.isVisible() and self.window().focusWidget() is not self.search.line:
                self.take_focus()
        return bool(self.model.rowCount())

    def say(self, title: str, hint: str) -> None:
        """Show words instead of rows."""
        self.empty.say(title, hint)
        self._stack.setCurrentWidget(self.empty)
