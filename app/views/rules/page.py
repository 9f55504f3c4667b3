"""Learned rules with their examples, how the user writes, and tags; what was said can be taken back."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.actions import labels as acts
from app.actions.labels import Learnt
from app.background import Op
from app.context import Context
from app.views.page import LivePage
from app.views.rules.habit_row import HabitRow
from app.views.rules.portrait_row import PortraitRow
from app.views.rules.rule_card import RuleCard
from app.views.rules.tag_row import TagRow
from app.widgets.empty import EmptyState
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane, centred
from app.widgets.tab_order import as_seen
from fluffy_core import Changed

MEANS = "What follows from what you said. Forget a rule, and mail is sorted as if you had never said it."
EMPTY = (
    "Nothing was learned yet",
    "Press l on a conversation and say what it is, or press “wrong” beside a reason. What follows from that "
    "is listed here, to be changed or taken back.",
)


class RulesPage(LivePage):
    """Looks again whenever something was learned."""

    news = frozenset({Changed.RULES, Changed.CATEGORIES})
    cannot = "The rules cannot be shown"

    thread_opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown: Learnt | None = None
        self.rules = KeyedColumn(self._make_card, spacing=12)
        self.tags = KeyedColumn(lambda: TagRow(context, lambda: self.shown.tags if self.shown else ()))
        self.portraits = KeyedColumn(PortraitRow, spacing=4)
        self.habits = KeyedColumn(lambda: HabitRow(context))
        self._writing_title = label("How you write", "heading")
        self._none = label("No rule was learned yet: press l on a conversation.", "dim", wrap=True)
        self._tags_title = label("Projects, topics and categories", "heading")
        self.empty = EmptyState(*EMPTY)
        self._scroll = ScrollPane("Learned rules")
        self._settled = QTimer(self, singleShot=True, interval=0)
        """Rules and examples come and go: then Tab has another way."""
        self._lay_out(context.style.px("column"))
        self._show_one_of(self._scroll, self.empty)

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def _make_card(self) -> RuleCard:
        return RuleCard(
            self._context, self.thread_opened.emit, lambda: self.shown.categories if self.shown else ()
        )

    def _show(self, found: Learnt) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        self.rules.show_values({one.id: one for one in found.rules})
        self.tags.show_values({one.id: one for one in found.tags})
        self._none.setVisible(not found.rules)
        self._tags_title.setVisible(bool(found.tags))
        self.habits.show_values({one.id: one for one in found.habits})
        self.portraits.show_values({one.whom: one for one in found.portraits})
        self._writing_title.setVisible(bool(found.habits or found.portraits))
        anything = found.rules or found.tags or found.habits or found.portraits
        self._stack.setCurrentWidget(self._scroll if anything else self.empty)
        self._settled.start()
        if self._stale:
            self.refresh()

    def _lay_out(self, width: int) -> None:
        whole = QWidget()
        whole.setMaximumWidth(width)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label("Learned rules", "title"))
        column.addWidget(label(MEANS, "dim", wrap=True))
        for one in (self._fault, self._none, self.rules):
            column.addWidget(one)
        column.addSpacing(12)
        for one in (self._tags_title, self.tags):
            column.addWidget(one)
        column.addSpacing(12)
        for one in (self._writing_title, self.habits, self.portraits):
            column.addWidget(one)
        column.addStretch()
        self._scroll.setWidget(centred(whole))
        self._settled.timeout.connect(lambda: as_seen(whole))
