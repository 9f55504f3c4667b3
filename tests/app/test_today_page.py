"""Today: what needs the user in order, each with its reason, acted on by keys alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from app.views.owed.row import OwedRow
from app.views.today.page import TodayPage
from app.views.today.row import CallRow, answer, reminder
from app.widgets.card_row import CardRow
from app.widgets.inline_text import InlineText
from app.widgets.text import FSI, PDI
from fluffy_core import (
    Changed,
    Conclusion,
    Debtor,
    Decision,
    FollowUpRow,
    MessageId,
    Ruling,
    Section,
    StoreError,
    ThreadId,
)
from tests.app.driver import Opened
from tests.app.fake_commitments import owed
from tests.app.fake_today import SILENT
from tests.app.fakes import ASK, row
from tests.app.writing import Writing


def show(opened: Opened) -> TodayPage:
    opened.press("5")
    page = opened.window.page
    assert isinstance(page, TodayPage)
    opened.settle(lambda: page.shown is not None or page.failed.isVisible())
    return page


def labels(page: TodayPage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page)]


def sentence(one: CardRow) -> str:
    return one.findChildren(InlineText)[0].accessibleName()


def in_days(days: int) -> str:
    return (datetime.now().astimezone() + timedelta(days=days)).date().isoformat()


def due(opened: Opened, *days: int) -> None:
    """I owe something on each of these days, in conversations that need no reply."""
    opened.mail.commitments.rows = [
        replace(owed(at, Debtor.ME, f"I will send part {at}.", in_days(each)), thread_id=ThreadId(20))
        for at, each in enumerate(days, 1)
    ]


def test_what_needs_a_reply_and_what_got_none_is_listed_with_its_words(opened: Opened) -> None:
    page = show(opened)
    told = labels(page)
    assert told.index("NEEDS REPLY") < told.index("NO ANSWER YET")
    calls = [one for one in page.rows if isinstance(one, CallRow)]
    assert [one.answer.text() for one in calls] == ["Draft reply"] * 5 + ["Ask again"] * 3
    assert sentence(calls[0]) == ASK[:1].upper() + ASK[1:]
    assert sentence(calls[-1]).startswith("3 days without an answer")
    assert calls[0].accessibleName().startswith("Hanna Lindqvist, Revised quote, 40 seats. Could you")


def test_the_week_is_told_in_a_line(opened: Opened) -> None:
    page = show(opened)
    (about,) = (one for one in labels(page) if one.startswith("5 conversations need a reply, 3 wait"))
    assert about.endswith("The last seven days: 30 messages received, 160% more than usual (11.2 a week).")


def test_before_anything_was_counted_only_the_present_is_told(opened: Opened) -> None:
    opened.mail.today.counted = False
    assert "5 conversations need a reply, 3 wait for others." in labels(show(opened))


def test_how_many_more_there_are_is_said(opened: Opened) -> None:
    opened.mail.sections[Section.NEEDS_REPLY] = [ThreadId(at) for at in range(1, 13)]
    assert "NEEDS REPLY · THE FIRST 8 OF 12" in labels(show(opened))


def test_what_i_owe_is_listed(opened: Opened) -> None:
    due(opened, -2, 0, 7)
    page = show(opened)
    assert [sentence(one) for one in page.rows if isinstance(one, OwedRow)] == [
        "I will send part 1.",
        "I will send part 2.",
        "I will send part 3.",
    ]
    assert "by today" in labels(page)
    assert "YOU OWE THIS WEEK" in labels(page)


def test_done_puts_a_conversation_away_and_settles_what_is_owed(opened: Opened) -> None:
    due(opened, 1)
    page = show(opened)
    opened.press("J")
    opened.press("E")
    opened.settle(lambda: opened.mail.done == {1} and len(page.rows) == 8)
    (mine,) = (one for one in page.rows if isinstance(one, OwedRow))
    mine.setFocus()
    opened.press("E")
    opened.settle(lambda: opened.mail.commitments.said == [(1, Ruling.DONE)])
    opened.settle(lambda: not any(isinstance(one, OwedRow) for one in page.rows))


def test_enter_opens_the_sentence_in_its_message(opened: Opened) -> None:
    page = show(opened)
    opened.press("J")
    opened.press("J")
    assert page.current is page.rows[1]
    QTest.keyClick(page.rows[1], Qt.Key.Key_Return)
    inbox = opened.window.inbox
    opened.settle(lambda: opened.window.page is inbox and inbox.reader.thread_id == 2)


def test_why_and_what_is_owed_lead_to_the_message(opened: Opened) -> None:
    due(opened, 1)
    page = show(opened)
    for kind, thread in ((OwedRow, 1), (CallRow, 1)):
        one = next(each for each in page.rows if isinstance(each, kind))
        next(each for each in one.findChildren(QPushButton) if each.text() == "why").click()
        opened.settle(partial(lambda wanted: opened.window.inbox.reader.thread_id == wanted, thread))
        assert opened.window.page is opened.window.inbox
        opened.press("5")


def test_it_follows_the_news_while_it_is_in_view(opened: Opened) -> None:
    page = show(opened)
    opened.mail.sections[Section.NEEDS_REPLY].pop()
    opened.mail.core.bus.changed(Changed.CATEGORIES)
    opened.settle(lambda: len(page.rows) == 7)


def test_nothing_to_do_says_what_will_be_listed(opened: Opened) -> None:
    opened.mail.sections = {one: [] for one in opened.mail.sections}
    opened.mail.commitments.rows = []
    page = show(opened)
    opened.settle(page.empty.isVisible)
    assert page.empty.accessibleName().startswith("Nothing needs you today")


@pytest.mark.logged("the store is closed")
def test_a_fault_is_told_and_can_be_tried_again(opened: Opened) -> None:
    opened.mail.today.fault = StoreError("the store is closed")
    page = show(opened)
    assert page.failed.isVisible()
    opened.mail.today.fault = None
    page.failed.findChildren(QPushButton)[0].click()
    opened.settle(lambda: len(page.rows) == 8)


def test_no_look_is_taken_on_the_window_s_own_thread(opened: Opened) -> None:
    opened.mail.callers.clear()
    show(opened)
    assert opened.mail.callers
    assert not any(one.startswith("Main") for one in opened.mail.callers)


def test_names_of_two_directions_stay_in_their_order() -> None:
    decided = Decision(Conclusion.NEEDS_REPLY, "", MessageId(1), "מתי?")
    shown = CallRow()
    shown.show_value(answer(replace(row(0), people="דנה לוי, Ann", subject=""), decided))
    assert shown.who.text() == f"{FSI}דנה לוי{PDI}, Ann"
    assert "(no subject)" in shown.accessibleName()


@pytest.mark.parametrize(("reminds", "purposes"), [(False, [""]), (True, ["follow up"])])
def test_an_answer_or_a_reminder_is_drafted(writing: Writing, reminds: bool, purposes: list[str]) -> None:
    message = MessageId(int(writing.store.all("SELECT min(id) FROM messages")[0][0]))
    decided = Decision(Conclusion.NEEDS_REPLY, "Ann asks you", message, "could you send the quote?")
    silent = FollowUpRow(ThreadId(1), message, "Quote", "Ann", "could you?", SILENT, 0)
    writing.desk.window.answer_call(reminder(silent) if reminds else answer(row(0), decided))
    writing.settle(lambda: writing.dock.writes and writing.composer.unsent_id is not None)
    writing.settle(lambda: len(writing.requests) == len(purposes))
    assert [one.purpose for one in writing.requests] == purposes
