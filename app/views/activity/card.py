"""What runs and what will be tried again: a sentence, how far it is, what can be done about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.actions import jobs as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean
from fluffy_core import Job, JobId, Progress, activity, number_of


class JobCard(QFrame):
    """A running job; told its newest state again and again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.job: Job | None = None
        self._title, self._detail = label(kind="strong"), label(kind="dim", wrap=True)
        self._silent = label(kind="warn", wrap=True)
        self._bar = ProgressRow()
        self._cancel = button("Cancel", self._stop)
        _lay_out(self, (self._title, self._detail, self._bar, self._silent), (self._cancel,), kind="card-run")

    def show_value(self, job: Job) -> None:
        """The job as it is now."""
        self.job = job
        title = activity.title(job.name)
        self._title.setText(title)
        self._cancel.setAccessibleName(f"Cancel: {title}")
        self.setAccessibleName(activity.sentence(job))
        left = None if job.eta_at is None else job.eta_at - time.time()
        self._move(job.progress_text, job.progress_done, job.progress_total, seconds=left)
        silent = time.time() - job.heartbeat_at if job.heartbeat_at else 0.0
        self._silent.setVisible(silent >= activity.SILENCE)
        self._silent.setText(
            f"No sign of life for {activity.span(silent)}. Cancel ends it; what was done stays."
        )

    def move_to(self, told: Progress) -> None:
        """Show how far it is, between two looks."""
        self._silent.hide()
        self._move(told.text, told.done, told.total, seconds=told.seconds_left)

    def _move(self, words: str, done: int, total: int, *, seconds: float | None) -> None:
        _say(self._detail, words or "Under way")
        self._bar.move_to(done, total, seconds=None if seconds is None else max(seconds, 0.0))

    def _stop(self) -> None:
        if self.job is not None:
            acts.cancel(self._context, self, self.job.id)


@dataclass(frozen=True)
class Later:
    """Jobs of one kind that failed for one reason and will be tried again, the next at `run_after`."""

    name: str
    error: str
    ids: tuple[JobId, ...]
    attempt: int
    run_after: float


def laters(jobs: Sequence[Job]) -> dict[tuple[str, str], Later]:
    """Grouped by kind and reason, in the order of the jobs."""
    grouped: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        grouped.setdefault((job.name, job.error), []).append(job)
    return {
        (name, error): Later(
            name,
            error,
            tuple(one.id for one in some),
            max(one.attempt for one in some),
            min(one.run_after for one in some),
        )
        for (name, error), some in grouped.items()
    }


class LaterCard(QFrame):
    """Work that will be tried again: why, when, and the way to have it now or not at all."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._value: Later | None = None
        self._title, self._why = label(kind="strong"), label(wrap=True)
        self._when = label(kind="dim", wrap=True)
        self._buttons = (button("Try now", self._retry), button("Cancel", self._stop))
        _lay_out(self, (self._title, self._why, self._when), self._buttons, kind="card-warn")

    def show_value(self, value: Later) -> None:
        """The jobs as they are now."""
        self._value = value
        title, many = activity.title(value.name), len(value.ids)
        _say(self._title, title if many == 1 else f"{title} · {many:,}")
        _say(self._why, value.error)
        _say(self._when, f"Tried {number_of(value.attempt, 'time')}; {_next(value.run_after)}.")
        for made, word in zip(self._buttons, ("Try now", "Cancel"), strict=True):
            made.setText(word if many == 1 else f"{word} all" if word == "Cancel" else "Try all now")
            made.setAccessibleName(f"{made.text()}: {title}")
        self.setAccessibleName(f"{title}: {clean(value.error, 300)} {self._when.text()}")

    def _retry(self) -> None:
        if self._value is not None:
            acts.retry(self._context, self, *self._value.ids)

    def _stop(self) -> None:
        if self._value is not None:
            acts.cancel(self._context, self, *self._value.ids)


def _next(run_after: float) -> str:
    wait = run_after - time.time()
    return f"next try in {activity.span(wait)}" if wait >= 1 else "waits for its turn"


def _say(shown: QLabel, words: str) -> None:
    said = clean(words, 400)
    if shown.text() != said:
        shown.setText(said)


def _lay_out(card: QFrame, words: Sequence[QWidget], buttons: Sequence[QPushButton], *, kind: str) -> None:
    card.setProperty("kind", kind)
    column = QVBoxLayout()
    column.setSpacing(2)
    for one in words:
        column.addWidget(one)
    line = QHBoxLayout(card)
    line.setContentsMargins(18, 12, 18, 12)
    line.setSpacing(8)
    line.addLayout(column, 1)
    for made in buttons:
        line.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
