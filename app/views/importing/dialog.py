"""Importing: choose, look, watch, and say whose mailbox it is."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QStackedLayout, QVBoxLayout, QWidget

from app.actions import importing as acts
from app.context import Context
from app.views.importing.choose import ChooseStep
from app.views.importing.finish import FinishStep
from app.views.importing.running import RunningStep
from app.widgets.labels import label, pane
from fluffy_core import AccountId, ImportPlan, KnownError


class ImportDialog(QDialog):
    """Three steps; closing it does not stop the import, which goes on in the background."""

    def __init__(self, context: Context, parent: QWidget | None, paths: Sequence[Path] = ()) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import")
        self.setAcceptDrops(True)
        self.resize(540, 400)
        pane(self, "paper")
        self._context = context
        self._paths: tuple[Path, ...] = ()
        self.choose = ChooseStep()
        self.running = RunningStep(context)
        self.finish = FinishStep(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(12)
        column.addWidget(label("Import", "title"))
        self.steps = QStackedLayout()
        column.addLayout(self.steps, 1)  # before it holds anything: it shows its first, wherever that is
        for one in (self.choose, self.running, self.finish):
            self.steps.addWidget(one)
        self.choose.files_wanted.connect(self._ask_files)
        self.choose.folder_wanted.connect(self._ask_folder)
        self.choose.confirmed.connect(self._start)
        self.running.finished.connect(self._finished)
        self.running.hidden.connect(self.accept)
        self.finish.closed.connect(self.accept)
        if paths:
            self.look_at(paths)

    def look_at(self, paths: Sequence[Path]) -> None:
        """Find out what these are."""
        self._paths = tuple(paths)
        self.choose.say_looking()
        acts.look(self._context, self, self._paths, found=self._looked, failed=self._look_failed)

    def watch(self, account_id: AccountId) -> None:
        """Show how an import gets on."""
        self.steps.setCurrentWidget(self.running)
        self.running.watch(account_id)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped here too."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        event.acceptProposedAction()
        self.look_at([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _looked(self, plan: ImportPlan) -> None:
        self.choose.show_plan(plan)

    def _look_failed(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.choose.say_problem(str(error))
        else:
            self.choose.say_problem("This could not be looked at.")
            self._context.notices.failed.emit(error)

    def _ask_files(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self, "Choose files")
        if names:
            self.look_at([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder")
        if name:
            self.look_at([Path(name)])

    def _start(self) -> None:
        acts.start(self._context, self, self._paths, started=self.watch, failed=self._look_failed)

    def _finished(self, state: acts.ImportState) -> None:
        if state.failure:
            self.choose.say_problem(f"{state.failure} What was read until then is kept.")
            self.steps.setCurrentWidget(self.choose)
            return
        self.finish.show_report(state.report)
        self.steps.setCurrentWidget(self.finish)
