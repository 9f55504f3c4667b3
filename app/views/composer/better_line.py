"""One line below the text: that a better version of a draft is being written, or is ready."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.labels import ElidedLabel


class BetterLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._run: Callable[[], object] = lambda: None
        self.words = ElidedLabel("", "small")
        self.act = button("", self._press, kind="link")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.words, 1)
        line.addWidget(self.act)
        self.hide()

    def say(self, words: str, act: str, run: Callable[[], object]) -> None:
        """Say this, with what can be done about it."""
        self._run = run
        self.words.say(words)
        self.act.setText(act)
        self.act.setAccessibleName(f"{words}: {act}")
        self.show()

    def _press(self) -> None:
        self._run()
