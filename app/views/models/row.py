"""One model: what it is for and needs, how it stands, the one thing to do with it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.actions import models as acts
from app.context import Context
from app.views.models.words import fit_words, needs_words, state_words
from app.widgets.buttons import button
from app.widgets.confirm import confirm
from app.widgets.labels import ElidedLabel, dress, hairline, label
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean
from fluffy_core import Computer, DownloadState, DownloadView, Fit, ModelStatus, ModelView

MOVING = (DownloadState.WAITING, DownloadState.RUNNING, DownloadState.CHECKING)
Act = Callable[[], None]


@dataclass(frozen=True)
class Shown:
    """A model with its download, if there is one.

    The first of a list has no line above it; the best is the one to get.
    """

    view: ModelView
    download: DownloadView | None
    computer: Computer
    offline: bool
    first: bool = False
    best: bool = False


class ModelRow(QWidget):
    """Told its newest state again and again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.shown: Shown | None = None
        self._line = hairline()
        self._name, self._used = ElidedLabel(kind="strong"), label("In use", kind="good")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._state = label(kind="small", wrap=True)
        self._about, self._needs = label(kind="dim", wrap=True), label(kind="small", wrap=True)
        self._bar = ProgressRow()
        self.act = button("", self._act)
        self.more = button("", self._more, kind="link")
        self._run: Act | None = None
        self._run_more: Act | None = None
        self._lay_out()

    def show_value(self, shown: Shown) -> None:
        """The model as it is now."""
        self.shown = shown
        view = shown.view
        self._line.setVisible(not shown.first)
        self._name.say(clean(view.name, 120))
        self._used.setVisible(view.in_use)
        about = " · ".join(part for part in (view.summary, view.origin.capitalize(), view.licence) if part)
        self._about.setText(clean(about, 200))
        self._say_needs(shown)
        self.move_to(shown.download)
        self._offer(shown)
        self.setAccessibleName(
            f"{view.name}{', in use' if view.in_use else ''}. {self._about.text()}. {self._needs.text()}. "
            f"{self._state.text()}"
        )

    def move_to(self, download: DownloadView | None) -> None:
        """How far its download is, between two looks."""
        assert self.shown is not None
        words = state_words(self.shown.view, download)
        self._state.setText(clean(words, 400))
        self._state.setVisible(bool(words))
        failed = download is not None and download.state is DownloadState.FAILED
        damaged = download is None and self.shown.view.status is ModelStatus.DAMAGED
        dress(self._state, "bad" if failed or damaged else "small")
        moving = download is not None and download.state is DownloadState.RUNNING
        self._bar.setVisible(moving)
        if download is not None and moving:
            self._bar.move_to(download.done, download.total, seconds=download.seconds_left)

    def stops(self) -> list[QPushButton]:
        """What Tab should reach, in order."""
        return [self.act, self.more]

    def _say_needs(self, shown: Shown) -> None:
        view = shown.view
        self._needs.setText(f"{needs_words(view)} · {fit_words(view, shown.computer, best=shown.best)}")
        dress(self._needs, "small" if view.fit is Fit.FITS else "warn-small")

    def _offer(self, shown: Shown) -> None:
        """One button, and below it what is done seldom."""
        words, self._run = self._first(shown)
        more, self._run_more = self._second(shown)
        for one, text in ((self.act, words), (self.more, more)):
            one.setText(text)
            one.setVisible(bool(text))
            one.setAccessibleName(f"{text}: {clean(shown.view.name, 120)}")
        dress(self.act, "primary" if shown.best and words == "Get" else "plain")
        fetches = words in ("Get", "Resume", "Try again")
        self.act.setEnabled(not (fetches and (shown.offline or shown.view.fit is Fit.DISK)))

    def _first(self, shown: Shown) -> tuple[str, Act | None]:
        view, download = shown.view, shown.download
        if download is not None:
            if download.state in MOVING:
                return "Pause", lambda: acts.pause(self._context, self, view.id)
            words = "Try again" if download.state is DownloadState.FAILED else "Resume"
            return words, lambda: acts.get(self._context, self, view.id)
        if view.status is ModelStatus.PARTIAL:
            return "Resume", lambda: acts.get(self._context, self, view.id)
        if view.status is ModelStatus.READY:
            usable = view.writes and not view.in_use
            return ("Use", lambda: acts.use(self._context, self, view.id)) if usable else ("", None)
        return ("", None) if view.origin else ("Get", lambda: acts.get(self._context, self, view.id))

    def _second(self, shown: Shown) -> tuple[str, Act | None]:
        view, download = shown.view, shown.download
        if download is None and view.status in (ModelStatus.READY, ModelStatus.DAMAGED):
            return "Remove", self._remove
        if download is not None or view.status is ModelStatus.PARTIAL:
            return "Discard", lambda: acts.discard(self._context, self, view.id)
        return "", None

    def _remove(self) -> None:
        if self.shown is None:
            return
        view = self.shown.view
        if view.origin not in ("", "added"):
            acts.remove(self._context, self._context.notices, view)
            return
        again = "It can be fetched again." if not view.origin else "The file you added it from is left alone."
        what = "Search by meaning is off until then. " if not view.writes else ""
        confirm(
            self.window(), f"Remove {view.name}?", f"{what}{again}", action="Remove",
            run=lambda: acts.remove(self._context, self._context.notices, view),
        )  # fmt: skip

    def _act(self) -> None:
        if self._run is not None:
            self._run()

    def _more(self) -> None:
        if self._run_more is not None:
            self._run_more()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._used)
        head.addStretch()
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addLayout(head)
        for one in (self._about, self._needs, self._state, self._bar):
            words.addWidget(one)
        does = QVBoxLayout()
        does.setSpacing(4)
        does.addWidget(self.act, alignment=Qt.AlignmentFlag.AlignRight)
        does.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignRight)
        does.addStretch()
        row = QHBoxLayout()
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addLayout(does)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._line)
        column.addLayout(row)
