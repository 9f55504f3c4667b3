"""What is being written: the first draft or a better one as it grows, and one that waits to be wanted."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.labels import hairline, label
from app.widgets.text import clean_block

GROWING = 3000
"""Characters of a draft that is being written that are shown."""
WRITING, BETTER, READY = "Writing", "Writing a better version", "A better version is ready"
USE = "Use it"
READING = "Reading the conversation and how you write."


class Coming(QWidget):
    """The last part of the card, so that nothing that is read moves while it grows."""

    better_wanted = Signal()
    """What waits is to take the place of what stands in the text."""

    def __init__(self, stop: Callable[[], object]) -> None:
        super().__init__()
        self._line = hairline()
        self.heading, self.text = label(kind="strong", wrap=True), label(kind="small", wrap=True)
        self.about = label(kind="caption", wrap=True)
        self.stop = button("Stop", stop, kind="link")
        self.use = button(USE, self.better_wanted.emit, kind="accent")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.use)
        column.addWidget(self.text)

    @property
    def grows(self) -> bool:
        """Whether something is being written."""
        return not (self.isHidden() or self.stop.isHidden())

    def begin(self, *, better: bool) -> None:
        """Something is being written, with a draft above it or without."""
        self._say(BETTER if better else WRITING, "" if better else READING, ready=False)
        self._line.setVisible(better)

    def grow(self, text: str) -> None:
        """It has come so far."""
        self.text.setText(clean_block(text[:GROWING]))
        self.text.show()

    def wait(self, text: str, about: str) -> None:
        """A better one is finished, and waits to be wanted: how far it may be trusted, and its words."""
        self._say(READY, clean_block(text[:GROWING]), ready=True)
        self.about.setText(about)
        self.about.show()

    def _say(self, heading: str, text: str, *, ready: bool) -> None:
        self.heading.setText(heading)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.about.hide()
        self.stop.setVisible(not ready)
        self.use.setVisible(ready)
        self.show()
