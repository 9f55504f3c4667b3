"""The contents of an open conversation."""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.actions import commitments, corrections, summaries, triage
from app.context import Context
from app.views.reader.decision_line import decision_line, tags_line
from app.views.reader.message_card import MessageCard, name_of
from app.views.reader.summary_card import Doings, Jump, SummaryCard
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.flow_row import FlowRow
from app.widgets.labels import hairline, label
from app.widgets.layouts import empty
from app.widgets.tab_order import as_seen
from app.widgets.text import clean, isolated
from fluffy_core import MessageId, ThreadDetail, ThreadId, number_of

UNFOLDED_AT_ONCE = 40
ORDER_MS = 50
"""New widgets have their places by then."""
NAMES = 3
ANSWERS = (
    ("Draft reply", "draft", "d"),
    ("Reply", "reply", "r"),
    ("Reply all", "reply-all", "a"),
    ("Forward", "forward", "f"),
)
Act = Callable[[str], object]
"""Runs a command by its id."""


class ThreadPage(QWidget):
    """Older messages are one line until asked for; cards are made when they come into being."""

    def __init__(self, context: Context, detail: ThreadDetail, *, jump: Jump, act: Act) -> None:
        super().__init__()
        self.detail = detail
        self.reading: MessageCard | None = None
        self._context, self._jump, self._act = context, jump, act
        self._cards: dict[MessageId, MessageCard] = {}
        self._numbers = {one.id: at for at, one in enumerate(detail.messages, 1)}
        self._settled = QTimer(self, singleShot=True, interval=ORDER_MS)
        self._settled.timeout.connect(lambda: as_seen(self))
        self.setMaximumWidth(760)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(
            label(detail.row.subject or "(no subject)", "title", wrap=True, selectable=True)
        )
        self._column.addSpacing(3)
        self._column.addWidget(label(meta_line(detail), "small", wrap=True))
        self._column.addSpacing(14)
        self._above = QVBoxLayout()
        self._column.addLayout(self._above)
        self._show_above()
        self._earlier: QPushButton | None = None
        self._older = QVBoxLayout()
        self._older.setSpacing(0)
        self._column.addLayout(self._older)
        self._add_messages()
        self._column.addSpacing(16)
        self._column.addWidget(self._actions())

    def update_detail(self, detail: ThreadDetail) -> bool:
        """Take over what is new without moving the text; False when the messages are others."""
        if [one.id for one in detail.messages] != [one.id for one in self.detail.messages]:
            return False
        changed = _concluded(detail) != _concluded(self.detail)
        self.detail = detail
        if changed:
            self._show_above()
            self._settled.start()
        return True

    def card(self, message_id: MessageId) -> MessageCard | None:
        """The card of a message, unfolded from the older ones if need be."""
        if message_id not in self._cards and message_id in self._numbers:
            self._unfold(down_to=message_id)
        return self._cards.get(message_id)

    def current_card(self) -> MessageCard | None:
        """The card being read: the one jumped to, else the newest."""
        return self.reading or (self._cards[self.detail.messages[-1].id] if self.detail.messages else None)

    def neighbour(self, by: int) -> MessageCard | None:
        """The card after or before the one being read."""
        current = self.current_card()
        if current is None:
            return None
        at = self._numbers[current.message.id] - 1 + by
        return self.card(self.detail.messages[at].id) if 0 <= at < len(self.detail.messages) else None

    def _show_above(self) -> None:
        """What was concluded, and the summary."""
        empty(self._above)
        decision, thread_id = self.detail.decision, self.detail.row.id
        if decision is not None:
            wrong = partial(corrections.reject, self._context, self, thread_id, wrong=decision)
            self._above.addWidget(decision_line(decision, why=self._jump, wrong=wrong))
            self._above.addSpacing(14)
        if self.detail.row.tags:
            self._above.addWidget(tags_line(self.detail.row.tags, partial(self._act, "label")))
            self._above.addSpacing(14)
        summary = self.detail.summary
        if summary is not None and (summary.points or self.detail.owed):
            card = SummaryCard(
                summary,
                self.detail.summary_age,
                numbers=self._numbers,
                doings=self._doings(thread_id),
                owed=self.detail.owed,
            )
            self._above.addWidget(card)
            self._above.addSpacing(16)
        elif summary is None and len(self.detail.messages) > 1:
            self._above.addWidget(label("The summary is being made.", "small"))
            self._above.addSpacing(10)

    def _doings(self, thread_id: ThreadId) -> Doings:
        better = partial(summaries.make_better, self._context, self, thread_id)
        return Doings(
            jump=self._jump,
            wrong=partial(summaries.reject, self._context, self),
            rule=lambda row, ruling: commitments.rule(self._context, self, row, ruling=ruling),
            better=better if self._context.core.models.language_model else None,
        )

    def _add_messages(self) -> None:
        messages = self.detail.messages
        if not messages:
            self._column.addWidget(label("The messages of this conversation are gone.", "dim"))
            return
        if len(messages) > 1:
            text = number_of(len(messages) - 1, "earlier message")
            self._earlier = button(text, self._unfold, kind="fold")
            policy = self._earlier.sizePolicy()
            policy.setHorizontalPolicy(policy.Policy.Expanding)
            self._earlier.setSizePolicy(policy)
            self._older.addWidget(self._earlier)
        else:
            self._column.addWidget(hairline())
        newest = self._make(len(messages) - 1)
        newest.set_open(True)
        self._column.addWidget(newest)

    def _make(self, at: int) -> MessageCard:
        message = self.detail.messages[at]
        made = MessageCard(self._context, message, number=at + 1)
        self._cards[message.id] = made
        made.unfolded.connect(self._settled.start)
        return made

    def _unfold(self, down_to: MessageId | None = None) -> None:
        """Show older messages as lines above, newest of them first, a screenful at a time."""
        hidden = [at for at, one in enumerate(self.detail.messages) if one.id not in self._cards]
        keep = 0
        if down_to is not None:
            keep = hidden.index(self._numbers[down_to] - 1)
        first = min(max(len(hidden) - UNFOLDED_AT_ONCE, 0), keep if down_to is not None else len(hidden))
        for at in reversed(hidden[first:]):
            self._older.insertWidget(1, hairline())
            self._older.insertWidget(1, self._make(at))
        if self._earlier is not None:
            self._earlier.setText(number_of(first, "earlier message"))
            self._earlier.setVisible(first > 0)
        self._settled.start()

    def _actions(self) -> FlowRow:
        ids = [self.detail.row.id]
        line = FlowRow()
        for text, command, key in ANSWERS:
            kind = "primary" if command == "draft" else "plain"
            line.add(button(text, partial(self._act, command), kind=kind, key=key))
        done = self.detail.row.done
        words = "Bring back" if done else "Done"
        put = button(
            words, lambda: triage.set_done(self._context, self, ids, done=not done), key="" if done else "e"
        )
        line.add(put)
        unread = button("Mark unread", lambda: triage.set_seen(self._context, self, ids, seen=False), key="U")
        line.add(unread)
        line.add(button("Label", partial(self._act, "label"), key="l"))
        return line


def _concluded(detail: ThreadDetail) -> tuple[object, ...]:
    return detail.summary, detail.summary_age, detail.owed, detail.decision, detail.row.tags


def meta_line(detail: ThreadDetail) -> str:
    """As "Ann, Ben, you and 2 more · 6 messages since 9 Nov"."""
    names: dict[str, None] = {}
    for message in detail.messages:
        names.setdefault(name_of(message.sender), None)
        for one in message.to[:20]:
            names.setdefault(name_of(one), None)
    others = [name for name in names if name != "You"]
    shown = others[:NAMES] + (["you"] if "You" in names else [])
    hidden = len(others) - NAMES
    people = ", ".join(map(isolated, shown)) + (f" and {hidden:,} more" if hidden > 0 else "")
    first = min((one.date for one in detail.messages if one.date), default=0)
    since = f" since {dates.day(first, time.time())}" if first and len(detail.messages) > 1 else ""
    return clean(f"{people} · {number_of(len(detail.messages), 'message')}{since}", 300)
