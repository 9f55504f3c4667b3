"""What the frame asks of every page."""

from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from app.background import Op
from app.commands import Handlers
from app.context import Context
from fluffy_core import Changed


class Page(QWidget):
    """A page of the window; these are the answers of one that has no commands of its own."""

    def handlers(self) -> Handlers:
        """Commands that mean something here, by id."""
        return {}

    def enter(self) -> None:
        """The page came into view: take the focus."""
        self.setFocus()


class LivePage(Page):
    """A page that reads what it shows, and reads again whenever `news` are told while it is in view.

    A page of this kind says in `_read` what is read; when the answer is there it forgets `_op`, and looks
    again when it is `_stale`.
    """

    news: ClassVar[frozenset[Changed]] = frozenset()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._op: Op[Any] | None = None
        self._stale = False
        context.bridge.changed.connect(self._on_changed)

    def handlers(self) -> Handlers:
        """Through what can be pressed."""
        return {
            "next": lambda: self.focusNextPrevChild(True),
            "previous": lambda: self.focusNextPrevChild(False),
        }

    def refresh(self) -> None:
        """Look again; asked for while it looks, it looks once more."""
        self._stale = self._op is not None
        if not self._stale:
            self._op = self._read()

    def _read(self) -> Op[Any]:
        raise NotImplementedError

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & self.news and self.isVisible():
            self.refresh()
