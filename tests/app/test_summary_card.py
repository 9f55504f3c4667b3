"""The summary card: what it tells, where its marks lead, what can be said against it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.views.reader.summary_card import ACCURATE, FAST, Doings, SummaryCard
from app.widgets.inline_text import InlineText
from fluffy_core import (
    CommitmentRow,
    Debtor,
    MessageId,
    Ruling,
    Sentiment,
    Summary,
    SummaryPoint,
    ThreadId,
    Tone,
    Urgency,
)
from tests.app.driver import Open, Opened
from tests.app.fake_commitments import QUOTE, overdue, owed
from tests.app.fakes import FakeMail
from tests.app.test_reader import press, show
from tests.fakes.models import Scripted

FIRST, SECOND = MessageId(11), MessageId(12)
DECIDED = SummaryPoint("we take the annual plan.", FIRST)
PRICE = SummaryPoint("Hanna names the price.", SECOND, "The price is 300 euros.")
SUMMARY = Summary(
    points=(DECIDED, PRICE),
    engine="accurate some-model",
    gist=(SummaryPoint("It is about a plan.", FIRST, "the annual plan"),),
    decisions=(DECIDED, SummaryPoint("the second seat is cancelled.", SECOND)),
    tone=Tone(
        Sentiment.NEGATIVE,
        SummaryPoint("I am furious.", SECOND),
        Urgency.URGENT,
        SummaryPoint("Send it at once.", SECOND),
    ),
)


def written_in(message_id: MessageId, row: CommitmentRow) -> CommitmentRow:
    return replace(row, commitment=replace(row.commitment, message_id=message_id))


OWED = (
    written_in(FIRST, owed(1, Debtor.ME, "send the quote", "2037-11-26")),
    written_in(SECOND, owed(2, Debtor.THEM, "pay it")),
)


class Shown:
    """A card, and what was done from it."""

    def __init__(self, summary: Summary, owed: Sequence[CommitmentRow] = (), *, better: bool = True) -> None:
        self.jumps: list[tuple[MessageId, str]] = []
        self.wrong: list[SummaryPoint] = []
        self.ruled: list[tuple[int, Ruling]] = []
        self.asked = 0
        doings = Doings(
            jump=lambda message, words: self.jumps.append((message, words)),
            wrong=self.wrong.append,
            rule=lambda row, ruling: self.ruled.append((row.id, ruling)),
            better=self._ask if better else None,
        )
        numbers = {FIRST: 1, SECOND: 2}
        self.card = SummaryCard(summary, None, numbers=numbers, doings=doings, owed=owed)

    def _ask(self) -> None:
        self.asked += 1

    @property
    def lines(self) -> list[str]:
        return [one.accessibleName() for one in self.card.findChildren(InlineText)]

    @property
    def labels(self) -> list[str]:
        return [one.text() for one in self.card.findChildren(QLabel)]

    def buttons(self, line: str) -> list[QPushButton]:
        (found,) = [one for one in self.card.findChildren(InlineText) if one.accessibleName() == line]
        return found.findChildren(QPushButton)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    made = Shown(SUMMARY, OWED)
    qtbot.addWidget(made.card)
    return made


def test_everything_is_told_once(shown: Shown) -> None:
    assert sorted(shown.lines) == sorted(
        [
            "It is about a plan.",
            "We take the annual plan.",
            "Hanna names the price.",
            "Decided: The second seat is cancelled.",
            "Send the quote (by Thu 26 Nov)",
            "Hanna Lindqvist: Pay it",
            "Urgent: “Send it at once.”",
            "Sounds displeased: “I am furious.”",
        ]
    )
    assert "accurate · some-model · 2 messages" in shown.labels
    assert {"You owe", "They owe"} <= set(shown.labels)


@pytest.mark.parametrize(("engine", "means"), [("fast", FAST), ("accurate some-model", ACCURATE)])
def test_what_made_it_is_explained(qtbot: QtBot, engine: str, means: str) -> None:
    made = Shown(replace(SUMMARY, engine=engine))
    qtbot.addWidget(made.card)
    (origin,) = [one for one in made.card.findChildren(QLabel) if "2 messages" in one.text()]
    assert means in origin.toolTip()
    assert origin.accessibleDescription() == means


def test_what_is_owed_is_not_told_as_a_point_too(qtbot: QtBot) -> None:
    point = SummaryPoint("Send the quote.", FIRST)
    elsewhere = SummaryPoint("Send the quote.", SECOND)
    made = Shown(Summary((point, elsewhere), "fast"), OWED[:1])
    qtbot.addWidget(made.card)
    assert made.lines == ["Send the quote.", "Send the quote (by Thu 26 Nov)"]
    assert made.buttons("Send the quote.")[0].text() == "2"


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("We take the annual plan.", (FIRST, "we take the annual plan.")),
        ("Hanna names the price.", (SECOND, "The price is 300 euros.")),
        ("It is about a plan.", (FIRST, "the annual plan")),
        ("Hanna Lindqvist: Pay it", (SECOND, "pay it")),
        ("Urgent: “Send it at once.”", (SECOND, "Send it at once.")),
    ],
)
def test_marks_lead_to_the_words_in_the_message(
    shown: Shown, line: str, place: tuple[MessageId, str]
) -> None:
    mark = shown.buttons(line)[0]
    assert mark.text() == ("1" if place[0] is FIRST else "2")
    assert mark.accessibleName() == f"Go to message {mark.text()}, where this was written"
    mark.click()
    assert shown.jumps == [place]


def test_each_point_can_be_wrong(shown: Shown) -> None:
    for line, point in (("Hanna names the price.", PRICE), ("We take the annual plan.", DECIDED)):
        wrong = shown.buttons(line)[-1]
        assert wrong.accessibleName() == f"“{line}” is wrong"
        wrong.click()
        assert shown.wrong.pop() == point


def test_what_is_owed_can_be_done_or_wrong(shown: Shown) -> None:
    _, done, wrong = shown.buttons("Hanna Lindqvist: Pay it")
    assert (done.accessibleName(), wrong.accessibleName()) == ("Done: pay it", "Nothing is owed here: pay it")
    done.click()
    wrong.click()
    assert shown.ruled == [(2, Ruling.DONE), (2, Ruling.WRONG)]


def test_a_day_that_has_passed_says_so(qtbot: QtBot) -> None:
    made = Shown(SUMMARY, [overdue(OWED[0])])
    qtbot.addWidget(made.card)
    assert "Send the quote (overdue since Thu 26 Nov)" in made.lines
    assert "They owe" not in made.labels


def test_the_newest_of_many_are_shown(qtbot: QtBot) -> None:
    made = Shown(SUMMARY, [owed(number, Debtor.ME, f"send part {number} of it") for number in range(8)])
    qtbot.addWidget(made.card)
    parts = [line for line in made.lines if line.startswith("Send part")]
    assert parts == [f"Send part {number} of it" for number in range(2, 8)]
    assert "and 2 older ones" in made.labels


def test_a_better_one_is_asked_for_once(qtbot: QtBot) -> None:
    made = Shown(replace(SUMMARY, engine="fast"))
    qtbot.addWidget(made.card)
    (button,) = [one for one in made.card.findChildren(QPushButton) if one.text() == "Better summary"]
    button.click()
    assert (button.text(), button.isEnabled(), made.asked) == ("Being made …", False, 1)


def test_what_the_model_told_can_be_made_anew(shown: Shown) -> None:
    assert "Make anew" in [one.text() for one in shown.card.findChildren(QPushButton)]


def test_without_a_language_model_nothing_better_is_offered(qtbot: QtBot) -> None:
    made = Shown(SUMMARY, better=False)
    qtbot.addWidget(made.card)
    words = {one.text() for one in made.card.findChildren(QPushButton)}
    assert words == {"1", "2", "wrong"}


def test_a_plain_summary_says_nothing_of_tone(qtbot: QtBot) -> None:
    made = Shown(Summary((DECIDED,), "fast"), better=False)
    qtbot.addWidget(made.card)
    assert made.lines == ["We take the annual plan."]


def test_markup_of_mail_stays_letters(qtbot: QtBot) -> None:
    words = "<b>bold</b> &amp; <img src='x'>"
    made = Shown(
        replace(SUMMARY, points=(SummaryPoint(words, FIRST),), engine=f"accurate {words}"), better=False
    )
    qtbot.addWidget(made.card)
    assert words in made.lines
    assert any(words[:20] in one for one in made.labels)


def test_a_message_that_is_not_here_has_no_mark(qtbot: QtBot) -> None:
    made = Shown(Summary((SummaryPoint("It went away.", MessageId(99)),), "fast"), better=False)
    qtbot.addWidget(made.card)
    assert [one.text() for one in made.buttons("It went away.")] == ["wrong"]


def test_wrong_takes_the_point_from_the_window(opened: Opened) -> None:
    page = show(opened, 6)
    press(page, "wrong")  # of the decision line
    assert opened.mail.wrong_points == []
    (card,) = page.findChildren(SummaryCard)
    wrong = [one for one in card.findChildren(QPushButton) if one.text() == "wrong"]
    wrong[0].click()
    opened.settle(lambda: opened.mail.wrong_points == [(600, "we decided to go with the annual plan.")])

    def lines() -> list[str]:
        return [one.accessibleName() for one in page.findChildren(InlineText) if one.isVisible()]

    opened.bot.waitUntil(lambda: "We decided to go with the annual plan." not in lines())
    assert "main" not in opened.mail.callers


def test_done_takes_what_was_owed_from_the_window(opened: Opened) -> None:
    page = show(opened, 1)

    def owed_lines() -> list[str]:
        (card,) = [one for one in page.findChildren(SummaryCard) if one.isVisible()]
        chips = [one for one in card.findChildren(QPushButton) if one.text() == "done"]
        return [one.accessibleName() for one in chips]

    assert owed_lines() == [f"Done: {QUOTE}", "Done: I'll let you know the billing address."]
    (card,) = page.findChildren(SummaryCard)
    next(one for one in card.findChildren(QPushButton) if one.text() == "done").click()
    opened.settle(lambda: opened.mail.commitments.said == [(1, Ruling.DONE)])
    opened.bot.waitUntil(lambda: owed_lines() == ["Done: I'll let you know the billing address."])


def test_a_conversation_that_is_read_gets_its_better_summary(open_window: Open) -> None:
    mail = FakeMail()
    mail.core.models = Scripted()
    opened = open_window(mail)
    opened.settle(lambda: opened.window.inbox.reader.page is not None)
    page = show(opened, 6)
    opened.bot.waitUntil(lambda: mail.better_wanted == [(ThreadId(6), False)], timeout=5000)
    press(page, "Better summary")
    opened.settle(lambda: mail.better_wanted[-1] == (ThreadId(6), True))


def test_without_a_language_model_nothing_is_asked(opened: Opened) -> None:
    page = show(opened, 2)
    opened.bot.waitUntil(lambda: ThreadId(2) not in opened.mail.unread, timeout=5000)
    opened.settle()
    assert opened.mail.better_wanted == []
    assert "Better summary" not in [one.text() for one in page.findChildren(QPushButton)]
