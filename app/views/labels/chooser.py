"""Key `l`: say what a conversation is, and see how many others that changes."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.actions import labels as acts
from app.background import Op
from app.context import Context
from app.views.labels.words import reach_words
from app.widgets.buttons import button
from app.widgets.choice_button import ChoiceButton
from app.widgets.labels import label
from app.widgets.overlay import Overlay
from app.widgets.text import clean, shorten
from fluffy_core import LabelChoice, LabelChoices, Preview, Scope, ThreadId, number_of

USUAL = "As far as makes sense"
ROW = 28
"""Pixels of a line in the list."""
ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LabelChooser(Overlay):
    """Type or choose a category, choose how far it reaches, Enter says so; what holds is taken off."""

    def __init__(self, parent: QWidget, context: Context, thread_id: ThreadId) -> None:
        super().__init__(parent, width=520, top=True)
        self.setAccessibleName("What is this conversation?")
        self._context, self._thread_id = context, thread_id
        self._choices: LabelChoices | None = None
        self._op: Op[Preview] | None = None
        self.line = QLineEdit(placeholderText="What is this? Choose, or type a name of your own")
        self.line.setAccessibleName("Category")
        self.list = QListWidget()
        self.list.setAccessibleName("Categories")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(min(260, max(96, parent.height() - 280)))
        self.scope = ChoiceButton("How far it reaches", self._look)
        self.scope.show_entries([(USUAL, None)])
        self.changes = label(kind="dim", wrap=True)
        self._lay_out()
        self.line.textChanged.connect(lambda _text: self._fill())
        self.line.installEventFilter(self)
        self.list.currentRowChanged.connect(lambda _row: self._look())
        self.list.itemDoubleClicked.connect(lambda _item: self._say())
        acts.choices(context, self, thread_id, told=self._arrived)

    def showEvent(self, event: QShowEvent) -> None:
        """Type at once."""
        super().showEvent(event)
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter belong to the list while the line has the focus."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = ARROWS.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow((self.list.currentRow() + step) % max(self.list.count(), 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._say()
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.scope)
        below.addStretch()
        below.addWidget(button("Say so", self._say, kind="primary"))
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for one in (self.line, self.list, self.changes):
            column.addWidget(one)
        column.addLayout(below)

    def _arrived(self, choices: LabelChoices) -> None:
        self._choices = choices
        reaches = [(reach_words(one.scope, one.value), one.scope) for one in choices.scopes]
        self.scope.show_entries([(USUAL, None), *reaches])
        self._fill()

    def _fill(self) -> None:
        if self._choices is None:
            return
        typed = clean(self.line.text(), 60)
        self.list.clear()
        for one in sorted(self._choices.labels, key=lambda each: not each.like):
            if all(word in one.text.casefold() for word in typed.casefold().split()):
                self._add(one, _line(one))
        known = {name.casefold() for one in self._choices.labels for name in (one.text, one.category)}
        if typed and typed.casefold() not in known:
            self._add(LabelChoice(typed, typed), f"New category “{typed}”")
        self.list.setCurrentRow(0)

    def _add(self, choice: LabelChoice, text: str) -> None:
        item = QListWidgetItem(clean(text, 90), self.list)
        item.setSizeHint(QSize(0, ROW))
        item.setData(Qt.ItemDataRole.UserRole, choice)
        says = f"{choice.text}, holds now" if choice.holds else choice.text
        item.setData(Qt.ItemDataRole.AccessibleTextRole, clean(says, 90))

    @property
    def chosen(self) -> LabelChoice | None:
        """The category under the cursor."""
        at = self.list.currentRow()
        found: LabelChoice | None = self.list.item(at).data(Qt.ItemDataRole.UserRole) if at >= 0 else None
        return found

    @property
    def _is_own(self) -> bool:
        """Whether the category is one of the user's: those can be taken off."""
        chosen = self.chosen
        return chosen is not None and chosen.category == chosen.text

    def _look(self) -> None:
        """Say what would change."""
        if self._op is not None:
            self._op.cancel()
            self._op = None
        chosen = self.chosen
        if chosen is None:
            self.changes.setText("")
        elif chosen.holds and self._is_own:
            self.changes.setText(f"It is taken off. {chosen.reason}")
        else:
            scope: Scope | None = self.scope.value
            self._op = acts.preview(
                self._context, self, self._thread_id, said=(chosen.category, scope), told=self._show_changes
            )

    def _show_changes(self, preview: Preview) -> None:
        self._op = None
        others = number_of(preview.others, "other conversation")
        words = f"{others} will follow." if preview.others else "Only this conversation changes now."
        if not preview.others and preview.scope is Scope.TOPIC:
            words += " Others follow once more examples show what they have in common."
        self.changes.setText(words)

    def _say(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        belongs = not (chosen.holds and self._is_own)
        said = (chosen.category, self.scope.value)
        acts.say(self._context, self._over, self._thread_id, said=said, belongs=belongs)
        self.leave()


def _line(choice: LabelChoice) -> str:
    if choice.holds:
        return f"{choice.text} ✓"
    return f"{choice.text}: like “{shorten(choice.like, 44)}”" if choice.like else choice.text
