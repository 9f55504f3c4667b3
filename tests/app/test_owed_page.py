"""The page of what is owed: both sides in order, moved through and acted on by keys alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from app.views.owed.page import OwedPage
from app.views.owed.row import QUOTE
from app.views.people.owed import when
from app.widgets.card_row import CardRow
from app.widgets.inline_text import InlineText
from fluffy_core import CommitmentKind, CommitmentRow, Debtor, MessageId, Ruling, StoreError, ThreadId
from tests.app.driver import Opened
from tests.app.fake_commitments import overdue, owed
from tests.app.writing import Writing


def show(opened: Opened) -> OwedPage:
    opened.press("4")
    page = opened.window.page
    assert isinstance(page, OwedPage)
    opened.settle(lambda: page.shown is not None or page.failed.isVisible())
    return page


def labels(page: OwedPage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page)]


def current(page: OwedPage) -> CardRow:
    found = page.current
    assert found is not None
    return found


def test_both_sides_are_listed_with_who_what_and_when(opened: Opened) -> None:
    page = show(opened)
    assert [one.accessibleName().split(",")[0] for one in page.rows] == [
        "You owe Hanna Lindqvist",
        "Owes you: Hanna Lindqvist",
    ]
    told = labels(page)
    assert told.index("YOU OWE") < told.index("THEY OWE")
    assert told.count("Revised quote, 40 seats") == 2
    assert when(opened.mail.commitments.rows[0]) in told
    assert any(one.startswith("1 thing to do, 1 thing to expect.") for one in told)
    sentence = page.rows[0].findChildren(InlineText)[0]
    assert sentence.accessibleName().startswith("Could you send me the revised quote")


def test_a_day_that_has_passed_stands_out_in_words_and_colour(opened: Opened) -> None:
    rows = opened.mail.commitments.rows
    rows[0] = overdue(rows[0])
    page = show(opened)
    shown = next(one for one in page.findChildren(QLabel) if one.text().startswith("overdue since"))
    assert shown.property("kind") == "warn-small"


def test_one_side_alone_has_one_heading(opened: Opened) -> None:
    del opened.mail.commitments.rows[1]
    assert "THEY OWE" not in labels(show(opened))


def test_nothing_owed_says_what_will_be_listed(opened: Opened) -> None:
    opened.mail.commitments.rows = []
    page = show(opened)
    assert page.empty.isVisible()
    assert "promise" in page.empty.accessibleName()


@pytest.mark.logged("the store is closed")
def test_a_fault_is_told_and_can_be_tried_again(opened: Opened) -> None:
    opened.mail.commitments.fault = StoreError("the store is closed")
    page = show(opened)
    assert page.failed.isVisible()
    opened.mail.commitments.fault = None
    page.failed.findChildren(QPushButton)[0].click()
    opened.settle(lambda: len(page.rows) == 2)


def test_j_and_k_move_through_both_lists_and_stop_at_their_ends(opened: Opened) -> None:
    page = show(opened)
    assert page.current is None
    for key, at in (("J", 0), ("J", 1), ("J", 1), ("K", 0), ("K", 0)):
        opened.press(key)
        assert page.current is page.rows[at]


def test_done_by_key_leaves_the_next_with_the_focus(opened: Opened) -> None:
    rows = opened.mail.commitments.rows
    rows.insert(1, owed(3, Debtor.ME, "Please send the second part."))
    page = show(opened)
    opened.press("J")
    opened.press("E")
    opened.settle(lambda: len(page.rows) == 2)
    assert opened.mail.commitments.said == [(1, Ruling.DONE)]
    assert current(page).value == rows[1]
    opened.settle(opened.window.toast.isVisible)
    assert opened.window.toast.accessibleName() == "Done"


def test_wrong_is_said_with_the_mouse(opened: Opened) -> None:
    page = show(opened)
    next(one for one in page.rows[1].findChildren(QPushButton) if one.text() == "wrong").click()
    opened.settle(lambda: opened.mail.commitments.said == [(2, Ruling.WRONG)])


def test_enter_opens_the_sentence_in_its_message(opened: Opened) -> None:
    page = show(opened)
    opened.press("J")
    QTest.keyClick(current(page), Qt.Key.Key_Return)
    inbox = opened.window.inbox
    opened.settle(lambda: opened.window.page is inbox and inbox.reader.thread_id == 1)


def test_a_long_sentence_is_cut_and_a_name_from_right_to_left_is_shown(opened: Opened) -> None:
    rows = opened.mail.commitments.rows
    rows[0] = owed(1, Debtor.ME, "word " * 200)
    page = show(opened)
    told = page.rows[0].findChildren(InlineText)[0].accessibleName()
    assert len(told) <= QUOTE
    assert told.endswith("…")


def test_keys_without_a_row_do_nothing(opened: Opened) -> None:
    show(opened)
    for key in ("E", "O", "D"):
        opened.press(key)
    opened.settle()
    assert opened.mail.commitments.said == []
    assert isinstance(opened.window.page, OwedPage)


def about(writing: Writing, debtor: Debtor, kind: CommitmentKind) -> CommitmentRow:
    """Something that is owed by the first message of the real store."""
    row = owed(1, debtor, "could you send the quote?")
    message = MessageId(int(writing.store.all("SELECT min(id) FROM messages")[0][0]))
    return replace(
        row, thread_id=ThreadId(1), commitment=replace(row.commitment, message_id=message, kind=kind)
    )


@pytest.mark.parametrize(
    ("debtor", "kind", "purposes"),
    [
        (Debtor.ME, CommitmentKind.ASKED, [""]),
        (Debtor.THEM, CommitmentKind.PROMISED, ["follow up"]),
        (Debtor.THEM, CommitmentKind.ASKED, ["follow up"]),
        (Debtor.ME, CommitmentKind.PROMISED, []),
    ],
)
def test_what_was_asked_is_drafted_and_a_promise_is_mine_to_write(
    writing: Writing, debtor: Debtor, kind: CommitmentKind, purposes: list[str]
) -> None:
    writing.desk.window.answer_owed(about(writing, debtor, kind))
    writing.settle(lambda: writing.dock.writes and writing.composer.unsent_id is not None)
    writing.settle(lambda: len(writing.requests) == len(purposes))
    assert [one.purpose for one in writing.requests] == purposes
    assert writing.desk.window.inbox.reader.thread_id == 1


def test_the_message_that_is_answered_stays_in_view(writing: Writing) -> None:
    writing.write("reply")
    reader = writing.desk.window.inbox.reader
    page = reader.page
    assert page is not None
    card = page.current_card()
    assert card is not None
    holder = page.parentWidget()
    assert holder is not None
    scroll = holder.parentWidget()
    assert scroll is not None

    def top() -> int:
        return card.mapTo(scroll, QPoint(0, 0)).y()

    writing.settle(lambda: 0 <= top() < scroll.height() - 40)


def test_the_words_of_the_button_say_what_it_does(opened: Opened) -> None:
    rows = opened.mail.commitments.rows
    promised = replace(rows[0].commitment, kind=CommitmentKind.PROMISED)
    rows.append(replace(rows[0], id=3, commitment=promised))
    page = show(opened)
    assert [one.answer.text() for one in page.rows] == ["Draft reply", "Write", "Ask again"]
    assert len({one.answer.mapTo(page, one.answer.rect().topLeft()).x() for one in page.rows}) == 1
