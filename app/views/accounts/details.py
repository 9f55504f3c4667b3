"""What unfolds of an account: messages in each folder, and what its syncs did."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.widgets import dates
from app.widgets.labels import label, tip
from app.widgets.text import clean
from fluffy_core import AccountView, FolderState, SyncEntry, number_of

FOLDERS, RUNS = 60, 20


class Details(QWidget):
    """Built anew only where something is different."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[FolderState, ...], tuple[SyncEntry, ...]] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(10)
        self._inside: QWidget | None = None

    def show_value(self, view: AccountView, *, now: float) -> None:
        """The account as it is now."""
        if (view.folders, view.history) == self._shown:
            return
        self._shown = (view.folders, view.history)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("FOLDERS", "section"))
        column.addLayout(_table([(one.name, f"{one.messages:,}", "") for one in view.folders[:FOLDERS]]))
        if not view.folders:
            column.addWidget(label("Nothing was fetched yet.", "dim"))
        elif len(view.folders) > FOLDERS:
            column.addWidget(label(f"and {number_of(len(view.folders) - FOLDERS, 'more folder')}", "dim"))
        column.addSpacing(6)
        column.addWidget(label("HISTORY", "section"))
        column.addLayout(_table([_told(one, now) for one in view.history[:RUNS]]))
        if not view.history:
            column.addWidget(label("No sync has ended yet.", "dim"))
        if self._inside is not None:
            self._column.removeWidget(self._inside)
            self._inside.deleteLater()
        self._inside = inside
        self._column.addWidget(inside)


def _told(run: SyncEntry, now: float) -> tuple[str, str, str]:
    times = f" ({run.times:,} times)" if run.times > 1 else ""
    return f"{run.words}{times}", dates.spoken(run.at, now), "bad" if run.failed else ""


def _table(rows: list[tuple[str, str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(4)
    grid.setHorizontalSpacing(16)
    grid.setColumnStretch(0, 1)
    for at, (words, right, kind) in enumerate(rows):
        said = label(clean(words, 300), kind or "body", wrap=True)
        tip(said, words)
        grid.addWidget(said, at, 0)
        grid.addWidget(label(right, "dim"), at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    return grid
