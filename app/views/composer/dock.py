"""The reader with the composer below it, or in its place where there is no room for both."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.actions import compose
from app.actions.compose import Letter
from app.context import Context
from app.views.composer.strip import UnsentStrip
from app.views.reader.thread_reader import ThreadReader
from app.widgets.labels import pane
from fluffy_core import Changed, MessageId, ThreadDetail

if TYPE_CHECKING:
    from app.views.composer.composer import Composer
    from app.views.composer.desk import WritingDesk

SHORT = 620
"""Pixels of height below which the composer takes the place of the conversation."""


class ComposeDock(QWidget):
    """Owns the composer, made when something is written, and finds again what is taken back."""

    toggled = Signal(bool)
    """Whether something is being written."""

    def __init__(self, context: Context, reader: ThreadReader) -> None:
        super().__init__()
        pane(self, "paper")
        self._context, self.reader = context, reader
        self._away: set[int] = set()
        self.strip = UnsentStrip(context)
        self._desk: WritingDesk | None = None
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(reader, 1)
        column.addWidget(self.strip)
        self._above = above
        self._split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=1)
        self._split.addWidget(above)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        reader.shown.connect(self._on_shown)
        self.strip.wanted.connect(self.go_on)
        context.bridge.changed.connect(self._on_changed)

    @property
    def desk(self) -> "WritingDesk":
        """Composer and draft panel."""
        if self._desk is None:
            from app.views.composer.desk import WritingDesk

            self._desk = desk = WritingDesk(self._context)
            desk.hide()
            desk.composer.left.connect(self._closed)
            desk.composer.away.connect(self._away.add)
            self._split.addWidget(desk)
            self._split.setSizes([262, 510])
        return self._desk

    @property
    def composer(self) -> "Composer":
        """Where the text is written."""
        return self.desk.composer

    @property
    def writes(self) -> bool:
        """Whether something is being written."""
        return self._desk is not None and not self._desk.isHidden()

    def keep(self) -> None:
        """Keep what is being written as a draft."""
        if self._desk is not None:
            self._desk.composer.keep()

    def send(self) -> None:
        """Send what is being written."""
        if self.writes:
            self.composer.send()

    def discard(self) -> None:
        """Throw away what is being written."""
        if self.writes:
            self.composer.discard()

    def begin(self) -> None:
        """A new message."""
        compose.begin(self._context, self, self.show_letter)

    def answer(
        self, message_id: MessageId, *, everybody: bool = False, suggest: bool = False, purpose: str = ""
    ) -> None:
        """Answer a message, which stays in view above, with a suggested draft for a purpose if wanted."""

        def show(letter: Letter) -> None:
            self.show_letter(letter)
            self.reader.keep_in_view(message_id)
            if suggest:
                self.desk.suggest(purpose)

        compose.answer(self._context, self, message_id, everybody=everybody, show=show)

    def forward(self, message_id: MessageId) -> None:
        """Hand a message on."""
        compose.forward(self._context, self, message_id, show=self.show_letter)

    def go_on(self, unsent_id: int) -> None:
        """Go on writing a draft; one that is on its way is taken back."""
        compose.go_on(self._context, self, unsent_id, show=self.show_letter)

    def show_letter(self, letter: Letter) -> None:
        """Write this."""
        self._away.discard(letter.unsent.id)
        self.desk.show()
        self.desk.show_letter(letter)
        self.strip.steps_back = True
        self.strip.hide()
        self._fit()
        self.toggled.emit(True)
        self.composer.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for both or not."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._above.setVisible(not (self.writes and self.height() < SHORT))

    def _closed(self) -> None:
        self.desk.panel.stop()
        self.desk.hide()
        self.strip.steps_back = False
        self.strip.refresh()
        self._fit()
        self.toggled.emit(False)

    def _on_shown(self, detail: ThreadDetail) -> None:
        self.strip.follow(detail.row.id)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.DRAFTS in kinds and self._away and not self.writes:
            compose.find_again(self._context, self, self._away, show=self.show_letter)
