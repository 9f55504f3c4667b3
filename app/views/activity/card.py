"""One job: a sentence, how far it is, and what can be done about it."""

import time
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import jobs as acts
from app.context import Context
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean, count
from fluffy_core import Job, JobState, activity

KINDS = {JobState.DEAD: "card-bad", JobState.WAITING_RETRY: "card-warn", JobState.RUNNING: "card-run"}


class JobCard(QFrame):
    """A failed or running job."""

    def __init__(self, context: Context, job: Job) -> None:
        super().__init__()
        self.setProperty("kind", KINDS.get(job.state, "card"))
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 12, 18, 12)
        line.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = label(activity.title(job.name), "strong")
        words.addWidget(title)
        self._detail = label(_detail(job), "dim", wrap=True)
        words.addWidget(self._detail)
        self._bar = ProgressRow()
        self._bar.setVisible(job.state is JobState.RUNNING)
        words.addWidget(self._bar)
        line.addLayout(words, 1)
        self.setAccessibleName(activity.sentence(job))
        if job.state is JobState.RUNNING:
            self.move_to(job.progress_done, job.progress_total, words=job.progress_text, seconds=None)
            line.addWidget(
                button("Cancel", partial(acts.cancel, context, self, job.id)), 0, Qt.AlignmentFlag.AlignTop
            )
        else:
            again = "Try again" if job.state is JobState.DEAD else "Try now"
            line.addWidget(
                button(again, partial(acts.retry, context, self, job.id)), 0, Qt.AlignmentFlag.AlignTop
            )
            stop = acts.discard if job.state is JobState.DEAD else acts.cancel
            line.addWidget(
                button("Give up", partial(stop, context, self, job.id)), 0, Qt.AlignmentFlag.AlignTop
            )

    def move_to(self, done: int, total: int, *, words: str, seconds: float | None) -> None:
        """Show how far it is."""
        if words:
            self._detail.setText(clean(words, 200))
        self._bar.move_to(done, total, seconds=seconds)


class DoneLine(QWidget):
    """A finished job: what came of it and when."""

    def __init__(self, job: Job, times: int = 1) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(12)
        words = activity.sentence(job) if times == 1 else f"{activity.title(job.name)}: done {times:,} times"
        line.addWidget(ElidedLabel(words, "body"), 1)
        when = job.finished_at or job.created_at
        said = label(dates.spoken(when, time.time()), "small")
        tip(said, dates.exact(when))
        line.addWidget(said)


def _detail(job: Job) -> str:
    if job.state is JobState.DEAD:
        return clean(job.error, 400) or "It failed without saying why."
    if job.state is JobState.WAITING_RETRY:
        wait = max(0, int(job.run_after - time.time()))
        when = f"in {wait // dates.MINUTE} min" if wait > dates.MINUTE else f"in {wait} s" if wait else "now"
        return f"{clean(job.error, 300)} Tried {count(job.attempt, 'time')}; next try {when}."
    return clean(job.progress_text, 200)
