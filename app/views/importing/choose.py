"""First step of an import: which files, and what they turned out to be."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.views.reader.message_card import size_words
from app.widgets.buttons import button
from app.widgets.labels import label
from fluffy_core import ImportPlan, number_of

KINDS = {
    "mbox": "mailbox files (mbox)",
    "maildir": "a Maildir",
    "thunderbird": "a Thunderbird profile",
    "eml-folder": "folders of messages",
    "eml": "single messages",
    "takeout": "a Google Takeout archive",
    "ics": "calendars",
    "vcf": "contact cards",
    "contacts-csv": "contact lists",
    "unreadable": "files that cannot be read",
}
HINT = (
    "Mailboxes (mbox, Maildir, Thunderbird, Google Takeout, folders of .eml), calendars (.ics) and contacts "
    "(.vcf, .csv). FluffyMail only reads them; they stay as they are, and nothing leaves this computer."
)


class ChooseStep(QWidget):
    """A place to drop files, and the plan."""

    files_wanted = Signal()
    folder_wanted = Signal()
    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(HINT, "dim", wrap=True))
        drop = QFrame()
        drop.setProperty("kind", "drop")
        inside = QVBoxLayout(drop)
        inside.setContentsMargins(20, 20, 20, 20)
        inside.setSpacing(12)
        self._words = label("Drop files or a folder here", "strong", wrap=True)
        self._more = label("or choose them yourself", "dim", wrap=True)
        inside.addWidget(self._words)
        inside.addWidget(self._more)
        choices = QHBoxLayout()
        choices.addWidget(button("Choose files …", self.files_wanted.emit))
        choices.addWidget(button("Choose a folder …", self.folder_wanted.emit))
        choices.addStretch()
        inside.addLayout(choices)
        column.addWidget(drop)
        self._problem = label("", "fault", wrap=True)
        self._problem.hide()
        column.addWidget(self._problem)
        column.addStretch()
        line = QHBoxLayout()
        line.addStretch()
        self.go = button("Import", self.confirmed.emit, kind="primary")
        self.go.setEnabled(False)
        line.addWidget(self.go)
        column.addLayout(line)

    def say_looking(self) -> None:
        """The files are being looked at."""
        self._problem.hide()
        self.go.setEnabled(False)
        self._words.setText("Looking at the files …")
        self._more.setText("Nothing is read yet.")

    def say_problem(self, sentence: str) -> None:
        """They cannot be imported."""
        self._words.setText("Drop files or a folder here")
        self._more.setText("or choose them yourself")
        self._problem.setText(sentence)
        self._problem.show()
        self.go.setEnabled(False)

    def show_plan(self, plan: ImportPlan) -> None:
        """What was found."""
        self._problem.hide()
        self._words.setText(f"{number_of(len(plan.files), 'file')}, {size_words(plan.size)}")
        self._more.setText(", ".join(KINDS.get(kind, kind) for kind in plan.kinds).capitalize())
        self.go.setEnabled(True)
        self.go.setFocus()
