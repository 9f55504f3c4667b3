"""Owed: what you owe and what you are owed, in the order of its days, over all conversations."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions import commitments as acts
from app.background import Op
from app.commands import Handlers
from app.context import Context
from app.views.owed.row import OwedRow
from app.views.page import LivePage
from app.widgets.card_section import CardSection
from app.widgets.empty import EmptyState
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane, centred
from fluffy_core import Changed, CommitmentRow, Debtor, Ruling, number_of

EMPTY = (
    "Nothing is owed",
    "What you promise in mail and what you are asked for is listed here with its day until it is done, and "
    "so is what others promise you.",
)
MEANS = "Read from your mail; what was done since is left out. Say “done” or “wrong”, and z takes it back."


class OwedPage(LivePage):
    """Two lists; j and k move through them, the keys of the inbox do the rest."""

    news = frozenset({Changed.COMMITMENTS})
    cannot = "What is owed cannot be shown"

    opened = Signal(object)
    """A `CommitmentRow` to be shown in its message."""
    answer_wanted = Signal(object)
    """One to be answered, or asked for again."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown: list[CommitmentRow] | None = None
        self._sections = {
            Debtor.ME: CardSection("YOU OWE", self._make_row),
            Debtor.THEM: CardSection("THEY OWE", self._make_row),
        }
        self._count = label(kind="dim", wrap=True)
        self.empty = EmptyState(*EMPTY)
        self._scroll = ScrollPane("Owed")
        self._lay_out(context.style.px("column"))
        self._show_one_of(self._scroll, self.empty)

    @property
    def rows(self) -> list[OwedRow]:
        """From top to bottom."""
        return [row for one in self._sections.values() for row in one.rows.shown.values()]

    @property
    def current(self) -> OwedRow | None:
        """The row with the focus."""
        focus: QWidget | None = self.focusWidget()
        if focus is None:
            return None
        return next((one for one in self.rows if focus is one or one.isAncestorOf(focus)), None)

    def handlers(self) -> Handlers:
        """As in the inbox, for the row with the focus."""
        return {
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "open": lambda: self._act(OwedRow.open_message),
            "done": lambda: self._act(lambda row: row.rule(Ruling.DONE)),
            "draft": lambda: self._act(lambda row: row.answer.click()),
        }

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        if self.current is None:
            self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def _show(self, found: list[CommitmentRow]) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        for debtor, section in self._sections.items():
            section.show_values({one.id: one for one in found if one.commitment.debtor is debtor})
        mine = sum(one.commitment.debtor is Debtor.ME for one in found)
        self._count.setText(
            f"{number_of(mine, 'thing')} to do, {number_of(len(found) - mine, 'thing')} to expect. {MEANS}"
        )
        self._stack.setCurrentWidget(self._scroll if found else self.empty)
        if self._stale:
            self.refresh()

    def _make_row(self) -> OwedRow:
        row = OwedRow(self._context)
        row.opened.connect(self.opened)
        row.answer_wanted.connect(self.answer_wanted)
        return row

    def _act(self, do: Callable[[OwedRow], object]) -> None:
        if (row := self.current) is not None:
            do(row)

    def _step(self, by: int) -> None:
        rows, current = self.rows, self.current
        if not rows:
            return
        at = rows.index(current) + by if current is not None else 0
        row = rows[max(0, min(at, len(rows) - 1))]
        row.setFocus()
        self._scroll.ensureWidgetVisible(row, 0, 24)

    def _lay_out(self, width: int) -> None:
        whole = QWidget()
        whole.setMaximumWidth(width)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for one in (label("Owed", "title"), self._count, self._fault, *self._sections.values()):
            column.addWidget(one)
        column.addStretch()
        self._scroll.setWidget(centred(whole))
