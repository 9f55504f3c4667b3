"""One person: who they are, where that is known from, and what went between you."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.background import Op, QueryOp
from app.context import Context
from app.views.people.card import PersonCard
from app.views.people.timeline import Timeline
from app.widgets.bars import Months
from app.widgets.empty import EmptyState
from app.widgets.labels import label, pane
from app.widgets.scroll_pane import ScrollPane
from app.widgets.skeleton import Skeleton
from fluffy_core import (
    CommitmentRow,
    ContactDetail,
    ContactId,
    ThreadId,
    ThreadRow,
    commitments,
    inbox,
    people,
)

SETTLE_MS = 60
SLOW_MS = 150


@dataclass(frozen=True)
class Found:
    """What one look at the store gave."""

    detail: ContactDetail
    rows: dict[ThreadId, ThreadRow]
    owed: list[CommitmentRow]


class PersonView(QWidget):
    """Card on the left, time on the right."""

    thread_opened = Signal(object)
    person_opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "canvas")
        self._context = context
        self._wanted: ContactId | None = None
        self._op: Op[Found] | None = None
        self._shown: Found | None = None
        self.empty = EmptyState("Nobody chosen", "j and k move through the list.")
        self._skeleton = Skeleton(context.theme)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._skeleton)
        self._content: QWidget | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._load)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))

    def open(self, contact_id: ContactId) -> None:
        """Show this person."""
        if contact_id != self._wanted:
            self._wanted = contact_id
            self._settle.start()

    def show_nobody(self) -> None:
        """There is nobody to choose from."""
        self._wanted = None
        self.empty.say("", "")
        self._stack.setCurrentWidget(self.empty)

    def refresh(self) -> None:
        """Something about people changed."""
        if self._wanted is not None:
            self._settle.start()

    def take_focus(self) -> None:
        """Into the card."""
        if self._content is not None:
            self._content.setFocus()
            self.focusNextChild()

    def _load(self) -> None:
        if self._wanted is None:
            return
        if self._op is not None:
            self._op.cancel()
        store, wanted = self._context.core.store, self._wanted

        def look() -> Found:
            detail = people.detail(store, wanted)
            rows = inbox.rows(store, detail.threads[:200])
            return Found(detail, rows, commitments.with_person(store, wanted))

        self._slow.start()
        self._op = (
            QueryOp(self._context.background, self, look).success(self._show).failure(self._failed).run()
        )

    def _failed(self, _error: Exception) -> None:
        self._slow.stop()
        self._wanted = None
        self.empty.say("This person is gone", "They were merged with somebody or have no mail left.")
        self._stack.setCurrentWidget(self.empty)

    def _show(self, found: Found) -> None:
        self._op = None
        self._slow.stop()
        if found == self._shown and self._content is not None:
            self._stack.setCurrentWidget(self._content)
            return
        self._shown = found
        content = QWidget()
        line = QHBoxLayout(content)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        card = PersonCard(self._context, found.detail, found.owed)
        card.person_opened.connect(self.person_opened)
        line.addWidget(_scrolling(card, "About this person", width=self._context.style.px("card")))
        line.addWidget(self._time(found), 1)
        if self._content is not None:
            self._stack.removeWidget(self._content)
            self._content.deleteLater()
        self._content = content
        self._stack.addWidget(content)
        self._stack.setCurrentWidget(content)

    def _time(self, found: Found) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(label("Timeline", "heading"))
        head.addStretch()
        column.addLayout(head)
        if any(found.detail.months):
            head.addWidget(label("12 months", "small"))
            column.addWidget(Months(self._context.theme, found.detail.months))
        column.addSpacing(12)
        known = (found.rows[one] for one in found.detail.threads if one in found.rows)
        rows = sorted(known, key=lambda row: row.last_date, reverse=True)
        if rows:
            lines = Timeline(self._context.theme, rows, now=time.time())
            lines.opened.connect(self.thread_opened)
            column.addWidget(lines)
        else:
            column.addWidget(label("No conversation is left with this person.", "dim"))
        column.addStretch()
        return _scrolling(inside, "Timeline")


def _scrolling(inside: QWidget, name: str, *, width: int = 0) -> ScrollPane:
    area = ScrollPane(name)
    area.setWidget(inside)
    if width:
        pane(area, "list")
        area.setFixedWidth(width)
    return area
