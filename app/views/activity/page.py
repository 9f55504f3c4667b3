"""Activity: what failed and its cure, what runs and how long it takes, what waits, what was done."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.actions import jobs as acts
from app.background import Op, QueryOp
from app.commands import Handlers
from app.context import Context
from app.views.activity.history import History
from app.views.activity.now import Now
from app.views.activity.snapshot import Filter, Snapshot, read
from app.views.page import LivePage
from app.widgets.panes import Panes
from app.widgets.scroll_pane import ScrollPane
from fluffy_core import Changed, Progress

NARROW = 860
"""Pixels below which the history does not fit beside the rest."""
UNLIMITED = 16_777_215
POLL_MS = 2000
"""Signs of life, and what another process does, come without news."""


class ActivityPage(LivePage):
    """Looks again whenever jobs change, and puts what is new into the widgets that are there."""

    news = frozenset({Changed.JOBS})
    cannot = "Activity cannot be shown"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._stops: list[QWidget] = []
        self.wanted = Filter()
        self.shown: Snapshot | None = None
        self.now = Now(context, self.choose, self.toggle_pause, fault=self._fault)
        self.history = History(context, self._back)
        self._scroll = ScrollPane("What works in the background")
        self._scroll.setWidget(self.now)
        self.panes = Panes(self._scroll, self.history, narrow=NARROW)
        self.panes.setStretchFactor(0, 1)
        self.panes.setStretchFactor(1, 0)
        self.now.history.clicked.connect(self._forward)
        self._show_one_of(self.panes)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        context.bridge.progress.connect(self._on_progress)

    def handlers(self) -> Handlers:
        """Between the two panes, and through what can be pressed or chosen."""
        return {
            "open": self._forward,
            "back": self._back,
            "escape": self._back,
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
        }

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._poll.start()
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        core, wanted, before = self._context.core, self.wanted, self.shown
        op = QueryOp(self._context.background, self, lambda: read(core, wanted, before))
        return op.success(self._show).failure(self._fail).run()

    def choose(self, wanted: Filter) -> None:
        """Show these jobs only."""
        self.wanted = wanted
        self.refresh()

    def toggle_pause(self) -> None:
        """Pause everything, or go on."""
        if self.shown is not None:
            acts.set_paused(self._context, self, not self.shown.pauses.everything)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for the history beside the rest or not."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.history.setMaximumWidth(UNLIMITED if narrow else self._context.style.px("list_max"))
        self.history.setMinimumWidth(0 if narrow else self._context.style.px("list_max"))
        self.history.back.setVisible(narrow)
        self.now.history.setVisible(narrow)

    def _show(self, found: Snapshot) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        self.now.show_value(found, filtered=self.wanted != Filter())
        self.history.show_value(found.history)
        self._order_stops()
        self._stack.setCurrentWidget(self.panes)
        if self._stale:
            self.refresh()

    def _order_stops(self) -> None:
        """New cards come last in Qt's own order, wherever they stand."""
        stops = [*self.now.stops(), self.history.list]
        if stops != self._stops:
            self._stops = stops
            for one, other in pairwise(stops):
                QWidget.setTabOrder(one, other)

    def _forward(self) -> None:
        self.panes.forward()
        self.history.list.setFocus()
        if self.history.list.current_id() is None:
            self.history.list.step(1)

    def _back(self) -> None:
        self.panes.back()
        self._scroll.setFocus()

    def _step(self, by: int) -> None:
        if self.history.list.hasFocus():
            self.history.list.step(by)
        else:
            self.focusNextPrevChild(by > 0)

    def _on_poll(self) -> None:
        if not self.isVisible():
            self._poll.stop()
        elif self.shown is None or self.shown.elsewhere or not self.shown.is_quiet:
            self.refresh()

    def _on_progress(self, progress: Progress) -> None:
        self.now.move_to(progress)
