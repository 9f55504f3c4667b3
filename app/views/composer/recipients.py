"""Whom a message goes to: To, and Cc and Bcc once they are wanted."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.views.composer.shown import token
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.token_line import TokenLine
from fluffy_core import Written, unsent

LABEL = 58
Complete = Callable[[TokenLine, str], object]


class Recipients(QWidget):
    """`complete` looks for people to suggest and offers them to the line it was asked for."""

    changed = Signal()

    def __init__(self, complete: Complete) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, LABEL)
        self._grid.setColumnStretch(1, 1)
        self.to, self.cc, self.bcc = (
            self._line(at, name, complete) for at, name in enumerate(("To", "Cc", "Bcc"))
        )
        self._more = QWidget()
        line = QHBoxLayout(self._more)
        line.setContentsMargins(8, 0, 0, 0)
        self._more.setFixedHeight(self.to.line.sizeHint().height())
        self._cc = button("Cc", lambda: self._open(self.cc), kind="link")
        self._bcc = button("Bcc", lambda: self._open(self.bcc), kind="link")
        for one, says in ((self._cc, "Add Cc"), (self._bcc, "Add Bcc")):
            one.setAccessibleName(says)
            line.addWidget(one)
        self._grid.addWidget(self._more, 0, 2, Qt.AlignmentFlag.AlignTop)

    def show_written(self, written: Written) -> None:
        """The recipients of a message."""
        for line, texts in ((self.to, written.to), (self.cc, written.cc), (self.bcc, written.bcc)):
            line.show_texts(texts)
            self._reveal(line, bool(texts) or line is self.to)

    def faults(self) -> str:
        """What is wrong with the first recipient that is none, "" when nothing is."""
        typed = (*self.to.texts, *self.cc.texts, *self.bcc.texts)
        return next((found.fault for one in typed if (found := token(one)).fault), "")

    def _line(self, at: int, name: str, complete: Complete) -> TokenLine:
        made = TokenLine(name, read=token, split=unsent.pieces)
        made.changed.connect(self.changed)
        made.wanted.connect(lambda text: complete(made, text))
        caption = label(name, "dim")
        caption.setBuddy(made.line)
        caption.setFixedHeight(made.line.sizeHint().height())
        self._grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(made, at, 1)
        return made

    def _open(self, line: TokenLine) -> None:
        self._reveal(line, True)
        line.setFocus()

    def _reveal(self, line: TokenLine, wanted: bool) -> None:
        at = (self.to, self.cc, self.bcc).index(line)
        for column in (0, 1):
            item = self._grid.itemAtPosition(at, column)
            if item is not None and (widget := item.widget()) is not None:
                widget.setVisible(wanted)
        if line is not self.to:
            (self._cc if line is self.cc else self._bcc).setVisible(not wanted)
