"""The line at the bottom: how all background work stands, and which servers were reached today."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.actions import jobs
from app.background import Op, QueryOp
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import ElidedLabel, tip
from app.widgets.text import clean, shorten
from fluffy_core import Changed, Health, Progress, activity, network

ELSEWHERE = "Another window of FluffyMail does the work"
LONGEST = 110
"""Characters of the line that are shown; the rest is in its tooltip."""
POLL_MS = 5000
"""Time left and signs of life change without news while something runs."""


class StatusBar(QWidget):
    """One line of health, asked for when the core says that jobs changed; a click leads to Activity."""

    opened = Signal()
    """The user wants to know more."""
    told = Signal(object)
    """The newest `Health`, and through `paused` whether everything waits."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(context.style.px("status"))
        self._context = context
        self._op: Op[tuple[Health, bool, str]] | None = None
        self._stale = False
        self.paused = False
        self.words = ""
        self._line = button("", self.opened.emit, kind="health")
        self._line.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._pause = button("Pause", self.toggle, kind="link")
        self._pause.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 16, 0)
        line.setSpacing(6)
        line.addWidget(self._line)
        line.addWidget(self._pause)
        line.addStretch(1)
        self._privacy = privacy = ElidedLabel("")
        privacy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(privacy, 1)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.refresh)
        context.bridge.changed.connect(self._on_changed)
        context.bridge.progress.connect(self._on_progress)

    def refresh(self) -> None:
        """Ask how the work stands; asked for while it asks, it asks once more."""
        self._stale = self._op is not None
        if not self._stale:
            store = self._context.core.store
            op = QueryOp(
                self._context.background,
                self,
                lambda: (activity.health(store), activity.paused(store).everything, network.today(store)),
            )
            self._op = op.success(self._show).failure(self._fail).run()

    def toggle(self) -> None:
        """Pause all work, or go on."""
        jobs.set_paused(self._context, self, not self.paused)

    def _show(self, found: tuple[Health, bool, str]) -> None:
        self._op = None
        health, self.paused, privacy = found
        self._privacy.say(privacy)
        elsewhere = self._context.core.jobs.owned_elsewhere
        if elsewhere:
            health = Health(f"{ELSEWHERE} · {health.text}", health.level)
        busy = health.level in ("working", "waiting")
        self._say(health)
        self._pause.setVisible(busy or self.paused)
        self._pause.setText("Resume" if self.paused else "Pause")
        self._pause.setAccessibleName(f"{self._pause.text()} background work")
        (self._poll.start if busy or elsewhere or health.level == "failing" else self._poll.stop)()
        self.told.emit(health)
        if self._stale:
            self.refresh()

    def _fail(self, _error: Exception) -> None:
        """The page that the line leads to tells what is wrong."""
        self._op = None
        self._say(Health("Background work cannot be looked at", "failing"))

    def _say(self, health: Health) -> None:
        self.words = health.text
        self._line.setText(shorten(health.text, LONGEST).replace("&", "&&"))
        self._line.setAccessibleName(f"{clean(health.text)}. Opens Activity")
        tip(self._line, health.text)
        if self._line.property("level") != health.level:
            self._line.setProperty("level", health.level)
            self._line.style().polish(self._line)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & {Changed.JOBS, Changed.TRAFFIC, Changed.OUTBOX}:
            self.refresh()

    def _on_progress(self, _progress: Progress) -> None:
        if self._op is None:
            self.refresh()
