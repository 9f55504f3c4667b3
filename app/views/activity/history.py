"""What was done, by day, newest first: as many rows as there are, drawn as they come into view."""

import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.context import Context
from app.itemmodels.rows import Index, ListSection, RowsModel
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.empty import EmptyState
from app.widgets.geometry import RowGeometry
from app.widgets.labels import label, pane
from app.widgets.row_delegate import RowDelegate, RowText
from app.widgets.row_list import RowListView
from fluffy_core import DoneRun, Job, JobId, JobState, activity

Row = tuple[Job, int]


class _Rows(RowsModel):
    """A row that is cut short is told in full by its tooltip."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As plain text, whatever it looks like."""
        if role == Qt.ItemDataRole.ToolTipRole:
            text = super().data(index, Qt.ItemDataRole.DisplayRole)
            return f"<span>{escape(text)}</span>" if text else None
        return super().data(index, role)


class History(QWidget):
    """A heading and the list; told the whole history at every look, it keeps place and selection."""

    def __init__(self, context: Context, back: Callable[[], object]) -> None:
        super().__init__()
        pane(self, "history")
        self._context = context
        self._shown: tuple[DoneRun, ...] | None = None
        self._times: dict[JobId, int] = {}
        self.back: QPushButton = button("Back", back, key="u")
        self.model = _Rows(context.background, self._fetch, self)
        self.model.describe = _described
        size = context.style.px
        self.list = RowListView(RowGeometry(row=size("row"), extra=size("note"), header=size("section")))
        self.list.setAccessibleName("What was done, newest first")
        self.list.setItemDelegate(RowDelegate(context.theme, _row, self.list))
        self.list.show_model(self.model)
        self.list.stays_near = False
        self._empty = EmptyState("Nothing done yet", "What FluffyMail has done is listed here by day.")
        self._lay_out()

    def show_value(self, history: tuple[DoneRun, ...]) -> None:
        """The history as it is now."""
        if history == self._shown:
            return
        self._shown = history
        self._times = {one.job_id: one.times for one in history}
        self.model.reset(sections(history, time.time()))
        self._stack.setCurrentWidget(self.list if history else self._empty)

    def _fetch(self, ids: Sequence[JobId]) -> Mapping[JobId, Row]:
        times, found = self._times, activity.by_id(self._context.core.store, ids)
        return {one: (job, times.get(one, 1)) for one, job in found.items()}

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 24, 16, 0)
        head.addWidget(label("History", "heading"))
        head.addStretch()
        head.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)  # before it holds anything: it shows its first, wherever that is
        for one in (self.list, self._empty):
            self._stack.addWidget(one)


def sections(history: Sequence[DoneRun], now: float) -> list[ListSection[JobId]]:
    """One section for each day."""
    days = [list(some) for _, some in groupby(history, key=attrgetter("day"))]
    return [
        ListSection(
            dates.day(some[0].finished_at, now).replace(dates.HOLD, " ").capitalize(),
            [one.job_id for one in some],
            sum(one.times for one in some),
        )
        for some in days
    ]


def _row(row: Row) -> RowText:
    job, times = row
    done = job.result or ("Cancelled; what was done stays" if job.state is JobState.CANCELLED else "Done")
    line = done if times == 1 else f"{times:,} times. The last: {done}"
    return RowText(activity.title(job.name), line, meta=dates.clock(job.finished_at or job.created_at))


def _described(row: Row) -> str:
    text = _row(row)
    return f"{text.title}, {text.meta}: {text.line}"
