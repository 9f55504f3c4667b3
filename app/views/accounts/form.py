"""A small dialog about one account: a heading, a column, Cancel and one thing to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.context import Context
from app.views.connecting.problem import Problem
from app.widgets.buttons import button
from app.widgets.labels import label, pane
from app.widgets.scroll_pane import ScrollPane

WIDTH = 480


class AccountForm(QDialog):
    """Enter confirms, Esc closes; subclasses fill `body`."""

    def __init__(self, context: Context, parent: QWidget, heading: str, *, go: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pane(self, "paper")
        self.context = context
        self.problem = Problem(context.theme)
        self.go = button(go, self.confirm, kind="primary")
        self.go.setDefault(True)
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(24, 4, 24, 8)
        self.body.setSpacing(12)
        scroll = ScrollPane(heading)
        scroll.setWidget(inside)
        head = QHBoxLayout()
        head.setContentsMargins(24, 20, 24, 0)
        head.addWidget(label(heading, "title", wrap=True))
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 4, 24, 16)
        foot.setSpacing(8)
        foot.addStretch()
        foot.addWidget(button("Cancel", self.close))
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def confirm(self) -> None:
        """Do it."""
