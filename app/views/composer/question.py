"""A question above the send button: what may be missing, the way to mend it, and the way past it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.widgets.buttons import button
from app.widgets.flow_row import FlowRow
from app.widgets.labels import label


class Question(QFrame):
    """One at a time; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "question")
        self._words = label(kind="warn", wrap=True)
        self._buttons = FlowRow()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self._words)
        line = QHBoxLayout()
        line.addWidget(self._buttons, 1)
        column.addLayout(line)
        self.hide()

    def ask(self, words: str, *answers: tuple[str, Callable[[], object]]) -> None:
        """Show the question; each answer closes it. The first one has the focus."""
        self._buttons.clear()
        self._words.setText(words)
        self.setAccessibleName(words)
        made = [button(text, lambda run=run: self._answer(run)) for text, run in answers]  # type: ignore[misc]
        for one in made:
            self._buttons.add(one)
            one.show()
        self.show()
        if made:
            made[0].setFocus()

    def _answer(self, run: Callable[[], object]) -> None:
        self.hide()
        run()
