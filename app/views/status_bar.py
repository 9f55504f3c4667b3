"""The line at the bottom: how all background work stands, how far a sync is, which servers were reached."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.actions import jobs
from app.background import Op, QueryOp
from app.context import Context
from app.views.accounts.words import state_words
from app.widgets.buttons import ElidedButton, button
from app.widgets.labels import tip
from app.widgets.text import clean, shorten
from fluffy_core import (
    AccountOverview,
    AccountState,
    Changed,
    Database,
    Health,
    Progress,
    accounts_overview,
    activity,
    network,
)

ELSEWHERE = "Another window of FluffyMail does the work"
LONGEST = 110
"""Characters of the line that are shown; the rest is in its tooltip."""
POLL_MS = 5000
"""Time left and signs of life change without news while something runs."""


TOLD = (AccountState.REFUSED, AccountState.FIRST_SYNC, AccountState.THROTTLED)
"""What is worth a word beside the health of all work, the most urgent first."""


@dataclass(frozen=True)
class Look:
    """Everything the line tells."""

    health: Health
    paused: bool
    privacy: str
    accounts: tuple[AccountOverview, ...]


def _look(store: Database) -> Look:
    return Look(
        activity.health(store),
        activity.paused(store).everything,
        network.today(store),
        accounts_overview.listed(store),
    )


class StatusBar(QWidget):
    """Health, syncs and privacy, asked for when something changed; each of them leads to its page."""

    opened = Signal(str)
    """The user wants to know more: the command of the page that tells it."""
    told = Signal(object)
    """The newest `Health`, and through `paused` whether everything waits."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(context.style.px("status"))
        self._context = context
        self._op: Op[Look] | None = None
        self._stale = False
        self.paused = False
        self.words = ""
        self._line = button("", lambda: self.opened.emit("activity"), kind="health")
        self._line.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._pause = button("Pause", self.toggle, kind="link")
        self._pause.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 16, 0)
        line.setSpacing(6)
        line.addWidget(self._line)
        line.addWidget(self._pause)
        self.sync = ElidedButton("", lambda: self.opened.emit("accounts"), kind="health")
        self.sync.hide()
        line.addWidget(self.sync, 2)
        line.addStretch(1)
        self.privacy = ElidedButton("", lambda: self.opened.emit("privacy"), kind="privacy")
        line.addWidget(self.privacy, 2)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.refresh)
        context.bridge.changed.connect(self._on_changed)
        context.bridge.progress.connect(self._on_progress)

    def refresh(self) -> None:
        """Ask how the work stands; asked for while it asks, it asks once more."""
        self._stale = self._op is not None
        if not self._stale:
            store = self._context.core.store
            op = QueryOp(self._context.background, self, lambda: _look(store))
            self._op = op.success(self._show).failure(self._fail).run()

    def toggle(self) -> None:
        """Pause all work, or go on."""
        jobs.set_paused(self._context, self, not self.paused)

    def _show(self, found: Look) -> None:
        self._op = None
        health, self.paused = found.health, found.paused
        self.privacy.say(found.privacy)
        self.privacy.setAccessibleName(f"{found.privacy}. Opens Privacy")
        self._say_sync(found.accounts)
        elsewhere = self._context.core.owned_elsewhere
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

    def _say_sync(self, accounts: tuple[AccountOverview, ...]) -> None:
        """The one account that there is most to say of."""
        told = sorted((one for one in accounts if one.state in TOLD), key=lambda one: TOLD.index(one.state))
        self.sync.setVisible(bool(told))
        if told:
            words = f"{told[0].address} · {state_words(told[0])}"
            self.sync.say(words)
            self.sync.setAccessibleName(f"{words}. Opens Accounts")
            level = "failing" if told[0].state is AccountState.REFUSED else ""
            if self.sync.property("level") != level:
                self.sync.setProperty("level", level)
                self.sync.style().polish(self.sync)

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
        if kinds & {Changed.JOBS, Changed.TRAFFIC, Changed.ACCOUNTS, Changed.OUTBOX}:
            self.refresh()

    def _on_progress(self, _progress: Progress) -> None:
        if self._op is None:
            self.refresh()
