"""What is owed, beside a conversation and on a card: words, days, the way there, and the user's word."""

from dataclasses import replace

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.context import Context
from app.views.inbox.person_panel import PersonPanel
from app.views.people.card import PersonCard
from app.views.people.owed import OwedList, when
from app.widgets.inline_text import InlineText
from fluffy_core import Changed, Debtor, Ruling, ThreadId
from tests.app.driver import Opened
from tests.app.fake_commitments import QUOTE, overdue, owed


def lines(inside: QWidget) -> list[str]:
    return [one.accessibleName() for each in inside.findChildren(OwedList) for one in _texts(each)]


def _texts(inside: QWidget) -> list[InlineText]:
    return inside.findChildren(InlineText)


def press(inside: QWidget, words: str) -> None:
    owed_list = inside.findChildren(OwedList)[-1]
    next(one for one in owed_list.findChildren(QPushButton) if one.text() == words).click()


def elsewhere(opened: Opened) -> PersonPanel:
    """Beside a conversation, when all that is owed was said in another one with the same person."""
    ledger, side = opened.mail.commitments, opened.window.inbox.side
    ledger.rows = [replace(row, thread_id=ThreadId(8)) for row in ledger.rows]
    opened.mail.core.bus.changed(Changed.COMMITMENTS)
    opened.settle(lambda: len(lines(side)) == 2)
    return side


def test_what_the_card_of_a_conversation_tells_is_not_told_beside_it(opened: Opened) -> None:
    side, reader = opened.window.inbox.side, opened.window.inbox.reader
    opened.settle(lambda: bool(side.findChildren(OwedList)))
    assert lines(side) == []
    assert reader.page is not None
    told = [one.accessibleName() for one in reader.page.findChildren(InlineText)]
    assert any(one.startswith(QUOTE.replace("could", "Could")) for one in told)


def test_the_person_beside_a_conversation_shows_both_sides(opened: Opened) -> None:
    side = elsewhere(opened)
    assert lines(side) == [QUOTE.replace("could", "Could"), "I'll let you know the billing address."]
    headings = [one.text() for one in side.findChildren(OwedList)[-1].findChildren(QLabel)]
    assert headings == ["You owe", "They owe"]


def test_done_is_kept_and_the_line_goes(opened: Opened) -> None:
    side = elsewhere(opened)
    press(side, "done")
    opened.settle(lambda: lines(side)[-1:] == ["I'll let you know the billing address."] == lines(side)[-1:])
    assert opened.mail.commitments.said == [(1, Ruling.DONE)]
    opened.settle(opened.window.toast.isVisible)
    assert opened.window.toast.accessibleName() == "Done"
    opened.settle(lambda: len(_texts(side.findChildren(OwedList)[-1])) == 1)


def test_wrong_is_another_word(opened: Opened) -> None:
    side = elsewhere(opened)
    press(side, "wrong")
    opened.settle(lambda: opened.mail.commitments.said == [(1, Ruling.WRONG)])


def test_the_day_leads_to_the_sentence(opened: Opened) -> None:
    side = elsewhere(opened)
    wanted: list[tuple[object, str]] = []
    opened.desk.context.notices.quote_wanted.connect(lambda *said: wanted.append((said[0], said[1])))
    press(side, when(opened.mail.commitments.rows[1]))
    assert wanted == [(100, "I'll let you know the billing address.")]


def test_the_card_of_a_person_shows_the_same(opened: Opened) -> None:
    opened.press("2")
    page = opened.window.page
    opened.settle(lambda: bool(page.findChildren(PersonCard)))
    assert len(lines(page.findChildren(PersonCard)[-1])) == 2


def test_long_lists_are_cut_and_say_so(qtbot: QtBot, opened: Opened) -> None:
    context: Context = opened.desk.context
    many = [owed(number, Debtor.ME, f"Please send part {number} of it.") for number in range(5)]
    made = OwedList(context, many)
    qtbot.addWidget(made)
    assert len(_texts(made)) == 3
    assert "and 2 more" in [one.text() for one in made.findChildren(QLabel)]


def test_nothing_owed_shows_nothing(qtbot: QtBot, opened: Opened) -> None:
    made = OwedList(opened.desk.context, [])
    qtbot.addWidget(made)
    assert made.isHidden()
    assert not made.findChildren(QLabel)


def test_when_says_the_day_as_people_do() -> None:
    row = owed(1, Debtor.ME, "Please send it.", "2126-11-26")
    assert when(row).startswith("by ")
    assert "26" in when(row)
    now = QDate.currentDate()
    soon = [owed(1, Debtor.ME, "Go.", now.addDays(one).toString("yyyy-MM-dd")) for one in (0, 1)]
    assert [when(one) for one in soon] == ["by today", "by tomorrow"]
    assert when(overdue(row)).startswith("overdue since ")
    assert when(owed(1, Debtor.ME, "Please send it.")).startswith("asked ")
    assert when(owed(1, Debtor.THEM, "I'll send it.", "soon")).startswith("promised ")
