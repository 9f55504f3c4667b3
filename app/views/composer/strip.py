"""What was written in this conversation and is not sent yet, between the conversation and the composer."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import compose
from app.background import Op, QueryOp
from app.context import Context
from app.views.composer import words
from app.widgets.buttons import button
from app.widgets.labels import ElidedLabel, hairline, label
from app.widgets.layouts import empty
from fluffy_core import Changed, OutboxState, ThreadId, Unsent, network, unsent

KINDS = frozenset({Changed.DRAFTS, Changed.OUTBOX, Changed.SETTINGS})
Found = tuple[tuple[Unsent, ...], bool]


class UnsentStrip(QWidget):
    """Follows the open conversation; hidden while there is nothing to say."""

    wanted = Signal(int)
    """The user wants to go on writing a draft."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._thread: ThreadId | None = None
        self._op: Op[Found] | None = None
        self.steps_back = False
        """Whether something is being written, which needs the room."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        context.bridge.changed.connect(self._on_changed)
        self.hide()

    def follow(self, thread_id: ThreadId | None) -> None:
        """Tell about this conversation."""
        self._thread = thread_id
        self.refresh()

    def refresh(self) -> None:
        """Look again; the newest question wins."""
        if self._op is not None:
            self._op.cancel()
            self._op = None
        if self._thread is None:
            self._show(((), False))
            return
        store, thread_id = self._context.core.store, self._thread
        op = QueryOp(
            self._context.background,
            self,
            lambda: (unsent.in_thread(store, thread_id), network.is_offline(store)),
        )
        self._op = op.success(self._show).run()

    def _show(self, found: Found) -> None:
        self._op = None
        empty(self._column)
        drafts, offline = found
        for one in drafts:
            self._column.addWidget(hairline())
            self._column.addWidget(self._line(one, offline=offline))
        self.setVisible(bool(drafts) and not self.steps_back)

    def _line(self, found: Unsent, *, offline: bool) -> QFrame:
        made = QFrame()
        line = QHBoxLayout(made)
        line.setContentsMargins(28, 8, 28, 8)
        line.setSpacing(8)
        name, more = words.standing(found, offline=offline)
        failed = found.row is not None and found.row.state in words.STUCK
        line.addWidget(label(name, "bad" if failed else "strong"))
        line.addWidget(ElidedLabel(more, "dim"), 1)
        for one in buttons(self._context, self, found, go_on=partial(self.wanted.emit, found.id)):
            line.addWidget(one)
        made.setAccessibleName(f"{name}. {more}")
        return made

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if kinds & KINDS:
            self.refresh()


def buttons(context: Context, receiver: QWidget, found: Unsent, *, go_on: object) -> list[QWidget]:
    """What can be done about a message that was not sent yet."""
    assert callable(go_on)
    row = found.row
    if row is None:
        return [button("Go on writing", go_on)]
    if row.state is OutboxState.FAILED:
        edit = [button("Edit", go_on)] if found.id else []
        return [*edit, button("Try again", lambda: compose.retry(context, receiver, row.id))]
    if row.state is OutboxState.UNCERTAIN:
        return [
            button("It was sent", lambda: compose.confirm(context, receiver, row.id)),
            button("Send again", lambda: compose.retry(context, receiver, row.id)),
        ]
    return [button("Undo", go_on)] if row.can_be_taken_back and found.id else []
