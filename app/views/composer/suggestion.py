"""A suggested draft in the panel: how far it may be trusted, why, what it rests on; and a better one."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.views.composer.coming import Coming
from app.widgets.buttons import button, chip
from app.widgets.flow_row import FlowRow
from app.widgets.labels import dress, label
from app.widgets.text import clean, shorten
from fluffy_core import Confidence, MessageId, Suggestion

KEYS = "Tab takes the next sentence, Esc waves it away."
FILL = "Tab takes the next sentence, then goes to what is to be filled in. Esc waves it away."
_TRUST = {
    Confidence.HIGH: ("High confidence", "good"),
    Confidence.MEDIUM: ("Medium confidence", "strong"),
    Confidence.LOW: ("Low confidence", "warn"),
}


def _maker(engine: str) -> str:
    """As "Written on this computer by SmolLM2"; the engine's own number is nobody's concern here."""
    kind, _, model = engine.partition(" ")
    by = ", without a language model" if kind == "fast" else f" by {clean(model, 60)}"
    return f"Written on this computer{by}"


class SuggestionView(QFrame):
    """Hidden until something was asked for."""

    taken = Signal()
    """The whole suggestion is wanted in the text."""
    wanted = Signal()
    """The suggestion is to be shown in the text again."""

    def __init__(self, *, stop: Callable[[], object], show_quote: Callable[[MessageId, str], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._show_quote = show_quote
        self.trust, self.reason, self.coming = label(), label(kind="small", wrap=True), Coming(stop)
        self.engine, self._used_words = label(kind="caption", wrap=True), label("It rests on", "small")
        self._used, self._acts = FlowRow(), FlowRow()
        self._take = button("Take all", self.taken.emit)
        self._again = button("Show in the text", self.wanted.emit)
        self._acts.add(self._take)
        self._acts.add(self._again)
        self._keys = label(KEYS, "caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        for one in self._all():
            column.addWidget(one)
        self.clear()

    def clear(self) -> None:
        """Nothing was asked for."""
        self._show()
        self.hide()

    def show_writing(self) -> None:
        """A draft was asked for."""
        self.coming.begin(better=False)
        self._show(self.coming)

    def show_stopped(self, why: str) -> None:
        """What was being written is not waited for any more; a first draft stays, and why."""
        if self.coming.grows and self.trust.isHidden():
            self.clear()
        elif self.coming.grows:
            self.reason.setText(f"{self.reason.text()} {why}")
            self.coming.hide()

    def show_better(self, found: Suggestion) -> None:
        """A better one is finished, and the user wrote on meanwhile: it waits to be wanted."""
        self.coming.wait(found.text, f"{_TRUST[found.confidence][0]}. {clean(found.reason, 600)}")

    def show_reason(self, reason: str) -> None:
        """There is no draft, and why."""
        self.trust.setText("No draft")
        dress(self.trust, "strong")
        self.reason.setText(clean(reason, 600))
        self._show(self.trust, self.reason)

    def show_suggestion(self, found: Suggestion) -> None:
        """The draft that stands in the text; a better one may be on its way."""
        if not found.text:
            self.show_reason(found.reason)
            return
        words, kind = _TRUST[found.confidence]
        self.trust.setText(words)
        dress(self.trust, kind)
        self.reason.setText(clean(found.reason, 600))
        self.engine.setText(_maker(found.engine))
        self._used.clear()
        for source in found.used:
            run = partial(self._show_quote, source.message_id, source.quote)
            one_of_many = sum(other.why == source.why for other in found.used) > 1
            words = f"“{shorten(source.quote, 30)}”" if one_of_many else shorten(source.why, 36)
            made = chip(words, run, says=f"{source.why}: “{shorten(source.quote, 120)}”")
            self._used.add(made)
            made.show()
        used = (self._used_words, self._used) if found.used else ()
        self._show(self.trust, self.reason, *used, self._acts, self._keys, self.engine)
        if found.improving:
            self.coming.begin(better=True)
        self._keys.setText(FILL if found.missing else KEYS)
        self.set_open(True)

    def set_open(self, in_text: bool) -> None:
        """Whether the suggestion stands in the text and can be taken from there."""
        self._take.setVisible(in_text)
        self._again.setVisible(not in_text)
        self._keys.setVisible(in_text and not self._acts.isHidden())

    def _all(self) -> tuple[QWidget, ...]:
        return (
            self.trust, self.reason, self._acts, self._keys, self._used_words, self._used, self.engine,
            self.coming,
        )  # fmt: skip

    def _show(self, *wanted: QWidget) -> None:
        for one in self._all():
            one.setVisible(one in wanted)
        self.setVisible(bool(wanted))
