"""The inbox: list, reader, and the person beside it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from app.actions import labels, triage
from app.commands import Handlers
from app.context import Context
from app.views.composer.dock import ComposeDock
from app.views.inbox.person_panel import PersonPanel
from app.views.inbox.thread_list import ThreadList
from app.views.page import Page
from app.views.reader.thread_reader import ThreadReader
from app.widgets.panes import Panes
from fluffy_core import (
    Citation,
    CommitmentKind,
    CommitmentRow,
    Debtor,
    InboxCounts,
    MessageId,
    ThreadDetail,
    ThreadId,
)

if TYPE_CHECKING:
    from app.views.today.row import Call

NARROW = 1180
"""Below this width the person is folded away by itself."""
WIDE = 1500
"""Below this width the person makes room for what is being written."""
SINGLE = 720
"""Below this width list and reader take turns."""
FOLLOW_UP = "follow up"
"""What a draft is for that reminds of a promise."""


class InboxPage(Page):
    """Puts the three together and answers the keys."""

    person_opened = Signal(object)
    listed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        style = context.style
        self.list, self.reader, self.side = ThreadList(context), ThreadReader(context), PersonPanel(context)
        self.dock = ComposeDock(context, self.reader)
        self._panes = Panes(self.list, self.dock, narrow=SINGLE)
        self._panes.addWidget(self.side)
        self.list.setMinimumWidth(style.px("list_min"))
        self.dock.setMinimumWidth(style.px("list_min"))
        self.side.setMinimumWidth(220)
        self.side.setMaximumWidth(style.px("side_max"))
        self._panes.setSizes([style.px("list"), 2000, style.px("side")])
        self.side.hide()
        self._side_wanted = True
        self._glance = False
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._panes)
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._read)
        self.list.listed.connect(self._on_listed)
        self.list.answer.opened.connect(self._show_source)
        self.reader.shown.connect(self._on_shown)
        self.reader.acted.connect(lambda name: self.handlers()[name]())
        self.dock.toggled.connect(self._on_writing)
        self.side.person_opened.connect(self.person_opened)
        self.side.thread_opened.connect(self.open_thread)

    def handlers(self) -> Handlers:
        """The commands that mean something here."""
        return {
            "next": lambda: self.list.view.step(1),
            "previous": lambda: self.list.view.step(-1),
            "open": self.read_on,
            "newer": lambda: self.reader.step(1),
            "older": lambda: self.reader.step(-1),
            "back": self.back,
            "escape": self._escape,
            "done": self._done,
            "label": self.say_what,
            "needs-reply": lambda: self._say("reply"),
            "no-reply": lambda: self._say("no-reply"),
            "unread": lambda: self._mark(seen=False),
            "read": lambda: self._mark(seen=True),
            "designed": self.reader.show_designed,
            "search": self.list.search.focus,
            "ask": self._ask,
            "side": self.toggle_side,
            "draft": lambda: self._reply(suggest=True),
            "suggest": self._suggest,
            "reply": self._reply,
            "reply-all": lambda: self._reply(everybody=True),
            "forward": self._forward,
            "send": self.dock.send,
            "discard": self.dock.discard,
        }

    def compose(self) -> None:
        """Write a new message."""
        self.dock.begin()

    def back(self) -> None:
        """To the list."""
        self._panes.back()
        self.list.enter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The person needs room."""
        super().resizeEvent(event)
        self.side.setVisible(self._side_wanted and self._has_room and self.reader.page is not None)

    @property
    def _has_room(self) -> bool:
        return self.width() >= (WIDE if self.dock.writes else NARROW)

    def enter(self) -> None:
        """The page came into view."""
        self.list.take_focus()

    def open_thread(self, thread_id: ThreadId) -> None:
        """Show a conversation, wherever it is listed."""
        if not self.list.view.choose(thread_id):
            self.reader.open(thread_id)
        self._panes.forward()

    def show_quote(self, thread_id: ThreadId, message_id: MessageId, words: str) -> None:
        """Show a sentence in its message."""
        self.open_thread(thread_id)
        self.reader.open_at(thread_id, message_id, words)

    def answer_call(self, call: "Call") -> None:
        """Write the answer that is called for, or a word to remind of it."""
        self.show_quote(call.thread_id, call.message_id, call.quote)
        self.dock.answer(call.message_id, suggest=True, purpose=FOLLOW_UP if call.reminds else "")

    def answer_owed(self, row: CommitmentRow) -> None:
        """Write about what is owed: an answer, or a word to remind; what I promised is mine to write."""
        one = row.commitment
        self.show_quote(row.thread_id, one.message_id, one.quote)
        promised = one.debtor is Debtor.ME and one.kind is CommitmentKind.PROMISED
        purpose = "" if one.debtor is Debtor.ME else FOLLOW_UP
        self.dock.answer(one.message_id, suggest=not promised, purpose=purpose)

    def read_on(self) -> None:
        """Open the current row, or scroll what is open."""
        if self.reader.thread_id is None:
            self.list.enter()
        else:
            self._panes.forward()
            self.reader.read_on()

    def toggle_side(self) -> None:
        """Show or hide the person."""
        self._side_wanted = self.side.isHidden()
        self.side.setVisible(self._side_wanted and self.reader.page is not None)

    def say_what(self) -> None:
        """Choose what the conversation is."""
        from app.views.labels.chooser import LabelChooser

        if (thread_id := self._current) is not None:
            LabelChooser(self.window(), self._context, thread_id).show()

    @property
    def _current(self) -> ThreadId | None:
        return self.list.view.current_id() or self.reader.thread_id

    def _say(self, category: str) -> None:
        if (thread_id := self._current) is not None:
            labels.say(self._context, self, thread_id, said=(category, None))

    def _read(self, thread_id: ThreadId) -> None:
        self.reader.open(thread_id)
        self._panes.forward()
        self.reader.read_on()

    def _on_shown(self, detail: ThreadDetail) -> None:
        self.side.follow(detail)
        self.side.setVisible(self._side_wanted and self._has_room)

    def _on_listed(self, counts: InboxCounts) -> None:
        self.listed.emit(counts)
        if (
            self.reader.thread_id is None
            and self.list.view.current_id() is None
            and not self._panes.is_narrow
        ):
            self._glance = True
            self.list.view.step(1)
            self._glance = False

    def _on_chosen(self, thread_id: ThreadId) -> None:
        match = self.list.match(thread_id)
        if match is None:
            self.reader.open(thread_id, glance=self._glance)
        else:
            self.reader.open_at(thread_id, match.message_id, match.text.strip("… "), glance=self._glance)

    def _show_source(self, source: Citation) -> None:
        """Where an answer was written."""
        self.show_quote(source.thread_id, source.message_id, source.quote)

    def _ask(self) -> None:
        if self.list.search.text:
            self.list.ask(self.list.search.text)
        else:
            self.list.search.focus()

    def _reply(self, *, everybody: bool = False, suggest: bool = False) -> None:
        if (message_id := self.reader.current_message()) is not None:
            self.dock.answer(message_id, everybody=everybody, suggest=suggest)

    def _suggest(self) -> None:
        if self.dock.writes:
            self.dock.desk.suggest()

    def _forward(self) -> None:
        if (message_id := self.reader.current_message()) is not None:
            self.dock.forward(message_id)

    def _on_writing(self, writes: bool) -> None:
        self.side.setVisible(self._side_wanted and self._has_room and self.reader.page is not None)
        if writes:
            self._panes.forward()
        else:
            self.reader.take_focus()

    def _escape(self) -> None:
        if self.dock.writes:
            self.dock.composer.leave()
            return
        self.list.search.ask("")
        self.back()

    def _done(self) -> None:
        """Put the current conversation away and go on to the next."""
        if (thread_id := self._current) is None:
            return
        self.list.view.step(1)
        triage.set_done(self._context, self, [thread_id])

    def _mark(self, *, seen: bool) -> None:
        if (thread_id := self._current) is not None:
            triage.set_seen(self._context, self, [thread_id], seen=seen)
