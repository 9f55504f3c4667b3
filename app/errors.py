"""The one place where an error becomes words on screen."""

import logging
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from fluffy_core import FluffyError, KnownError

log = logging.getLogger(__name__)
SAFE = "Your mail is safe: nothing was changed by this."


@dataclass(frozen=True)
class Words:
    """What happened, what is safe and what to do; `details` is for a report, "" for known errors."""

    happened: str
    safe: str
    details: str = ""


def words(error: BaseException) -> Words:
    """A known error speaks for itself; anything else is ours and comes with a report."""
    if isinstance(error, KnownError):
        return Words(str(error) or "That did not work.", "")
    report = "".join(traceback.format_exception(error))
    kind = "" if isinstance(error, FluffyError) else f" ({type(error).__name__})"
    return Words(f"Something in FluffyMail went wrong{kind}.", SAFE, report)


class Presenter:
    """Shows errors over the window: known ones briefly, bugs with a report to copy; each bug once."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._shown: set[str] = set()
        self.window: QWidget | None = None

    def show(self, error: BaseException) -> None:
        """Put an error into words where the user looks."""
        said = words(error)
        if not said.details:
            self._say(said.happened)
            return
        place = said.details.rsplit("File ", 1)[-1]
        if place in self._shown:
            return
        self._shown.add(place)
        log.error("%s", said.details)
        self._report(said)

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """`sys.excepthook`: what reached the outermost edge of a slot."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            QApplication.quit()
            return
        self.show(error)

    def _report(self, said: Words) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "FluffyMail", said.happened, parent=self.window)
        box.setInformativeText(f"{said.safe}\nYou can go on. The report below helps to mend it.")
        box.setDetailedText(said.details)
        copy = box.addButton("Copy report", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(said.details))
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()
