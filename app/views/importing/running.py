"""Second step of an import: how far it is, and that it goes on without being watched."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions import importing as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean
from fluffy_core import AccountId, Changed, ImportReport, Progress, number_of

NAME = "sync-emails-initial"
LOOK_MS = 700


class RunningStep(QWidget):
    """Tells the last `ImportState` when it is over; looks now and then, in case an event was missed."""

    finished = Signal(object)
    hidden = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._account: AccountId | None = None
        self._job: int | None = None
        self._last: ImportReport | None = None
        self._words = label("The import begins …", "strong", wrap=True)
        self._counts = label("", "dim", wrap=True)
        self._bar = ProgressRow()
        self._bar.move_to(0, 0, seconds=None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addWidget(self._counts)
        column.addWidget(label("You can go on working: what was read is already there.", "dim", wrap=True))
        column.addStretch()
        line = QHBoxLayout()
        line.addWidget(button("Stop", self._stop))
        line.addStretch()
        line.addWidget(button("Go on in the background", self.hidden.emit, kind="primary"))
        column.addLayout(line)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        context.bridge.progress.connect(self._on_progress)
        context.bridge.changed.connect(self._on_changed)

    def watch(self, account_id: AccountId) -> None:
        """Follow this import."""
        self._account = account_id
        self._timer.start()

    def _on_progress(self, progress: Progress) -> None:
        if self._account is None or progress.name != NAME:
            return
        self._job = progress.job_id
        self._words.setText(clean(progress.text, 160) or "Reading …")
        self._bar.move_to(progress.done, progress.total, seconds=progress.seconds_left)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if self._account is not None and Changed.JOBS in kinds:
            self._look()

    def _look(self) -> None:
        if self._account is not None:
            acts.import_state(self._context, self, self._account, told=self._told)

    def _told(self, state: acts.ImportState) -> None:
        if self._account is None:
            return
        threads = number_of(state.report.threads, "conversation")
        self._counts.setText(f"{number_of(state.report.messages, 'message')} read, {threads}")
        if state.over:
            self._account = None
            self._timer.stop()
            self.finished.emit(state)

    def _stop(self) -> None:
        from app.actions import jobs

        if self._job is not None:
            jobs.cancel(self._context, self, self._job)  # type: ignore[arg-type]
        self._account = None
        self._timer.stop()
        self.hidden.emit()
