"""What every step of connecting is: a heading, a column that scrolls, and a line of buttons."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane


class Step(QWidget):
    """`go` is what Enter presses; `back` is shown where there is a step before."""

    def __init__(self, heading: str, *, go: str) -> None:
        super().__init__()
        self.heading = label(heading, "title", wrap=True)
        self.go = button(go, self.confirm, kind="primary")
        self.back = button("Back", lambda: None)
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(28, 4, 28, 12)
        self.body.setSpacing(12)
        self.area = ScrollPane(heading)
        self.area.setWidget(inside)
        head = QHBoxLayout()
        head.setContentsMargins(28, 24, 28, 0)
        head.addWidget(self.heading)
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(28, 8, 28, 20)
        self.foot.setSpacing(8)
        self.foot.addWidget(self.back)
        self.foot.addStretch()
        self.foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        column.addLayout(self.foot)

    def confirm(self) -> None:
        """Go on with what was chosen."""

    def enter(self) -> None:
        """The step came into view: take the focus."""
        self.go.setFocus()

    def bring(self, part: QWidget) -> None:
        """Scroll to a part of the column, once it has its place."""
        QTimer.singleShot(0, part, lambda: self.area.ensureWidgetVisible(part))

    def leave(self) -> None:
        """The step goes out of view: let go of what must not be kept."""

    def add_link(self, text: str, run: Callable[[], object]) -> QWidget:
        """Another way, below the rest."""
        made = button(text, run, kind="link")
        self.body.addWidget(made)
        return made
