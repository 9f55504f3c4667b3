"""The composer with the draft panel beside it, or in its place where there is no room for both."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions.compose import Letter
from app.context import Context
from app.views.composer.composer import Composer
from app.views.composer.draft_panel import DraftPanel
from app.views.composer.shown import token
from fluffy_core import Suggestion, WritingKind

ROOM = 760
"""Pixels of width below which text and panel take turns."""


class WritingDesk(QWidget):
    """What the panel suggests stands in the text, to be taken sentence by sentence."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.composer, self.panel = Composer(context), DraftPanel(context)
        self.panel.setFixedWidth(context.style.px("side"))
        self._beside, self._instead = True, False
        """Whether the panel is wanted beside the text, and in its place where there is no room."""
        self._found: Suggestion | None = None
        self._before = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.composer, 1)
        line.addWidget(self.panel)
        self.composer.draft_wanted.connect(self.want_draft)
        self.composer.body.suggestion_changed.connect(self._on_suggestion)
        self.panel.closed.connect(lambda: self.show_panel(False))
        self.panel.suggested.connect(self._arrived)
        self.panel.result.taken.connect(self.composer.body.take_all)
        self.panel.result.wanted.connect(self._put_in)

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for one only."""
        return self.width() < ROOM

    def show_letter(self, letter: Letter) -> None:
        """Write this one."""
        self.composer.show_letter(letter)
        self._found = None
        self._tell_panel()
        self._instead = False
        self._fit()

    def suggest(self) -> None:
        """Have a draft written at once."""
        self._tell_panel()
        self.show_panel(True)
        self._before = self.composer.body.text
        self.panel.ask()

    def want_draft(self) -> None:
        """The panel first, and a draft when it is there already."""
        if self.panel.isHidden():
            self.show_panel(True)
        else:
            self.suggest()

    def show_panel(self, wanted: bool) -> None:
        """Show or hide the panel, from now on."""
        self._tell_panel()
        self._instead = wanted
        if not self.is_narrow:
            self._beside = wanted
        self._fit()
        (self.panel.purpose if wanted else self.composer.body).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for both or not."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.is_narrow
        shown = self._instead if narrow else self._beside
        self.panel.set_narrow(narrow)
        self.panel.setMaximumWidth(16_777_215 if narrow else self.panel.minimumWidth())
        self.panel.setVisible(shown)
        self.composer.suggest_button.setVisible(not shown)
        self.composer.setVisible(not (narrow and shown))

    def _tell_panel(self) -> None:
        letter = self.composer.letter
        if letter is None:
            return
        first = next((token(one) for one in self.composer.recipients.to.texts), None)
        recipient = first.hint if first is not None and not first.fault else ""
        forwards = letter.unsent.kind is WritingKind.FORWARD
        self.panel.about(None if forwards else letter.unsent.thread_id, recipient)

    def _arrived(self, found: Suggestion) -> None:
        """It goes into the text at once, unless the user wrote on meanwhile."""
        self._found = found
        if found.text and self.composer.body.text == self._before:
            self._put_in()
        else:
            self._on_suggestion()

    def _put_in(self) -> None:
        if self._found is None:
            return
        if self.is_narrow:
            self.show_panel(False)
        self.composer.body.suggest(self._found.text, self._found.missing)
        self.composer.body.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_suggestion(self) -> None:
        self.panel.result.set_open(bool(self.composer.body.suggestion))
