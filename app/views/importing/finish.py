"""Last step of an import: how it went, and whose mailbox it is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import importing as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.layouts import empty
from app.widgets.text import clean
from fluffy_core import ImportReport, OwnAddress, number_of

PROBLEMS_SHOWN = 3


class FinishStep(QWidget):
    """The report in a sentence; "Is this you?" where the owner was only inferred."""

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._boxes: list[QCheckBox] = []
        self._words = label("", "praise", wrap=True)
        self._problems = label("", "notice", wrap=True)
        self._question = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._words)
        column.addWidget(self._problems)
        column.addLayout(self._question)
        column.addStretch()
        line = QHBoxLayout()
        line.addStretch()
        self.close_button = button("To the inbox", self._close, kind="primary")
        line.addWidget(self.close_button)
        column.addLayout(line)

    def show_report(self, report: ImportReport) -> None:
        """Say how it went and ask whose mailbox it is."""
        self._words.setText(sentence(report))
        self._problems.setText("\n".join(clean(one, 200) for one in report.problems[:PROBLEMS_SHOWN]))
        self._problems.setVisible(bool(report.problems))
        acts.own_addresses(self._context, self, told=self._ask)

    def _ask(self, own: tuple[OwnAddress, ...]) -> None:
        empty(self._question)
        self._boxes = []
        if not own or all(one.confirmed for one in own):
            return
        self._question.addWidget(label("Is this you?", "heading"))
        words = "What you sent and what you owe can only be told apart when these are right."
        self._question.addWidget(label(words, "dim", wrap=True))
        for one in own:
            box = QCheckBox(clean(one.email, 120).replace("&", "&&"))
            box.setProperty("email", one.email)
            box.setChecked(True)
            self._boxes.append(box)
            self._question.addWidget(box)
        self.close_button.setText("Yes, go on")

    def _close(self) -> None:
        if self._boxes:
            mine = [str(one.property("email")) for one in self._boxes if one.isChecked()]
            acts.confirm_own(self._context, self._context.notices, mine)
        self.closed.emit()


def sentence(report: ImportReport) -> str:
    """As "9,998 of 10,000 messages read, 2 kept unread; 1,204 conversations, 310 people"."""
    read = report.messages - report.unread
    parts = [f"{read:,} of {number_of(report.messages, 'message')} read"]
    if report.unread:
        parts.append(f"{report.unread:,} kept but not readable")
    if report.duplicates:
        parts.append(f"{report.duplicates:,} were already here")
    if report.events:
        parts.append(number_of(report.events, "meeting"))
    if report.cards:
        parts.append(number_of(report.cards, "contact card"))
    found = f"{number_of(report.threads, 'conversation')}, {number_of(report.contacts, 'person', 'people')}"
    return f"{', '.join(parts)}. {found}."
