"""A line above the list that says how many drafts there are, and what could not be sent."""

from collections.abc import Callable, Sequence

from app.background import Op, QueryOp
from app.context import Context
from app.views.composer.words import STUCK
from app.widgets.buttons import ElidedButton
from fluffy_core import Changed, Unsent, number_of, unsent

KINDS = frozenset({Changed.DRAFTS, Changed.OUTBOX})


class DraftsLine(ElidedButton):
    """Hidden while there is nothing to say; leads to the drafts."""

    def __init__(self, context: Context, run: Callable[[], object]) -> None:
        super().__init__("", run, kind="health")
        self._context = context
        self._op: Op[tuple[Unsent, ...]] | None = None
        context.bridge.changed.connect(self._on_changed)
        self.hide()

    def refresh(self) -> None:
        """Look again; the newest question wins."""
        if self._op is not None:
            self._op.cancel()
        store = self._context.core.store
        self._op = (
            QueryOp(self._context.background, self, lambda: unsent.overview(store)).success(self._show).run()
        )

    def _show(self, found: tuple[Unsent, ...]) -> None:
        self._op = None
        words = _words(found)
        self.say(words)
        self.setAccessibleName(f"{words}. Opens the drafts")
        self.setVisible(bool(words))
        level = "failing" if any(one.row and one.row.state in STUCK for one in found) else ""
        if self.property("level") != level:
            self.setProperty("level", level)
            self.style().polish(self)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & KINDS:
            self.refresh()


def _words(found: Sequence[Unsent]) -> str:
    """As "1 message not sent · 2 drafts"."""
    stuck = sum(1 for one in found if one.row and one.row.state in STUCK)
    drafts = sum(1 for one in found if one.row is None)
    leaving = len(found) - stuck - drafts
    parts = (
        f"{number_of(stuck, 'message')} not sent" if stuck else "",
        f"{leaving:,} on its way" if leaving else "",
        number_of(drafts, "draft") if drafts else "",
    )
    return " · ".join(part for part in parts if part)
