"""The reader: title, summary, older messages folded, the newest open."""

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.actions import summaries
from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from app.views.reader.message_card import MessageCard
from app.views.reader.thread_page import ThreadPage
from app.widgets.empty import EmptyState
from app.widgets.labels import pane
from app.widgets.scroll_pane import ScrollPane
from app.widgets.skeleton import Skeleton
from fluffy_core import Changed, MessageId, ThreadDetail, ThreadId, reader

KINDS = frozenset(
    {Changed.THREADS, Changed.MESSAGES, Changed.SUMMARIES, Changed.CATEGORIES, Changed.COMMITMENTS}
)
SETTLE_MS = 60
"""A row that is only passed by with `j` is not opened."""
SEEN_MS = 700
"""A conversation counts as seen when it was looked at this long."""
SLOW_MS = 150


class ThreadReader(QWidget):
    """Shows one conversation at a time; the newest wish wins."""

    shown = Signal(object)
    """The `ThreadDetail` on screen."""
    acted = Signal(str)
    """A button below the conversation was pressed: the command it stands for."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "paper")
        self.page: ThreadPage | None = None
        self._context = context
        self._wanted: ThreadId | None = None
        self._glance = False
        self._target: tuple[MessageId, str] | None = None
        self._op: Op[ThreadDetail] | None = None
        self._scroll = ScrollPane("Conversation")
        self.empty = EmptyState(
            "Nothing open", "j and k move through the list, Enter reads, ? shows all keys."
        )
        self._skeleton = Skeleton(context.theme)
        self._stack = QStackedLayout(self)
        for one in (self.empty, self._skeleton, self._scroll):
            self._stack.addWidget(one)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._load)
        self._seen = QTimer(self, singleShot=True, interval=SEEN_MS)
        self._seen.timeout.connect(self._mark_seen)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))
        context.bridge.changed.connect(self._on_changed)

    @property
    def thread_id(self) -> ThreadId | None:
        """What is open or about to be."""
        return self._wanted

    def open(self, thread_id: ThreadId, *, glance: bool = False) -> None:
        """Show this conversation once the user stays on it; at a `glance` it does not count as seen."""
        if thread_id != self._wanted:
            self._target = None
            self._wanted = thread_id
            self._glance = glance
            self._settle.start()

    def close_thread(self) -> None:
        """Show nothing."""
        self._wanted = None
        self._settle.stop()
        self._stack.setCurrentWidget(self.empty)

    def current_message(self) -> MessageId | None:
        """The message that is being read."""
        card = self.page.current_card() if self.page is not None and self._wanted is not None else None
        return None if card is None else card.message.id

    def take_focus(self) -> None:
        """Give the text the focus."""
        self._scroll.setFocus()

    def read_on(self) -> None:
        """Give the text the focus, or scroll a page when it has it."""
        self._glance = False
        self._seen.start()
        if self._scroll.hasFocus():
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + bar.pageStep() * 9 // 10)
        self._scroll.setFocus()

    def step(self, by: int) -> None:
        """Open the next or previous message."""
        if self.page is not None and (card := self.page.neighbour(by)) is not None:
            card.set_open(True)
            self._show_card(card, 0)

    def open_at(
        self, thread_id: ThreadId, message_id: MessageId, words: str, *, glance: bool = False
    ) -> None:
        """Show a sentence in a conversation as soon as that is open."""
        if self.page is not None and self.page.detail.row.id == thread_id == self._wanted:
            self.jump(message_id, words)
        else:
            self.open(thread_id, glance=glance)
            self._target = (message_id, words)

    def jump(self, message_id: MessageId, words: str) -> None:
        """Open a message and mark a sentence in it for a moment."""
        if self.page is None or (card := self.page.card(message_id)) is None:
            return
        card.set_open(True)
        QTimer.singleShot(0, card, lambda: self._show_card(card, card.flash(words) or 0))

    def keep_in_view(self, message_id: MessageId) -> None:
        """A message at the top of what room is left, as while it is being answered."""
        if self.page is not None and (card := self.page.card(message_id)) is not None:
            card.set_open(True)
            QTimer.singleShot(0, card, lambda: self._show_card(card, 0, above=8))

    def show_designed(self) -> None:
        """The message being read, as its sender designed it."""
        if self.page is not None and (card := self.page.current_card()) is not None:
            card.show_designed()

    def _show_card(self, card: MessageCard, top: int, *, above: int | None = None) -> None:
        """Scroll so that `above` pixels, else a quarter of the height, stay above that place of it."""
        if self.page is None:
            return
        self.page.reading = card
        y = card.mapTo(self.page, QPoint(0, top)).y()
        self._scroll.verticalScrollBar().setValue(
            max(0, y - (self._scroll.height() // 4 if above is None else above))
        )

    def _load(self) -> None:
        if self._wanted is None:
            return
        if self._op is not None:
            self._op.cancel()
        store, wanted = self._context.core.store, self._wanted
        self._slow.start()
        op = QueryOp(self._context.background, self, lambda: reader.open_thread(store, wanted))
        self._op = op.success(self._arrived).failure(self._failed).run()

    def _arrived(self, detail: ThreadDetail) -> None:
        self._op = None
        self._slow.stop()
        same = self.page is not None and self.page.detail.row.id == detail.row.id
        if same and self.page is not None and self.page.update_detail(detail):
            self._stack.setCurrentWidget(self._scroll)
            self.shown.emit(detail)
            return
        position = self._scroll.verticalScrollBar().value() if same else 0
        self.page = ThreadPage(self._context, detail, jump=self.jump, act=self.acted.emit)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(28, 22, 28, 28)
        column.addWidget(self.page)
        column.addStretch(1)
        self._scroll.setWidget(holder)
        self._stack.setCurrentWidget(self._scroll)
        QTimer.singleShot(0, self, lambda: self._place(position))
        if not self._glance and (detail.row.unread_count or (not same and self._wants_summary(detail))):
            self._seen.start()
        self.shown.emit(detail)

    def _place(self, position: int) -> None:
        """Scroll where the reader was, or to what was asked for."""
        self._scroll.verticalScrollBar().setValue(position)
        if self._target is not None:
            target, self._target = self._target, None
            self.jump(*target)

    def _failed(self, error: Exception) -> None:
        self._op = None
        self._slow.stop()
        self.close_thread()
        self.empty.say("This conversation cannot be shown", "Choose it again to try once more.")
        self._context.notices.failed.emit(error)

    def _mark_seen(self) -> None:
        if self.page is not None and self.page.detail.row.id == self._wanted:
            store, wanted = self._context.core.store, self._wanted
            op = ChangeOp(self._context.background, self, lambda: reader.opened(store, wanted))
            op.success(lambda _done: self._have_better(wanted)).run()

    def _wants_summary(self, detail: ThreadDetail) -> bool:
        """Whether it has none, or a better one can be had."""
        if detail.summary is None:
            return True
        return bool(self._context.core.models.language_model) and detail.summary.engine.startswith("fast")

    def _have_better(self, thread_id: ThreadId) -> None:
        if self._context.core.models.language_model:
            summaries.make_better(self._context, self, thread_id, asked=False)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & KINDS and self._wanted is not None and not self._settle.isActive():
            self._settle.start()
