"""The summary above a conversation: sentences that lead to where they were written, and what is owed."""

import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets import dates
from app.widgets.buttons import chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import hairline, label
from app.widgets.text import clean
from fluffy_core import MessageId, Owed, Summary

Jump = Callable[[MessageId, str], object]
SHOWN = 6


class SummaryCard(QFrame):
    """`numbers` are the places of messages in the conversation, from 1; `jump` goes to a sentence in one."""

    def __init__(
        self, summary: Summary, age: float | None, *, numbers: Mapping[MessageId, int], jump: Jump
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName("Summary")
        self._numbers, self._jump = numbers, jump
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(label("Summary", "small"))
        head.addStretch()
        head.addWidget(label(_origin(summary, age), "small"))
        column.addLayout(head)
        for point in summary.points[:SHOWN]:
            mark = self._mark(point.message_id, point.text)
            column.addWidget(InlineText(sentence_case(point.text), [mark] if mark else [], bullet=True))
        if summary.owed:
            column.addSpacing(6)
            column.addWidget(hairline())
            column.addSpacing(6)
            column.addLayout(self._owed(summary))

    def _owed(self, summary: Summary) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(24)
        for heading, who in (("You owe", "me"), ("They owe", "them")):
            owed = [one for one in summary.owed if one.who_owes == who][:SHOWN]
            if owed:
                line.addWidget(self._side(heading, owed), 1)
        return line

    def _side(self, heading: str, owed: list[Owed]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(label(heading, "small"))
        for one in owed:
            words = sentence_case(one.text) + (f" (by {due_words(one.due)})" if one.due else "")
            mark = self._mark(one.message_id, one.text)
            column.addWidget(InlineText(words, [mark] if mark else []))
        column.addStretch()
        return made

    def _mark(self, message_id: MessageId, words: str) -> QPushButton | None:
        number = self._numbers.get(message_id)
        if number is None:
            return None
        says = f"Go to message {number}, where this was written"
        return chip(str(number), lambda: self._jump(message_id, words), says=says)


def sentence_case(text: str) -> str:
    """A sentence that was cut out after "Hello," begins with a capital."""
    shown = clean(text, 1200)
    return shown[:1].upper() + shown[1:]


def due_words(due: str) -> str:
    """An ISO date as "Thu 26 Nov"; as it is when it is none."""
    date = QDate.fromString(due[:10], "yyyy-MM-dd")
    return QLocale().toString(date, "ddd d MMM") if date.isValid() else due


def _origin(summary: Summary, age: float | None) -> str:
    made = f" · {dates.ago(age, time.time())}" if age else ""
    return f"{summary.engine.split(' ')[0]} · on this computer{made}"
