"""What the frame asks of every page."""

from typing import Any, ClassVar

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.background import Op
from app.commands import Handlers
from app.context import Context
from app.errors import words
from app.widgets.empty import EmptyState
from app.widgets.labels import label, pane
from app.widgets.skeleton import Skeleton
from app.widgets.text import clean
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

    A page of this kind says in `_read` what is read; when the answer is there it keeps it as `shown`, forgets
    `_op`, and looks again when it is `_stale`. It has room for `_fault` among what it shows.
    """

    news: ClassVar[frozenset[Changed]] = frozenset()
    cannot: ClassVar[str] = "This cannot be shown"
    """What is said while nothing could be read yet."""
    shown: Any = None

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "canvas")
        self._context = context
        self._op: Op[Any] | None = None
        self._stale = False
        self._fault = label(kind="fault", wrap=True)
        self._fault.hide()
        self.failed = EmptyState(self.cannot, action="Try again", run=self.refresh)
        self._stack = QStackedLayout(self)
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

    def _show_one_of(self, *faces: QWidget) -> None:
        """What the page may look like; first as if it were still read."""
        for one in (Skeleton(self._context.theme), *faces, self.failed):
            self._stack.addWidget(one)

    def _read(self) -> Op[Any]:
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        """What was seen before stays, with a word that it is old."""
        self._op = None
        said = words(error)
        if self.shown is None:
            self.failed.say(self.cannot, f"{said.happened} {said.safe}".strip())
            self._stack.setCurrentWidget(self.failed)
        else:
            self._say_fault(f"This may be out of date. {said.happened}")

    def _say_fault(self, text: str) -> None:
        self._fault.setText(clean(text, 400))
        self._fault.show()

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & self.news and self.isVisible():
            self.refresh()
