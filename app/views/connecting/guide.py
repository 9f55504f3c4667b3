"""A guide of the documents, to be read beside the wizard; its links are asked about before they open."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from app.actions.links import open_link
from app.widgets.buttons import button
from app.widgets.labels import pane

NAME = "own-client-id.md"


def guide_in(resources: Path) -> Path | None:
    """Where the guide to a client id of one's own is, None where the documents are not installed."""
    path = resources.parent / "docs" / NAME
    return path if path.is_file() else None


class GuideDialog(QDialog):
    """Stays open beside the browser."""

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Your own client id")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 560)
        pane(self, "paper")
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("Guide to a client id of your own")
        self.text.setMarkdown(path.read_text(encoding="utf-8"))
        self.text.anchorClicked.connect(self._open)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(button("Close", self.close))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    def _open(self, url: QUrl) -> None:
        open_link(self, url.toString(), ask=True)
