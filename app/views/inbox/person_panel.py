"""The person beside the conversation: who they are, how often you write, what is open between you."""

import time
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.background import Op, QueryOp
from app.context import Context
from app.views.people.facts import FactGrid, headline, traffic
from app.views.people.owed import OwedList
from app.views.reader.message_card import name_of
from app.widgets import dates
from app.widgets.bars import Months
from app.widgets.buttons import ElidedButton, button
from app.widgets.labels import ElidedLabel, label, pane
from app.widgets.scroll_pane import ScrollPane
from fluffy_core import (
    Changed,
    CommitmentRow,
    ContactDetail,
    ContactId,
    PersonRef,
    ThreadDetail,
    ThreadId,
    ThreadRow,
    commitments,
    inbox,
    people,
)

RECENT = 5
Found = tuple[ContactDetail, dict[ThreadId, ThreadRow], list[CommitmentRow]]
"""A person, the conversations with them, and what is owed between us."""


class PersonPanel(ScrollPane):
    """Follows the open conversation."""

    person_opened = Signal(object)
    thread_opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__("Person")
        pane(self, "side")
        self._context = context
        self._op: Op[Found] | None = None
        self._shown: tuple[ContactId | str, ThreadId, bool] | None = None
        self._thread: ThreadDetail | None = None
        context.bridge.changed.connect(self._on_changed)

    def follow(self, detail: ThreadDetail) -> None:
        """Show whom this conversation is with."""
        self._thread = detail
        person = correspondent(detail)
        who = (person.contact_id or f"{person.name} {person.email}") if person else ""
        key = (who, detail.row.id, detail.summary is not None)
        if key == self._shown:
            return
        self._shown = key
        if self._op is not None:
            self._op.cancel()
        if person is None or person.contact_id is None:
            self._show_stranger(person)
            return
        store, contact_id = self._context.core.store, person.contact_id

        def look() -> Found:
            found = people.detail(store, contact_id)
            rows = inbox.rows(store, found.threads[: RECENT + 1])
            return found, rows, commitments.with_person(store, contact_id)

        op = QueryOp(self._context.background, self, look)
        self._op = op.success(lambda found: self._show_contact(found, detail)).run()

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.COMMITMENTS in kinds and self._thread is not None:
            self._shown = None
            self.follow(self._thread)

    def _column(self) -> QVBoxLayout:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 22, 18, 18)
        column.setSpacing(4)
        self.setWidget(inside)
        return column

    def _show_stranger(self, person: PersonRef | None) -> None:
        column = self._column()
        if person is not None:
            column.addWidget(ElidedLabel(name_of(person), "heading"))
            if person.email != name_of(person):
                column.addWidget(ElidedLabel(person.email, "small"))
            column.addSpacing(12)
        words = (
            "Not one of your people: nothing personal went between you." if person else "Only you wrote here."
        )
        column.addWidget(label(words, "small", wrap=True))
        column.addStretch()

    def _show_contact(self, found: Found, thread: ThreadDetail) -> None:
        detail, rows, owed = found
        if thread.summary is not None:  # its card tells what is owed in this conversation
            owed = [row for row in owed if row.thread_id != thread.row.id]
        column = self._column()
        column.addWidget(ElidedLabel(detail.row.name or detail.row.email, "heading"))
        if said := headline(detail):
            column.addWidget(label(said, "small", wrap=True))
        column.addSpacing(12)
        column.addWidget(label(traffic(detail.row), "small", wrap=True))
        if any(detail.months):
            column.addWidget(Months(self._context.theme, detail.months, line=True))
        column.addSpacing(12)
        column.addWidget(OwedList(self._context, owed))
        column.addWidget(FactGrid(self._context, detail, limit=4))
        recent = [rows[one] for one in detail.threads if one in rows and one != thread.row.id][:RECENT]
        if recent:
            column.addSpacing(14)
            column.addWidget(label("Recent", "small"))
        for row in recent:
            column.addWidget(self._recent(row))
        column.addSpacing(12)
        column.addWidget(
            button("All about this person", lambda: self.person_opened.emit(detail.row.id), kind="link")
        )
        column.addStretch()

    def _recent(self, row: ThreadRow) -> QWidget:
        words = row.subject or "(no subject)"
        made = ElidedButton(words, partial(self.thread_opened.emit, row.id), kind="row")
        made.setToolTip(dates.spoken(row.last_date, time.time()))
        return made


def correspondent(detail: ThreadDetail) -> PersonRef | None:
    """Whom a conversation is with: the newest sender who is not me, else the first recipient who is not."""
    for message in reversed(detail.messages):
        if not message.sender.mine:
            return message.sender
    for message in reversed(detail.messages):
        for one in (*message.to, *message.cc):
            if not one.mine:
                return one
    return None
