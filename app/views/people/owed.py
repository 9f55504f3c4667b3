"""What is owed between me and somebody: the words, their day, and ways to say that it is done or wrong."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.actions import commitments as acts
from app.context import Context
from app.widgets import dates
from app.widgets.buttons import chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import label
from app.widgets.text import clean, shorten
from fluffy_core import CommitmentRow, CommitmentState, Debtor, Ruling, number_of

SHOWN = 3
SOON = {0: "today", 1: "tomorrow"}
HEADINGS = ((Debtor.ME, "You owe"), (Debtor.THEM, "They owe"))


class OwedList(QWidget):
    """Both sides under their headings, the first `limit` of each; nothing at all where nothing is owed."""

    def __init__(self, context: Context, rows: Sequence[CommitmentRow], *, limit: int = SHOWN) -> None:
        super().__init__()
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for debtor, heading in HEADINGS:
            owed = [row for row in rows if row.commitment.debtor is debtor]
            if owed:
                column.addWidget(label(heading, "small"))
            for row in owed[:limit]:
                column.addWidget(self._line(row))
            if len(owed) > limit:
                column.addWidget(label(f"and {number_of(len(owed) - limit, 'more', 'more')}", "small"))
            if owed:
                column.addSpacing(8)
        if not rows:
            self.hide()

    def _line(self, row: CommitmentRow) -> QWidget:
        one, words = row.commitment, shorten(row.commitment.quote, 160)
        show = partial(self._context.notices.quote_wanted.emit, one.message_id, one.quote)
        mark = chip(when(row), show, says=f"Where “{words}” was written; opens the message")
        ruled = verdicts(row, lambda ruling: acts.rule(self._context, self, row, ruling=ruling))
        return InlineText(words[:1].upper() + words[1:], [mark, *ruled])


def verdicts(row: CommitmentRow, rule: Callable[[Ruling], object]) -> list[QPushButton]:
    """What the user can say of a commitment: that it is done, or that nothing is owed."""
    words = shorten(row.commitment.quote, 160)
    return [
        chip("done", partial(rule, Ruling.DONE), says=f"Done: {words}", kind="said"),
        chip("wrong", partial(rule, Ruling.WRONG), says=f"Nothing is owed here: {words}", kind="wrong"),
    ]


def when(row: CommitmentRow) -> str:
    """The day of a commitment in words ("by Thu 26 Nov", "overdue since …"), else when it was made."""
    one = row.commitment
    date = QDate.fromString(one.due[:10], "yyyy-MM-dd")
    if not date.isValid():
        return f"{one.kind.value} {dates.day(one.made_at, time.time())}"
    said = clean(QLocale().toString(date, "ddd d MMM"), 40)
    if one.state is CommitmentState.OVERDUE:
        return f"overdue since {said}"
    return f"by {SOON.get(QDate.currentDate().daysTo(date), said)}"
