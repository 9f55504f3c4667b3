"""Today: what needs a reply, what is due, what got no answer, and how the week was."""

from typing import Any

from PySide6.QtCore import Signal

from app.actions import today as acts
from app.actions import triage
from app.actions.today import Today
from app.background import Op
from app.context import Context
from app.views.card_page import CardPage
from app.views.owed.row import OwedRow
from app.views.today.row import Call, CallRow, answer, reminder
from app.widgets.card_row import CardRow
from app.widgets.card_section import CardSection
from fluffy_core import Changed, Ruling, number_of


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
        self.shown: Today | None = None

    def finish(self, row: CardRow) -> None:
        """What is owed was done; a conversation is put away."""
        if isinstance(row, OwedRow):
            row.rule(Ruling.DONE)
        elif isinstance(row.value, Call):
            triage.set_done(self._context, self._context.notices, [row.value.thread_id])

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def _show(self, found: Today) -> None:
        self._op = None
        self.shown = found
        digest = found.digest
        calls = [answer(row, digest.decisions[row.id]) for row in digest.needs_reply]
        all_of_them = digest.counts.needs_reply
        more = f" · THE FIRST {len(calls)} OF {all_of_them:,}" if len(calls) < all_of_them else ""
        self._replies.heading.setText(f"NEEDS REPLY{more}")
        self._replies.show_values({one.thread_id: one for one in calls})
        self._due.show_values({one.id: one for one in found.due})
        self._silent.show_values({one.message_id: reminder(one) for one in digest.follow_ups})
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


def _about(found: Today) -> str:
    """As "15 conversations need a reply, 9 wait for others. Last seven days: 30 messages received, …"."""
    counts = found.digest.counts
    need = number_of(counts.needs_reply, "conversation needs", "conversations need")
    waits = number_of(counts.waiting, "waits for others", "wait for others")
    now = f"{need} a reply, {waits}." if counts.waiting else f"{need} a reply."
    return f"{now} The last seven days: {'; '.join(found.week)}." if found.week else now
