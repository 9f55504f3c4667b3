"""One thing that is owed: who, in which words, by when, and what to do about it."""

from app.actions import commitments as acts
from app.context import Context
from app.views.people.owed import verdicts, when
from app.views.reader.summary_card import sentence_case
from app.widgets.buttons import chip
from app.widgets.card_row import CardRow
from app.widgets.labels import dress
from app.widgets.text import clean, isolated, shorten
from fluffy_core import CommitmentKind, CommitmentRow, CommitmentState, Debtor, Ruling

QUOTE = 240
"""Characters of a sentence that are shown here; the whole stands in its message."""

WORDS = DRAFT, WRITE, ASK_AGAIN = "Draft reply", "Write", "Ask again"
"""What can be written: an answer to what was asked, what I promised, a reminder."""


class OwedRow(CardRow):
    """Told its newest state again and again."""

    value: CommitmentRow | None

    def __init__(self, context: Context) -> None:
        super().__init__(WORDS)
        self._context = context

    def show_value(self, row: CommitmentRow) -> None:
        """The entry as it is now."""
        if row == self.value:
            return
        self.value = row
        one = row.commitment
        who = isolated(shorten(one.person.name or one.person.email, 40))
        mine = one.debtor is Debtor.ME
        self.who.setText(who)
        self.subject.say(row.subject or "(no subject)")
        self.when.setText(when(row))
        dress(self.when, "warn-small" if one.state is CommitmentState.OVERDUE else "small")
        asked = DRAFT if one.kind is CommitmentKind.ASKED else WRITE
        self.answer.setText(asked if mine else ASK_AGAIN)
        quote = shorten(one.quote, QUOTE)
        self.answer.setAccessibleName(f"{self.answer.text()}: {quote}")
        self.setAccessibleName(
            clean(f"{'You owe' if mine else 'Owes you:'} {who}, {when(row)}. {quote}", 400)
        )
        why = chip(
            "why", self.open_message, says=f"Where “{shorten(quote, 80)}” was written; opens the message"
        )
        self.say(shorten(sentence_case(one.quote), QUOTE), [why, *verdicts(row, self.rule)])

    def rule(self, ruling: Ruling) -> None:
        """The user's word about it."""
        if self.value is not None:
            acts.rule(self._context, self._context.notices, self.value, ruling=ruling)
