"""What a view shows when there is nothing to show: what is so, and what to do about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.labels import label


class EmptyState(QWidget):
    """A heading, a sentence and at most one button, in the middle."""

    def __init__(
        self, heading: str, sentence: str = "", *, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addStretch(2)
        self._heading, self._sentence = label(kind="heading", wrap=True), label(kind="dim", wrap=True)
        for one in (self._heading, self._sentence):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(one)
        if action and run:
            column.addSpacing(8)
            column.addWidget(button(action, run), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.say(heading, sentence)

    def say(self, heading: str, sentence: str) -> None:
        """Other words for another reason."""
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self.setAccessibleName(f"{heading}. {sentence}")
