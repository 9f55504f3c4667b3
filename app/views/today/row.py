"""A conversation that needs an answer, or got none: who, about what, the words, and a draft a key away."""

import time
from dataclasses import dataclass

from app.views.owed.row import ASK_AGAIN, DRAFT, QUOTE
from app.views.reader.summary_card import sentence_case
from app.widgets import dates
from app.widgets.buttons import chip
from app.widgets.card_row import CardRow
from app.widgets.labels import tip
from app.widgets.text import clean, isolated, shorten
from fluffy_core import Decision, FollowUpRow, MessageId, ThreadId, ThreadRow


@dataclass(frozen=True)
class Call:
    """What a row calls for: an answer to `message_id`, or a reminder of it."""

    thread_id: ThreadId
    message_id: MessageId
    who: str
    subject: str
    date: int
    words: str
    """The sentence to be shown."""
    quote: str
    """What of it stands in the message."""
    reminds: bool = False


def answer(row: ThreadRow, decision: Decision) -> Call:
    """The call for an answer."""
    words = sentence_case(decision.quote or decision.reason)
    return Call(row.id, decision.message_id, row.people, row.subject, row.last_date, words, decision.quote)


def reminder(row: FollowUpRow) -> Call:
    """The call for a reminder."""
    return Call(
        row.thread_id, row.message_id, row.people, row.subject, row.sent_at, row.reason, row.ask, reminds=True
    )


class CallRow(CardRow):
    """Told its newest state again and again."""

    value: Call | None

    def __init__(self) -> None:
        super().__init__((DRAFT, ASK_AGAIN))

    def show_value(self, call: Call) -> None:
        """The conversation as it is now."""
        if call == self.value:
            return
        self.value = call
        who = ", ".join(isolated(one) for one in shorten(call.who, 40).split(", ")) or "(nobody named)"
        subject, words = clean(call.subject, 200) or "(no subject)", shorten(call.words, QUOTE)
        self.who.setText(who)
        self.subject.say(subject)
        self.when.setText(dates.short(call.date, time.time()))
        tip(self.when, dates.exact(call.date))
        self.answer.setText(ASK_AGAIN if call.reminds else DRAFT)
        self.answer.setAccessibleName(f"{self.answer.text()}: {who}, {subject}")
        self.setAccessibleName(clean(f"{who}, {subject}. {words}", 400))
        why = chip(
            "why", self.open_message, says=f"Where “{shorten(words, 80)}” was written; opens the message"
        )
        self.say(words, [why])
