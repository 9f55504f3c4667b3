"""The panel beside the text: what to write, how, and how far the suggestion may be trusted and why."""

import time
import uuid
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.actions import compose
from app.background import Op, QueryOp
from app.context import Context
from app.views.composer.suggestion import SuggestionView
from app.widgets.buttons import button
from app.widgets.choice_button import ChoiceButton
from app.widgets.flow_row import FlowRow
from app.widgets.labels import label, pane
from app.widgets.scroll_pane import ScrollPane
from fluffy_core import Changed, DraftGrew, DraftRequest, Suggestion, ThreadId, drafting

PURPOSES = (
    ("Answer", ""),
    ("Accept", "accept"),
    ("Decline", "decline"),
    ("Ask", "ask a question"),
    ("Thank", "thank"),
    ("Follow up", "follow up"),
)
"""(on the button, what is put into the line)"""
TONES = (("As usual", ""), ("Shorter", "shorter"), ("Warmer", "friendlier"), ("More formal", "more formal"))
POLL_MS = 2000
"""Another window may do the work: then only asking tells that it is done."""
PATIENCE = 150.0
"""Seconds after which no draft is waited for any more."""
LATE = "No draft came. Activity says why; asking again may help."


class DraftPanel(ScrollPane):
    """Asks for drafts and tells of them; `about` says for whom, and to what."""

    suggested = Signal(object)
    """A `Suggestion` that was asked for: a first one, then perhaps a better one."""
    asked = Signal()
    settled = Signal()
    """No better one is written any more."""
    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__("Suggest a draft")
        pane(self, "side")
        self._context = context
        self._request: DraftRequest | None = None
        self._first: Suggestion | None = None
        self._asked_at = 0.0
        self._op: Op[Suggestion | None] | None = None
        self._thread: ThreadId | None = None
        self._recipient = ""
        self._make_widgets()
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._look)
        context.bridge.draft_grew.connect(self._on_grew)
        context.bridge.changed.connect(self._on_changed)

    @property
    def request(self) -> DraftRequest | None:
        """What is asked for and not finished."""
        return self._request

    @property
    def waits(self) -> bool:
        """Whether a draft is being written."""
        return self._request is not None

    @property
    def improves(self) -> bool:
        """Whether a first draft is there and a better one is being written."""
        return self._first is not None

    def about(self, thread_id: ThreadId | None, recipient: str) -> None:
        """What the next draft is for; another conversation begins anew."""
        if thread_id != self._thread or (thread_id is None and recipient != self._recipient):
            self.stop()
            self.result.clear()
            self.hint.hide()
            for one in (self.purpose, self.hint):
                one.clear()
            self.points.clear()
        self._thread, self._recipient = thread_id, recipient

    def ask(self) -> None:
        """Have a draft written as the panel says."""
        self.stop()
        points = tuple(
            line.strip(" -•") for line in self.points.toPlainText().split("\n") if line.strip(" -•")
        )
        self._request = DraftRequest(
            id=uuid.uuid4().hex, thread_id=self._thread, recipient=self._recipient,
            purpose=self.purpose.text().strip(), key_points=points, tone=self.tone.value or "",
            hint=self.hint.text().strip(),
        )  # fmt: skip
        self._asked_at = time.monotonic()
        self.asked.emit()
        self.result.show_writing()
        self.suggest.setText("Suggest again")
        compose.ask_draft(self._context, self, self._request).failure(self._failed).run()
        self._poll.start()

    def stop(self) -> None:
        """Wait for no draft any more; a first one that is there stays."""
        stopped, self._request, self._first = self._request, None, None
        self._poll.stop()
        self.result.show_stopped(drafting.STOPPED)
        if stopped is not None:
            compose.stop_draft(self._context, self, stopped.id)
            self.settled.emit()

    def set_narrow(self, narrow: bool) -> None:
        """Whether the panel is in the place of the text."""
        self._back.setText("Back to the text" if narrow else "Hide")
        self._back.setAccessibleName("Back to the text" if narrow else "Hide the draft panel")

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter asks for a draft here; it must not send what is half written."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_send(event):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The same while one of the lines has the focus."""
        if isinstance(event, QKeyEvent) and _is_send(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.ask()
                return True
        return super().eventFilter(watched, event)

    def _make_widgets(self) -> None:
        self.purpose = QLineEdit(placeholderText="In a few words")
        self.purpose.setAccessibleName("What the message is for")
        self.points = QPlainTextEdit(placeholderText="One point a line")
        self.points.setAccessibleName("Points it should make, one a line")
        self.points.setTabChangesFocus(True)
        self.points.setFixedHeight(self._context.style.px("points"))
        self.tone = ChoiceButton("Tone", lambda: None)
        self.tone.value = ""
        self.tone.show_entries(TONES)
        self.hint = QLineEdit(placeholderText="What to do differently")
        self.hint.setAccessibleName("What to do differently")
        self.hint.hide()
        self.suggest = button("Suggest", self.ask, kind="accent")
        self.result = SuggestionView(stop=self.stop, show_quote=self._context.notices.quote_wanted.emit)
        self._back = button("Back to the text", self.closed.emit, kind="link")
        for one in (self.purpose, self.hint):
            one.returnPressed.connect(self.ask)
        for widget in (self.purpose, self.points, self.hint):
            widget.installEventFilter(self)
        self._lay_out()

    def _lay_out(self) -> None:
        choices = FlowRow()
        for text, purpose in PURPOSES:
            made = button(text, partial(self._choose, purpose), kind="choice-small")
            choices.add(made)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label("Suggest a draft", "strong"), 1)
        head.addWidget(self._back)
        column.addLayout(head)
        column.addWidget(self.result)
        column.addWidget(self.hint)
        column.addSpacing(4)
        column.addWidget(label("What for", "small"))
        column.addWidget(self.purpose)
        column.addWidget(choices)
        column.addSpacing(4)
        column.addWidget(label("What to say", "small"))
        column.addWidget(self.points)
        column.addSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.suggest)
        line.addWidget(self.tone)
        line.addStretch()
        column.addLayout(line)
        column.addStretch(1)
        self.setWidget(inside)

    def _choose(self, purpose: str) -> None:
        self.purpose.setText(purpose)
        (self.points if purpose.startswith("ask") else self.suggest).setFocus()

    def _failed(self, error: Exception) -> None:
        self.stop()
        self._context.notices.failed.emit(error)

    def _look(self) -> None:
        if self._request is None or self._op is not None:
            return
        if time.monotonic() - self._asked_at > PATIENCE:
            late = not self.improves
            self.stop()
            if late:
                self.result.show_reason(LATE)
            return
        store, wanted = self._context.core.store, self._request.id
        op = QueryOp(self._context.background, self, lambda: drafting.get(store, wanted))
        self._op = op.success(self._found).failure(self._lost).run()

    def _lost(self, error: Exception) -> None:
        self._op = None
        self._failed(error)

    def _found(self, found: Suggestion | None) -> None:
        self._op = None
        if found is None or self._request is None or found.request_id != self._request.id:
            return
        if found.improving and self._first is not None:
            return
        self._first = found if found.improving else None
        if not found.improving:
            self._request = None
            self._poll.stop()
        self.hint.show()
        self.suggested.emit(found)

    def _on_grew(self, grown: DraftGrew) -> None:
        if self._request is not None and grown.request_id == self._request.id:
            self.result.coming.grow(grown.text)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.DRAFTS in kinds:
            self._look()


def _is_send(event: QKeyEvent) -> bool:
    held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(held) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
