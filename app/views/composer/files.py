"""The files that go along: their names and sizes, each with a way to take it out."""

from functools import partial

from PySide6.QtCore import Signal

from app.views.reader.message_card import size_words
from app.widgets.buttons import button
from app.widgets.flow_row import FlowRow
from app.widgets.labels import tip
from app.widgets.text import clean, shorten
from fluffy_core import UnsentFile

NAME = 40


class Files(FlowRow):
    """Hidden while there is none."""

    removed = Signal(int)
    """The id of a file that was taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.files: tuple[UnsentFile, ...] = ()
        self.hide()

    def show_files(self, files: tuple[UnsentFile, ...]) -> None:
        """Show these."""
        self.files = files
        self.clear()
        for one in files:
            name = clean(one.name, 200)
            made = button(
                f"{shorten(name, NAME)} · {size_words(one.size)}\u00a0\u00a0×",
                partial(self._remove, one),
                kind="file",
            )
            made.setAccessibleName(f"Take out {name}, {size_words(one.size)}")
            tip(made, f"{name}: click to take it out")
            self.add(made)
            made.show()
        self.setVisible(bool(files))

    def add_file(self, file: UnsentFile) -> None:
        """One more."""
        self.show_files((*self.files, file))

    def _remove(self, file: UnsentFile) -> None:
        self.show_files(tuple(one for one in self.files if one.id != file.id))
        self.removed.emit(file.id)
