"""One thing that is owed: who, in which words, by when, and what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import commitments as acts
from app.context import Context
from app.views.people.owed import verdicts, when
from app.views.reader.summary_card import sentence_case
from app.widgets.buttons import button, chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import ElidedLabel, dress, label
from app.widgets.layouts import empty
from app.widgets.text import clean, shorten
from fluffy_core import CommitmentKind, CommitmentRow, CommitmentState, Debtor, Ruling

QUOTE = 240
"""Characters of a sentence that are shown here; the whole stands in its message."""

WORDS = DRAFT, WRITE, ASK_AGAIN = "Draft reply", "Write", "Ask again"
"""What can be written: an answer to what was asked, what I promised, a reminder."""


class OwedRow(QFrame):
    """Has the focus as a whole; Enter opens the sentence in its message."""

    opened = Signal(object)
    answer_wanted = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("kind", "owed")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._context = context
        self.row: CommitmentRow | None = None
        self._who, self._subject = label(kind="strong"), ElidedLabel(kind="small")
        self._when = label(kind="small")
        self.answer = button(max(WORDS, key=len), self._answer)
        self.answer.ensurePolished()
        self.answer.setMinimumWidth(self.answer.sizeHint().width())  # the days above each other
        self._words = QVBoxLayout()
        self._lay_out()

    def show_value(self, row: CommitmentRow) -> None:
        """The entry as it is now."""
        if row == self.row:
            return
        self.row = row
        one = row.commitment
        who = shorten(one.person.name or one.person.email, 40)
        mine = one.debtor is Debtor.ME
        self._who.setText(who)
        self._subject.say(row.subject or "(no subject)")
        self._when.setText(when(row))
        dress(self._when, "warn-small" if one.state is CommitmentState.OVERDUE else "small")
        asked = DRAFT if one.kind is CommitmentKind.ASKED else WRITE
        self.answer.setText(asked if mine else ASK_AGAIN)
        quote = shorten(one.quote, QUOTE)
        self.answer.setAccessibleName(f"{self.answer.text()}: {quote}")
        self.setAccessibleName(
            clean(f"{'You owe' if mine else 'Owes you:'} {who}, {when(row)}. {quote}", 400)
        )
        self._show_words(row)

    def open_message(self) -> None:
        """Where it was written."""
        if self.row is not None:
            self.opened.emit(self.row)

    def rule(self, ruling: Ruling) -> None:
        """The user's word about it."""
        if self.row is not None:
            acts.rule(self._context, self._context.notices, self.row, ruling=ruling)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_message()
        else:
            super().keyPressEvent(event)

    def _answer(self) -> None:
        if self.row is not None:
            self.answer_wanted.emit(self.row)

    def _show_words(self, row: CommitmentRow) -> None:
        empty(self._words)
        quote = row.commitment.quote
        why = chip(
            "why", self.open_message, says=f"Where “{shorten(quote, 80)}” was written; opens the message"
        )
        marks: list[QWidget] = [why, *verdicts(row, self.rule)]
        self._words.addWidget(InlineText(shorten(sentence_case(quote), QUOTE), marks))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._who)
        head.addWidget(self._subject, 1)
        head.addWidget(self._when)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addLayout(head)
        words.addLayout(self._words)
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 10, 18, 10)
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addWidget(self.answer)
