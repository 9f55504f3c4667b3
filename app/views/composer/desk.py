"""The composer with the draft panel beside it, or in its place where there is no room for both."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions.compose import Letter
from app.context import Context
from app.views.composer.coming import BETTER, READY, USE
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
        """What is suggested in the text."""
        self._better: Suggestion | None = None
        """What may take its place, once the user wants it."""
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
        self.panel.asked.connect(self._begin)
        self.panel.settled.connect(self._tell_below)
        self.panel.result.wanted.connect(self._put_in)
        self.panel.result.coming.better_wanted.connect(self._use_better)

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for one only."""
        return self.width() < ROOM

    def show_letter(self, letter: Letter) -> None:
        """Write this one."""
        self.composer.show_letter(letter)
        self._found = self._better = None
        self._tell_panel()
        self._instead = False
        self._fit()

    def suggest(self, purpose: str = "") -> None:
        """Have a draft written at once, for what the panel says unless there is a `purpose`."""
        self._tell_panel()
        if purpose:
            self.panel.purpose.setText(purpose)
        self.show_panel(True)
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
        self._tell_below()

    def _tell_panel(self) -> None:
        letter = self.composer.letter
        if letter is None:
            return
        first = next((token(one) for one in self.composer.recipients.to.texts), None)
        recipient = first.hint if first is not None and not first.fault else ""
        forwards = letter.unsent.kind is WritingKind.FORWARD
        self.panel.about(None if forwards else letter.unsent.thread_id, recipient)

    def _begin(self) -> None:
        """A draft is on its way."""
        self._found = self._better = None
        self._before = self.composer.body.text
        self._tell_below()

    def _arrived(self, found: Suggestion) -> None:
        """It goes into the text at once, unless the user wrote on meanwhile.

        A better one takes the place of the first while nobody touched that; else it is offered.
        """
        first, body = self._found, self.composer.body
        better = first is not None and found.text != first.text
        if better and not body.is_untouched:
            self._better = found
            self.panel.result.show_better(found)
        else:
            self._found = found
            self.panel.result.show_suggestion(found)
            if better:
                body.replace(found.text, found.missing)
            elif first is None and found.text and body.text == self._before:
                self._put_in()
            self._on_suggestion()
        self._tell_below()

    def _use_better(self) -> None:
        """The better one takes the place of the first and of what was taken of that; Ctrl+Z undoes it."""
        if self._better is None:
            return
        self._found, self._better = self._better, None
        self.panel.result.show_suggestion(self._found)
        self.composer.body.replace(self._found.text, self._found.missing)
        self.composer.body.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell_below()

    def _put_in(self) -> None:
        if self._found is None:
            return
        if self.is_narrow:
            self.show_panel(False)
        self.composer.body.suggest(self._found.text, self._found.missing)
        self.composer.body.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_below(self) -> None:
        """What the panel says of a better version, below the text while the panel is not seen."""
        line, unseen = self.composer.better, self.panel.isHidden()
        if unseen and self.panel.improves:
            line.say(BETTER, "Stop", self.panel.stop)
        elif unseen and self._better is not None:
            line.say(READY, USE, self._use_better)
        else:
            line.hide()

    def _on_suggestion(self) -> None:
        self.panel.result.set_open(bool(self.composer.body.suggestion))
