"""What to fetch: folders, and how far back."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.theme import Theme
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.folder_choice import FolderChoice
from app.widgets.labels import label
from fluffy_core import Looked

HINT = "The newest mail comes first, so that you can begin within a minute. You can change this later."
NONE = "Choose at least one folder."


class ChooseStep(Step):
    """`confirmed` tells the folders and the first day; `changed` that the estimate is another."""

    confirmed = Signal(tuple, str)
    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("What to fetch", go="Connect")
        self.choice = FolderChoice(theme, self._on_changed)
        self.problem = Problem(theme)
        self.estimate = label(kind="strong", wrap=True)
        self.estimate.hide()
        self.body.addWidget(label(HINT, "dim", wrap=True))
        for one in (self.choice, self.estimate, self.problem):
            self.body.addWidget(one)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    def prepare(self, found: Looked, *, chosen: Sequence[str] = (), since: str = "") -> None:
        """All folders, with those chosen that were chosen before, else the usual ones."""
        self.problem.clear()
        names = [one.name for one in found.folders]
        self.choice.show_folders(names, chosen or found.usual, since=since)

    def say_estimate(self, words: str) -> None:
        """How much that would be, "" while nobody knows."""
        self.estimate.setText(words)
        self.estimate.setVisible(bool(words))

    def confirm(self) -> None:
        """Connect with what is chosen."""
        folders: Sequence[str] = self.choice.folders
        if not folders:
            self.problem.say(NONE)
            return
        self.problem.clear()
        self.set_busy(True)
        self.confirmed.emit(tuple(folders), self.choice.since)

    def fail(self, error: Exception) -> None:
        """It could not be kept."""
        self.set_busy(False)
        self.problem.show_error(error)

    def enter(self) -> None:
        """Enter goes on with the usual."""
        self.set_busy(False)
        self.go.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While the account is being kept."""
        self.go.setEnabled(not busy)
        self.go.setText("Connecting …" if busy else "Connect")
        self.choice.setEnabled(not busy)

    def _on_changed(self) -> None:
        self.problem.clear()
        self.changed.emit()
