"""A heading above rows on one card."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label


class CardSection(QWidget):
    """Without rows there is no section."""

    def __init__(self, heading: str, make: Callable[[], Any]) -> None:
        super().__init__()
        self.heading = label(heading, "section")
        self.rows = KeyedColumn(make, spacing=0)
        card = QFrame()
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(card)
        self._card = card

    def show_values(self, values: Mapping[Any, Any]) -> None:
        """These rows in this order."""
        self.rows.show_values(values)
        self._card.setVisible(bool(values))
        self.setVisible(bool(values))
