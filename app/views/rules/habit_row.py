"""One habit of writing that drafts follow: what it is, what it rests on, and how to end it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions import labels as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import Habit, number_of


class HabitRow(QWidget):
    """Told its newest state again and again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.habit: Habit | None = None
        self._sentence, self._about = label(wrap=True), label(kind="small", wrap=True)
        self.forget = button("Forget", self._forget)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._about)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(12)
        line.addLayout(words, 1)
        line.addWidget(self.forget)

    def show_value(self, habit: Habit) -> None:
        """The habit as it is now."""
        self.habit = habit
        self._sentence.setText(clean(habit.sentence, 300))
        self._about.setText(f"You changed {number_of(habit.changes, 'draft')} so before you sent them.")
        self.forget.setAccessibleName(f"Forget: {clean(habit.sentence, 300)}")

    def _forget(self) -> None:
        if self.habit is not None:
            acts.forget_habit(self._context, self, self.habit.id)
