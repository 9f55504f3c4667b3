"""Owed: what you owe and what you are owed, in the order of its days, over all conversations."""

from typing import Any

from PySide6.QtCore import Signal

from app.actions import commitments as acts
from app.background import Op
from app.context import Context
from app.views.card_page import CardPage
from app.views.owed.row import OwedRow
from app.widgets.card_row import CardRow
from app.widgets.card_section import CardSection
from fluffy_core import Changed, CommitmentRow, Debtor, Ruling, number_of

MEANS = "Read from your mail; what was done since is left out. Say “done” or “wrong”, and z takes it back."


class OwedPage(CardPage):
    """Two lists."""

    title = "Owed"
    news = frozenset({Changed.COMMITMENTS})
    cannot = "What is owed cannot be shown"
    empty_words = (
        "Nothing is owed",
        "What you promise in mail and what you are asked for is listed here with its day until it is done, "
        "and so is what others promise you.",
    )

    opened = Signal(object)
    """A `CommitmentRow` to be shown in its message."""
    answer_wanted = Signal(object)
    """One to be answered, or asked for again."""

    def __init__(self, context: Context) -> None:
        self._mine = CardSection("YOU OWE", self._make_row)
        self._theirs = CardSection("THEY OWE", self._make_row)
        super().__init__(context, [self._mine, self._theirs])
        self.shown: list[CommitmentRow] | None = None

    def finish(self, row: CardRow) -> None:
        """What is owed was done."""
        assert isinstance(row, OwedRow)
        row.rule(Ruling.DONE)

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def _show(self, found: list[CommitmentRow]) -> None:
        self._op = None
        self.shown = found
        mine = {one.id: one for one in found if one.commitment.debtor is Debtor.ME}
        self._mine.show_values(mine)
        self._theirs.show_values({one.id: one for one in found if one.id not in mine})
        to_do, to_expect = number_of(len(mine), "thing"), number_of(len(found) - len(mine), "thing")
        self._showed(f"{to_do} to do, {to_expect} to expect. {MEANS}")

    def _make_row(self) -> OwedRow:
        row = OwedRow(self._context)
        row.opened.connect(self.opened)
        row.answer_wanted.connect(self.answer_wanted)
        return row
