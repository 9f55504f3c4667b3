"""What the frame asks of every page."""

from PySide6.QtWidgets import QWidget

from app.commands import Handlers


class Page(QWidget):
    """A page of the window; these are the answers of one that has no commands of its own."""

    def handlers(self) -> Handlers:
        """Commands that mean something here, by id."""
        return {}

    def enter(self) -> None:
        """The page came into view: take the focus."""
        self.setFocus()
