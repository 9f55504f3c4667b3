"""Learned rules with their examples, habits of writing, and tags; each can be changed or forgotten."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.actions import labels as acts
from app.actions.labels import Learnt
from app.background import Op
from app.context import Context
from app.errors import words
from app.views.page import LivePage
from app.views.rules.habit_row import HabitRow
from app.views.rules.rule_card import RuleCard
from app.views.rules.tag_row import TagRow
from app.widgets.empty import EmptyState
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label, pane
from app.widgets.scroll_pane import ScrollPane, centred
from app.widgets.skeleton import Skeleton
from fluffy_core import Changed

MEANS = (
    "What you said of conversations and changed of drafts, and what follows from it for others. Everything "
    "here stays on this computer. Forget a rule and mail is sorted as if you had never said it."
)
EMPTY = (
    "Nothing was learned yet",
    "Press l on a conversation and say what it is, or press “wrong” beside a reason. What follows from that "
    "is listed here, to be changed or taken back.",
)


class RulesPage(LivePage):
    """Looks again whenever something was learned."""

    news = frozenset({Changed.RULES, Changed.CATEGORIES})

    thread_opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        pane(self, "canvas")
        self.shown: Learnt | None = None
        self.rules = KeyedColumn(self._make_card, spacing=12)
        self.tags = KeyedColumn(lambda: TagRow(context, lambda: self.shown.tags if self.shown else ()))
        self.habits = KeyedColumn(lambda: HabitRow(context))
        self._habits_title = label("How you write", "heading")
        self._fault = label(kind="fault", wrap=True)
        self._fault.hide()
        self._none = label("No rule was learned yet: press l on a conversation.", "dim", wrap=True)
        self._tags_title = label("Projects, topics and categories", "heading")
        self.empty = EmptyState(*EMPTY)
        self.failed = EmptyState("The rules cannot be shown", action="Try again", run=self.refresh)
        self._scroll = ScrollPane("Learned rules")
        self._stack = QStackedLayout(self)
        self._lay_out(context.style.px("column"))
        for one in (Skeleton(context.theme), self._scroll, self.empty, self.failed):
            self._stack.addWidget(one)

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
        self._habits_title.setVisible(bool(found.habits))
        anything = found.rules or found.tags or found.habits
        self._stack.setCurrentWidget(self._scroll if anything else self.empty)
        if self._stale:
            self.refresh()

    def _fail(self, error: Exception) -> None:
        """What was seen before stays, with a word that it is old."""
        self._op = None
        said = words(error)
        if self.shown is None:
            self.failed.say("The rules cannot be shown", f"{said.happened} {said.safe}".strip())
            self._stack.setCurrentWidget(self.failed)
        else:
            self._fault.setText(f"This may be out of date. {said.happened}")
            self._fault.show()

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
        column.addWidget(self._habits_title)
        column.addWidget(self.habits)
        column.addSpacing(4)
        column.addWidget(self._tags_title)
        column.addWidget(self.tags)
        column.addStretch()
        self._scroll.setWidget(centred(whole))
