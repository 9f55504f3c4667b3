"""A page of rows on cards, moved through and acted on by the keys of the inbox."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import Handlers
from app.context import Context
from app.views.page import LivePage
from app.widgets.card_row import CardRow
from app.widgets.card_section import CardSection
from app.widgets.empty import EmptyState
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane, centred


class CardPage(LivePage):
    """A title, a line about what follows, and sections of `CardRow`s; `finish` puts a row away."""

    title: ClassVar[str]
    empty_words: ClassVar[tuple[str, str]]

    def __init__(self, context: Context, sections: Sequence[CardSection]) -> None:
        super().__init__(context)
        self._sections = tuple(sections)
        self._about = label(kind="dim", wrap=True)
        self.empty = EmptyState(*self.empty_words)
        self._scroll = ScrollPane(self.title)
        self._lay_out(context.style.px("column"))
        self._show_one_of(self._scroll, self.empty)

    @property
    def rows(self) -> list[CardRow]:
        """From top to bottom."""
        return [row for one in self._sections for row in one.rows.shown.values()]

    @property
    def current(self) -> CardRow | None:
        """The row with the focus."""
        focus: QWidget | None = self.focusWidget()
        if focus is None:
            return None
        return next((one for one in self.rows if focus is one or one.isAncestorOf(focus)), None)

    def finish(self, row: CardRow) -> None:
        """It is done."""
        raise NotImplementedError

    def handlers(self) -> Handlers:
        """As in the inbox, for the row with the focus."""
        return {
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "open": lambda: self._act(lambda row: row.open_message()),
            "done": lambda: self._act(self.finish),
            "draft": lambda: self._act(lambda row: row.answer.click()),
        }

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        if self.current is None:
            self._scroll.setFocus()

    def _showed(self, about: str) -> None:
        """What was read is in the sections."""
        self._fault.hide()
        self._about.setText(about)
        self._stack.setCurrentWidget(self._scroll if self.rows else self.empty)
        if self._stale:
            self.refresh()

    def _act(self, do: Callable[[CardRow], object]) -> None:
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
        for one in (label(self.title, "title"), self._about, self._fault, *self._sections):
            column.addWidget(one)
        column.addStretch()
        self._scroll.setWidget(centred(whole))
