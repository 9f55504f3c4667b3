"""One tag: its name to change, how much mail has it, and what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.actions import labels as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.choice_button import ChoiceButton
from app.widgets.labels import ElidedLabel
from app.widgets.text import clean
from fluffy_core import Scope, Tag, number_of

FOUND = {
    Scope.LIST: "Found: the list {}",
    Scope.SENDER: "Found: mail from {}",
    Scope.DOMAIN: "Found: mail from {}",
    Scope.TOPIC: "Found: “{}” in the subject",
}


class TagRow(QWidget):
    """Told its newest state again and again; Enter in the name renames."""

    def __init__(self, context: Context, tags: Callable[[], Sequence[Tag]]) -> None:
        super().__init__()
        self._context, self._tags = context, tags
        self.tag: Tag | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the tag")
        self.name.setMaxLength(60)
        self.name.returnPressed.connect(self._rename)
        self._about = ElidedLabel(kind="small")
        self.into = ChoiceButton("Merge into", self._merge)
        self.remove = button("Remove", self._remove)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.name, 2)
        line.addWidget(self._about, 3)
        line.addWidget(self.into)
        line.addWidget(self.remove)

    def show_value(self, tag: Tag) -> None:
        """The tag as it is now; a name that is being typed stays."""
        if self.tag is None or self.tag.name != tag.name or not self.name.hasFocus():
            self.name.setText(clean(tag.name, 60))
            self.name.setCursorPosition(0)
        self.tag = tag
        found = tag.found_by
        why = FOUND.get(found.scope, "").format(found.value) if found else "Yours"
        self._about.say(f"{number_of(tag.threads, 'conversation')} · {why}")
        self.into.value = None
        others = [(one.name, one.id) for one in self._tags() if one.id != tag.id]
        self.into.show_entries([("Merge into", None), *others])
        self.into.setEnabled(bool(others))
        self.remove.setAccessibleName(f"Remove the tag {clean(tag.name, 60)}")

    def _rename(self) -> None:
        if self.tag is not None and self.name.text().strip() != self.tag.name:
            acts.rename(self._context, self, self.tag.id, name=self.name.text())

    def _merge(self) -> None:
        if self.tag is not None and self.into.value is not None:
            acts.merge(self._context, self, self.tag.id, into=self.into.value)

    def _remove(self) -> None:
        if self.tag is not None:
            acts.remove(self._context, self, self.tag.id)
