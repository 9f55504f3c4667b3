"""Today: what needs a reply, what is due, what got no answer, and how the week was."""

from typing import Any

from PySide6.QtCore import Signal

from app.actions import triage
from app.background import Op, QueryOp
from app.context import Context
from app.views.card_page import CardPage
from app.views.owed.row import OwedRow
from app.views.today.row import Call, CallRow, answer, reminder
from app.widgets.card_row import CardRow
from app.widgets.card_section import CardSection
from fluffy_core import Changed, Digest, Ruling, digest, number_of


class TodayPage(CardPage):
    """The digest, in order; each row has its reason and one key to act."""

    title = "Today"
    news = frozenset({Changed.THREADS, Changed.CATEGORIES, Changed.COMMITMENTS, Changed.FOLLOW_UPS})
    cannot = "Today cannot be shown"
    empty_words = (
        "Nothing needs you today",
        "What needs a reply, what is due this week and what got no answer is listed here.",
    )

    opened = Signal(object)
    """A `Call` to be shown in its message."""
    answer_wanted = Signal(object)
    """A `Call` to be answered."""
    owed_opened = Signal(object)
    """A `CommitmentRow` to be shown in its message."""
    owed_wanted = Signal(object)
    """A `CommitmentRow` to be written about."""

    def __init__(self, context: Context) -> None:
        self._replies = CardSection("NEEDS REPLY", self._make_call)
        self._due = CardSection("YOU OWE THIS WEEK", self._make_owed)
        self._silent = CardSection("NO ANSWER YET", self._make_call)
        super().__init__(context, [self._replies, self._due, self._silent])
        self.shown: Digest | None = None

    def finish(self, row: CardRow) -> None:
        """What is owed was done; a conversation is put away."""
        if isinstance(row, OwedRow):
            row.rule(Ruling.DONE)
        elif isinstance(row.value, Call):
            triage.set_done(self._context, self._context.notices, [row.value.thread_id])

    def _read(self) -> Op[Any]:
        store = self._context.core.store
        op = QueryOp(self._context.background, self, lambda: digest.digest(store))
        return op.success(self._show).failure(self._fail).run()

    def _show(self, found: Digest) -> None:
        self._op = None
        self.shown = found
        calls = [answer(row, found.decisions[row.id]) for row in found.needs_reply]
        all_of_them = found.counts.needs_reply
        more = f" · THE FIRST {len(calls)} OF {all_of_them:,}" if len(calls) < all_of_them else ""
        self._replies.heading.setText(f"NEEDS REPLY{more}")
        self._replies.show_values({one.thread_id: one for one in calls})
        self._due.show_values({one.id: one for one in found.due})
        self._silent.show_values({one.message_id: reminder(one) for one in found.follow_ups})
        self._showed(_about(found))

    def _make_call(self) -> CallRow:
        row = CallRow()
        row.opened.connect(self.opened)
        row.answer_wanted.connect(self.answer_wanted)
        return row

    def _make_owed(self) -> OwedRow:
        row = OwedRow(self._context)
        row.opened.connect(self.owed_opened)
        row.answer_wanted.connect(self.owed_wanted)
        return row


def _about(found: Digest) -> str:
    """As "15 conversations need a reply, 9 wait for others. Last seven days: 30 messages received, …"."""
    counts = found.counts
    need = number_of(counts.needs_reply, "conversation needs", "conversations need")
    waits = number_of(counts.waiting, "waits for others", "wait for others")
    now = f"{need} a reply, {waits}." if counts.waiting else f"{need} a reply."
    return f"{now} The last seven days: {'; '.join(found.week)}." if found.week else now
