"""The summary above a conversation: sentences that lead to where they were written, and what is owed."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.views.people.owed import HEADINGS, verdicts, when
from app.widgets import dates
from app.widgets.buttons import button, chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import hairline, label, tip
from app.widgets.text import clean, isolated, shorten
from fluffy_core import (
    CommitmentRow,
    Debtor,
    MessageId,
    Ruling,
    Sentiment,
    Summary,
    SummaryPoint,
    Urgency,
    number_of,
)

Jump = Callable[[MessageId, str], object]
SHOWN = 6
FAST = "The most telling sentences of the mail itself, found without a language model"
ACCURATE = "Written by a language model on this computer; only what the mail says itself was kept"
_URGENCY = {Urgency.SOON: "Wanted soon", Urgency.URGENT: "Urgent"}
_SENTIMENT = {Sentiment.POSITIVE: "Sounds pleased", Sentiment.NEGATIVE: "Sounds displeased"}


@dataclass(frozen=True)
class Doings:
    """What can be done from a summary: go to a sentence, contradict it, have a better one made."""

    jump: Jump
    wrong: Callable[[SummaryPoint], object]
    rule: Callable[[CommitmentRow, Ruling], object]
    """Say what became of something that is owed."""
    better: Callable[[], object] | None = None
    """None where no language model could make one."""


class SummaryCard(QFrame):
    """`numbers` are the places of messages in the conversation, from 1; `owed` is what is open there."""

    def __init__(
        self,
        summary: Summary,
        age: float | None,
        *,
        numbers: Mapping[MessageId, int],
        doings: Doings,
        owed: Sequence[CommitmentRow] = (),
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName("Summary")
        self._numbers, self._doings = numbers, doings
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 14)
        self._column.setSpacing(4)
        self._column.addLayout(self._head(summary, age))
        for point in summary.gist:
            self._column.addWidget(self._line(point))
        for point in _untold(summary.points, owed)[:SHOWN]:
            self._column.addWidget(self._line(point, bullet=True))
        self._decisions(summary)
        if owed:
            self._rule()
            self._column.addLayout(self._owed(owed))
        self._tone(summary)

    def _head(self, summary: Summary, age: float | None) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Summary", "small"))
        head.addStretch()
        origin = label(_origin(summary, age, len(self._numbers)), "small", wrap=True)
        means = FAST if summary.engine.startswith("fast") else ACCURATE
        tip(origin, means)
        origin.setAccessibleDescription(means)
        head.addWidget(origin, 4)
        if self._doings.better is not None:
            words = "Better summary" if summary.engine.startswith("fast") else "Make anew"
            self._better = button(words, self._ask, kind="link")
            head.addWidget(self._better)
        return head

    def _ask(self) -> None:
        if self._doings.better is not None:
            self._better.setText("Being made …")
            self._better.setEnabled(False)
            self._doings.better()

    def _rule(self) -> None:
        self._column.addSpacing(6)
        self._column.addWidget(hairline())
        self._column.addSpacing(6)

    def _line(self, point: SummaryPoint, *, bullet: bool = False, before: str = "") -> InlineText:
        words = sentence_case(point.text)
        marks = self._marks(point.message_id, point.evidence)
        wrong = chip(
            "wrong",
            lambda: self._doings.wrong(point),
            says=f"“{shorten(words, 60)}” is wrong",
            hint="This is wrong: do not show it again",
            kind="wrong",
        )
        return InlineText(f"{before}{words}", [*marks, wrong], bullet=bullet)

    def _decisions(self, summary: Summary) -> None:
        """What was decided, unless the points tell it."""
        told = {(one.message_id, one.evidence) for one in summary.points}
        for point in summary.decisions:
            if (point.message_id, point.evidence) not in told:
                self._column.addWidget(self._line(point, before="Decided: "))

    def _tone(self, summary: Summary) -> None:
        tone = summary.tone
        found = (
            (_URGENCY.get(tone.urgency), tone.urgency_shown),
            (_SENTIMENT.get(tone.sentiment), tone.sentiment_shown),
        )
        told = [(words, shown) for words, shown in found if words and shown]
        if told:
            self._column.addSpacing(4)
        for words, shown in told:
            marks = self._marks(shown.message_id, shown.evidence)
            self._column.addWidget(
                InlineText(f"{words}: “{shorten(clean(shown.text), 160)}”", marks, kind="small")
            )

    def _owed(self, owed: Sequence[CommitmentRow]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(24)
        for debtor, heading in HEADINGS:
            side = [row for row in owed if row.commitment.debtor is debtor]
            if side:
                line.addWidget(self._side(heading, side), 1)
        return line

    def _side(self, heading: str, owed: Sequence[CommitmentRow]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(label(heading, "small"))
        for row in owed[-SHOWN:]:
            one = row.commitment
            who = one.person.name or one.person.email if one.debtor is Debtor.THEM else ""
            words = f"{isolated(shorten(clean(who), 40))}: " if who else ""
            words += sentence_case(one.quote) + (f" ({when(row)})" if one.due else "")
            ruled = verdicts(row, partial(self._doings.rule, row))
            column.addWidget(InlineText(words, [*self._marks(one.message_id, one.quote), *ruled]))
        if len(owed) > SHOWN:
            column.addWidget(label(f"and {number_of(len(owed) - SHOWN, 'older one')}", "small"))
        column.addStretch()
        return made

    def _marks(self, message_id: MessageId, words: str) -> list[QPushButton]:
        """The number of the message, which leads to the words in it."""
        number = self._numbers.get(message_id)
        if number is None:
            return []
        says = f"Go to message {number}, where this was written"
        return [chip(str(number), lambda: self._doings.jump(message_id, words), says=says)]


def _untold(points: Sequence[SummaryPoint], owed: Sequence[CommitmentRow]) -> list[SummaryPoint]:
    """The points but for the sentences that stand below as owed, with what can be said of them."""
    told = {(row.commitment.message_id, _key(row.commitment.quote)) for row in owed}
    return [one for one in points if (one.message_id, _key(one.text)) not in told]


def _key(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".!?")


def sentence_case(text: str) -> str:
    """A sentence that was cut out after "Hello," begins with a capital."""
    shown = clean(text, 1200)
    return shown[:1].upper() + shown[1:]


def _origin(summary: Summary, age: float | None, messages: int) -> str:
    """As "accurate · some-model · 12 messages · 2 min ago"."""
    engine = [shorten(clean(one), 40) for one in summary.engine.split(" ", 1)]
    made = [dates.ago(age, time.time())] if age else []
    return " · ".join([*engine, number_of(messages, "message"), *made])
