"""Very many messages went from a folder at once: the user says whether that is right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions import accounts as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import AccountId, FolderState

MEANS = (
    "Let go: their conversations leave your inbox, as they left the server. Keep: everything stays as it is. "
    "Either way they are found by search."
)


class GoneRow(QWidget):
    """The question for one folder, with its two answers."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asked: tuple[AccountId, FolderState] | None = None
        self._words = label(kind="warn", wrap=True)
        self.keep = button("Keep", lambda: self._settle(True))
        self.let_go = button("Let go", lambda: self._settle(False))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        words.addWidget(label(MEANS, "dim", wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 6, 0, 6)
        line.setSpacing(8)
        line.addLayout(words, 1)
        for one in (self.keep, self.let_go):
            line.addWidget(one, 0, Qt.AlignmentFlag.AlignTop)

    def show_value(self, value: tuple[AccountId, FolderState]) -> None:
        """The question as it is now."""
        self._asked = value
        folder = value[1]
        name = clean(folder.name, 80)
        words = f"{folder.gone:,} of {folder.messages:,} messages went from {name} at once"
        self._words.setText(words)
        self.setAccessibleName(f"{words}. {MEANS}")
        for one in (self.keep, self.let_go):
            one.setAccessibleName(f"{one.text()}: {folder.gone:,} messages of {name}")

    def _settle(self, keep: bool) -> None:
        if self._asked is not None:
            account_id, folder = self._asked
            acts.settle_gone(self._context, self, account_id, folder_id=folder.id, keep=keep)
