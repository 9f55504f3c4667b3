"""The line at the bottom: what runs in the background, and that nothing left this computer."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions import jobs
from app.background import Op, QueryOp
from app.context import Context
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.labels import ElidedLabel, label
from app.widgets.text import count
from fluffy_core import Changed, Progress, activity

PRIVACY = "Private: no connections today"


class StatusBar(QWidget):
    """Counts jobs when the core says that jobs changed; progress in between."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(context.style.px("status"))
        self._context = context
        self._op: Op[dict[str, dict[str, object]]] | None = None
        self._left: dict[int, float | None] = {}
        self._stale = False
        self._working = 0
        self._failed = 0
        self.owner = True
        self._words = label("")
        self._pause = button("Pause", self._toggle, kind="link")
        self._pause.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(6)
        line.addWidget(self._words)
        line.addWidget(self._pause)
        line.addStretch(1)
        privacy = ElidedLabel(PRIVACY)
        privacy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(privacy, 1)
        context.bridge.changed.connect(self._on_changed)
        context.bridge.progress.connect(self._on_progress)

    @property
    def words(self) -> str:
        """What the line says of the work."""
        return self._words.text().replace(dates.HOLD, " ")

    def refresh(self) -> None:
        """Count what waits and runs; asked for while it counts, it counts once more."""
        self._stale = self._op is not None
        if not self._stale:
            store = self._context.core.store
            op = QueryOp(self._context.background, self, lambda: activity.stats(store))
            self._op = op.success(self._show).run()

    def _show(self, stats: dict[str, dict[str, object]]) -> None:
        self._op = None
        states = stats["states"]
        self._working = sum(
            int(str(states.get(state, 0))) for state in ("queued", "running", "waiting-retry")
        )
        self._failed = int(str(states.get("dead", 0)))
        if not self._working:
            self._left.clear()
        self._say()
        if self._stale:
            self.refresh()

    def _say(self) -> None:
        failed = self._failed
        paused = self._context.core.jobs.paused
        parts = [count(failed, "job failed", "jobs failed")] if failed else []
        if not self.owner:
            parts.insert(0, "Another window of FluffyMail does the work")
        elif self._working:
            running = f"{count(self._working, 'job')} {'paused' if paused else 'at work'}"
            seconds = max((one for one in self._left.values() if one is not None), default=None)
            parts.insert(
                0, ", ".join(part for part in (running, "" if paused else dates.left(seconds)) if part)
            )
        elif not failed:
            parts = ["All done"]
        self._words.setText(" · ".join(parts))
        self._pause.setVisible(self.owner and (self._working > 0 or paused))
        self._pause.setText("Go on" if paused else "Pause")

    def _toggle(self) -> None:
        jobs.set_paused(self._context, self, not self._context.core.jobs.paused, then=self.refresh)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.JOBS in kinds:
            self.refresh()

    def _on_progress(self, progress: Progress) -> None:
        if progress.total and progress.done >= progress.total:
            self._left.pop(progress.job_id, None)
        else:
            self._left[progress.job_id] = progress.seconds_left
        self._working = max(self._working, 1)
        self._say()
