"""One learned rule: what it says, what it rests on, and every way to change it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.actions import labels as acts
from app.context import Context
from app.views.labels.words import KINDS
from app.widgets.buttons import ElidedButton, button
from app.widgets.choice_button import ChoiceButton
from app.widgets.flow_row import FlowRow
from app.widgets.labels import label
from app.widgets.layouts import empty
from fluffy_core import LabelChoice, LearnedRule, Scope, ThreadId, number_of

SHOWN = 3
"""Examples that a card names."""


class RuleCard(QFrame):
    """Told its newest state again and again."""

    def __init__(
        self,
        context: Context,
        opened: Callable[[ThreadId], object],
        categories: Callable[[], Sequence[LabelChoice]],
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._context, self._opened, self._categories = context, opened, categories
        self.rule: LearnedRule | None = None
        self._sentence = label(kind="strong", wrap=True)
        self._state = label(kind="dim", wrap=True)
        self._examples = QVBoxLayout()
        self._examples.setSpacing(0)
        self.category = ChoiceButton("Category", self._set_category)
        self.scope = ChoiceButton("How far it reaches", self._set_scope)
        self.pause = button("Pause", self._pause)
        self.forget = button("Forget", self._forget)
        self._lay_out()

    @property
    def examples(self) -> list[ElidedButton]:
        """The conversations it names, the newest first."""
        return [one for one in self.findChildren(ElidedButton) if not one.isHidden()]

    def show_value(self, rule: LearnedRule) -> None:
        """The rule as it is now."""
        self.rule = rule
        self._sentence.setText(rule.sentence)
        self._state.setText(_state(rule))
        entries = [(one.text, one.category) for one in self._categories()]
        if rule.category not in {category for _, category in entries}:
            entries.insert(0, (rule.category, rule.category))
        self.category.value, self.scope.value = rule.category, rule.said_scope
        self.category.show_entries(entries)
        self.scope.show_entries([(KINDS[one], one) for one in rule.scopes])
        self.pause.setText("Go on" if rule.paused else "Pause")
        self.pause.setAccessibleName(f"{self.pause.text()}: {rule.sentence}")
        self.forget.setAccessibleName(f"Forget: {rule.sentence}")
        self._show_examples(rule)

    def _show_examples(self, rule: LearnedRule) -> None:
        empty(self._examples)
        for one in rule.examples[-SHOWN:][::-1]:
            open_it = partial(self._opened, one.thread_id)
            self._examples.addWidget(ElidedButton(one.subject or "(no subject)", open_it, kind="row"))
        hidden = len(rule.examples) - SHOWN
        if hidden > 0:
            self._examples.addWidget(label(f"and {number_of(hidden, 'other example')}", "small"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(self._sentence)
        column.addWidget(self._state)
        column.addLayout(self._examples)
        column.addSpacing(4)
        acts_row = FlowRow()
        for one in (self.category, self.scope, self.pause, self.forget):
            acts_row.add(one)
        column.addWidget(acts_row)

    def _set_category(self) -> None:
        if self.rule is not None and self.category.value != self.rule.category:
            acts.stand_for(self._context, self, self.rule.id, category=self.category.value)

    def _set_scope(self) -> None:
        if self.rule is not None:
            acts.reach(self._context, self, self.rule.id, scope=self.scope.value)

    def _pause(self) -> None:
        if self.rule is not None:
            acts.pause(self._context, self, self.rule.id, paused=not self.rule.paused)

    def _forget(self) -> None:
        if self.rule is not None:
            acts.forget(self._context, self, self.rule.id)


def _state(rule: LearnedRule) -> str:
    if rule.paused:
        return "Paused: mail is sorted as if you had not said so."
    if rule.waits:
        return f"{rule.waits}."
    if rule.scope is Scope.THREAD:
        return "It holds for this conversation only."
    return f"It holds for {number_of(rule.reach, 'conversation')}."
