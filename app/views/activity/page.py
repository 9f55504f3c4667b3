"""Activity: what failed and its cure, what runs and how long it takes, what was done."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.actions import jobs as acts
from app.background import Op, QueryOp
from app.commands import Handlers
from app.context import Context
from app.views.activity.card import DoneLine, JobCard
from app.views.page import Page
from app.widgets.buttons import button
from app.widgets.empty import EmptyState
from app.widgets.labels import label, pane
from app.widgets.scroll_pane import ScrollPane
from app.widgets.text import count
from fluffy_core import Changed, Job, JobState, Progress, activity

REFRESH_MS = 500
LIMIT = 200
CARDS_SHOWN, LINES_SHOWN = 12, 40
WORKING = (JobState.RUNNING, JobState.WAITING_RETRY)


class ActivityPage(Page):
    """One column, rebuilt when jobs change; progress moves the bars in between."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "canvas")
        self._context = context
        self._op: Op[tuple[tuple[Job, ...], dict[str, int]]] | None = None
        self.shown: tuple[tuple[Job, ...], dict[str, int]] | None = None
        self._cards: dict[int, JobCard] = {}
        self._scroll = ScrollPane("What works in the background")
        self.empty = EmptyState(
            "Nothing to tell", "What works in the background is listed here, with its result."
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        context.bridge.changed.connect(self._on_changed)
        context.bridge.progress.connect(self._on_progress)

    def handlers(self) -> Handlers:
        """Nothing of its own but the focus."""
        return {"open": self._scroll.setFocus, "escape": self._scroll.setFocus}

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._scroll.setFocus()

    def refresh(self) -> None:
        """Read the jobs again."""
        if self._op is None:
            store = self._context.core.store
            op = QueryOp(
                self._context.background,
                self,
                lambda: (activity.jobs(store, limit=LIMIT), activity.waiting(store)),
            )
            self._op = op.success(self._show).run()

    def _show(self, found: tuple[tuple[Job, ...], dict[str, int]]) -> None:
        self._op = None
        if found == self.shown:
            return
        self.shown = found
        jobs, waiting = found
        if not jobs:
            self._stack.setCurrentWidget(self.empty)
            return
        self._cards.clear()
        position = self._scroll.verticalScrollBar().value()
        inside = QWidget()
        line = QHBoxLayout(inside)
        line.setContentsMargins(24, 28, 24, 24)
        column = QVBoxLayout()
        column.setSpacing(8)
        whole = QWidget()
        whole.setMaximumWidth(self._context.style.px("column"))
        whole.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(whole, 20)
        line.addStretch(1)
        self._fill(column, jobs, waiting)
        column.addStretch()
        self._scroll.setWidget(inside)
        self._stack.setCurrentWidget(self._scroll)
        QTimer.singleShot(0, self, lambda: self._scroll.verticalScrollBar().setValue(position))

    def _fill(self, column: QVBoxLayout, jobs: Sequence[Job], waiting: Mapping[str, int]) -> None:
        dead = [one for one in jobs if one.state is JobState.DEAD]
        working = [one for one in jobs if one.state in WORKING]
        all_waiting = sum(waiting.values())
        over = [one for one in jobs if one.state in (JobState.SUCCEEDED, JobState.CANCELLED)]
        column.addLayout(self._head(len(working) + all_waiting, failed=len(dead)))
        self._section(column, "Needs you", dead)
        self._section(column, "Running", working)
        if waiting:
            self._title(column, f"Waiting · {all_waiting:,}")
            for name, number in waiting.items():
                column.addWidget(
                    label(f"{activity.title(name)}{f' · {number:,} times' if number > 1 else ''}", "dim")
                )
        if over:
            self._title(column, "Done")
            for one, times in _runs(over)[:LINES_SHOWN]:
                column.addWidget(DoneLine(one, times))

    def _head(self, open_jobs: int, *, failed: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(label("Activity", "title"))
        line.addStretch()
        paused = self._context.core.jobs.paused
        words = "All done" if not failed else f"{failed:,} failed"
        if open_jobs:
            words = f"{count(open_jobs, 'job')} {'paused' if paused else 'to go'}"
        line.addWidget(label(words, "small"))
        if open_jobs or paused:
            line.addSpacing(8)
            line.addWidget(button("Go on" if paused else "Pause all", self._toggle))
        return line

    def _section(self, column: QVBoxLayout, title: str, jobs: Sequence[Job]) -> None:
        if not jobs:
            return
        self._title(column, title)
        for one in jobs[:CARDS_SHOWN]:
            card = JobCard(self._context, one)
            self._cards[one.id] = card
            column.addWidget(card)
        if len(jobs) > CARDS_SHOWN:
            column.addWidget(label(f"and {len(jobs) - CARDS_SHOWN:,} more like these", "dim"))

    def _title(self, column: QVBoxLayout, title: str) -> None:
        column.addSpacing(14)
        heading = label(title.upper(), "section")
        heading.setAccessibleName(title)
        column.addWidget(heading)

    def _toggle(self) -> None:
        self.shown = None
        acts.set_paused(self._context, self, not self._context.core.jobs.paused, then=self._soon.start)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.JOBS in kinds and self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _on_progress(self, progress: Progress) -> None:
        if (card := self._cards.get(progress.job_id)) is not None:
            card.move_to(progress.done, progress.total, words=progress.text, seconds=progress.seconds_left)


def _runs(jobs: Sequence[Job]) -> list[tuple[Job, int]]:
    """Newest of each run of jobs of one kind, and how many there were in a row."""
    found: list[tuple[Job, int]] = []
    for one in jobs:
        if found and found[-1][0].name == one.name and found[-1][0].state is one.state:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((one, 1))
    return found
