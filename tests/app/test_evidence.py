"""Every conclusion on screen leads to its words, and "wrong" beside it does something that z takes back."""

import re

import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QPointF
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.theme import Theme
from app.views.people.card import PersonCard
from app.views.reader.body import _pattern
from app.views.reader.message_card import MessageCard
from app.views.reader.thread_page import ThreadPage
from app.widgets.buttons import chip
from app.widgets.inline_text import BETWEEN, InlineText
from fluffy_core import ThreadId
from tests.app.driver import Opened
from tests.app.fakes import ASK, PHONE


def show(opened: Opened, thread: int) -> ThreadPage:
    reader = opened.window.inbox.reader
    opened.window.show_thread(ThreadId(thread))
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == thread)
    assert reader.page is not None
    return reader.page


def press(inside: QWidget, words: str) -> None:
    next(
        one for one in inside.findChildren(QPushButton) if words in (one.text(), one.accessibleName())
    ).click()


def lines(page: ThreadPage) -> list[str]:
    return [one.accessibleName() for one in page.findChildren(InlineText) if not one.isHidden()]


def marked(opened: Opened) -> tuple[int, str]:
    """The message and the words that are marked in the reader."""
    page = opened.window.inbox.reader.page
    cards = page.findChildren(MessageCard) if page is not None else []
    found = [
        (int(one.message.id), one.body.marked) for one in cards if one.body is not None and one.body.marked
    ]
    return found[0] if found else (0, "")


def test_why_a_reply_is_needed_leads_to_the_question(opened: Opened) -> None:
    page = show(opened, 3)
    assert lines(page)[0].startswith("Needs reply: Hanna asks you: “could you send")
    press(page, "why")
    opened.bot.waitUntil(lambda: marked(opened) == (300, ASK))
    card = page.card(page.detail.messages[0].id)
    assert card is not None
    assert card.is_open
    opened.bot.waitUntil(lambda: not card.visibleRegion().isEmpty())


def test_wrong_is_noted_at_once_and_the_user_is_not_questioned(opened: Opened) -> None:
    page = show(opened, 3)
    press(page, "wrong")
    opened.settle(lambda: opened.mail.ruled == [("reject", 3, "needs-reply")])
    opened.settle(lambda: lines(page)[0] == "You said that it needs no reply")
    assert opened.window.inbox.reader.page is page  # the text did not move
    assert opened.window.toast.accessibleName() == "Noted: It needs no reply"
    shown = [one for one in page.findChildren(QPushButton) if one.text() == "wrong" and one.isVisible()]
    assert [one.accessibleName() for one in shown if "Needs reply" in one.accessibleName()] == []


def test_bulk_mail_has_its_reason_too(opened: Opened) -> None:
    page = show(opened, 12)
    assert lines(page)[0] == "Bulk mail: sent to a mailing list"
    press(page, "wrong")
    opened.settle(lambda: opened.mail.ruled == [("reject", 12, "bulk")])


def test_a_fact_leads_to_the_line_that_says_so(opened: Opened) -> None:
    opened.press("2")
    opened.settle(lambda: bool(opened.window.page.findChildren(PersonCard)))
    card = opened.window.page.findChildren(PersonCard)[-1]
    source = next(
        one for one in card.findChildren(QPushButton) if one.accessibleName().startswith(f"Why {PHONE}")
    )
    source.click()
    opened.settle(lambda: opened.window.page is opened.window.inbox)
    opened.bot.waitUntil(lambda: marked(opened) == (600, PHONE))


def test_a_fact_of_the_open_conversation_is_marked_where_the_reader_is(opened: Opened) -> None:
    page = show(opened, 6)
    opened.desk.context.notices.quote_wanted.emit(page.detail.messages[0].id, PHONE)
    opened.bot.waitUntil(lambda: marked(opened) == (600, PHONE))
    assert opened.window.inbox.reader.page is page


def test_a_wrong_fact_goes(opened: Opened) -> None:
    opened.press("2")
    opened.settle(lambda: bool(opened.window.page.findChildren(PersonCard)))
    press(opened.window.page.findChildren(PersonCard)[-1], f"{PHONE} is wrong")
    opened.settle(lambda: opened.mail.ruled == [("reject field", 1, PHONE)])

    def facts() -> list[str]:
        card = opened.window.page.findChildren(PersonCard)[-1]
        return [one.accessibleName() for one in card.findChildren(InlineText)]

    opened.settle(lambda: PHONE not in facts())
    assert "Hamburg" in facts()
    assert opened.window.toast.accessibleName() == f"Removed for good: {PHONE}"


def test_a_newer_wish_forgets_the_sentence_asked_for(opened: Opened) -> None:
    inbox = opened.window.inbox
    inbox.show_quote(ThreadId(6), inbox.reader.page.detail.messages[0].id, PHONE)  # type: ignore[union-attr]
    inbox.open_thread(ThreadId(4))
    opened.settle(lambda: inbox.reader.page is not None and inbox.reader.page.detail.row.id == 4)
    opened.bot.wait(50)
    assert marked(opened) == (0, "")


@pytest.mark.parametrize("moves", [True, False])
def test_a_sentence_flashes_once_unless_the_system_asks_for_rest(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, moves: bool
) -> None:
    monkeypatch.setattr(Theme, "moves", moves)
    card = show(opened, 1).current_card()
    assert card is not None
    assert card.flash("we decided to go with the annual plan.") is not None
    body = card.body
    assert body is not None
    style = opened.desk.context.style
    assert (body.fade.state() is QAbstractAnimation.State.Running) is moves
    assert body.fade.duration() == 150
    soft = style.color("accent_soft")

    def ground() -> QColor:
        selections = body.extraSelections()
        return selections[0].format.background().color()

    opened.bot.waitUntil(lambda: ground() == soft)
    assert body.fade.loopCount() == 1


def wrong() -> QPushButton:
    return chip("wrong", str, says="Wrong", kind="wrong")


def ink(button: QPushButton) -> int:
    """How many colours its picture has: more than one where something can be seen."""
    image = button.grab().toImage()
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


def test_wrong_is_seen_where_the_pointer_or_the_focus_is(opened: Opened) -> None:
    button = wrong()
    line = InlineText("A sentence of a summary", [button])
    opened.bot.addWidget(line)
    line.resize(400, 40)
    line.show()
    line.activateWindow()
    assert ink(button) == 1
    line.enterEvent(QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))
    assert ink(button) > 1
    line.leaveEvent(QEvent(QEvent.Type.Leave))
    assert ink(button) == 1
    opened.bot.waitUntil(line.isActiveWindow)
    button.setFocus()
    assert ink(button) > 1


def test_beside_a_decision_wrong_is_always_seen(opened: Opened) -> None:
    button = wrong()
    line = InlineText("Needs reply", [button], outspoken=True)
    opened.bot.addWidget(line)
    line.resize(400, 40)
    line.show()
    line.leaveEvent(QEvent(QEvent.Type.Leave))
    assert ink(button) > 1


def test_a_sentence_from_right_to_left_ends_at_the_left(opened: Opened) -> None:
    del opened
    for text, last in (("سأرسل لك الأرقام يوم الخميس.", True), ("I will send it.", False)):
        layout, _height = InlineText(text)._place(400)
        line = layout.lineAt(0)
        end: float = line.cursorToX(len(text))[0]  # type: ignore[index]
        assert (end < line.naturalTextWidth() / 2) is last
        assert line.naturalTextRect().left() == 0


def test_marks_stay_together(opened: Opened) -> None:
    marks = [chip("signature, 9 Dec 2025", str, says="Why"), chip("wrong", str, says="Wrong", kind="wrong")]
    line = InlineText("A value of some length", marks)
    opened.bot.addWidget(line)
    for width in range(100, 500, 7):
        line.resize(width, line.heightForWidth(width))
        line.show()
        first, second = (one.geometry() for one in marks)
        both = first.width() + BETWEEN + second.width()
        assert not first.intersects(second)
        if both <= width:
            assert first.y() == second.y()
            assert second.right() < width
        assert line.rect().contains(second.bottomLeft())


@pytest.mark.parametrize(
    "shown", ["the form.", "the form <https://x.example/a>.", "the form<https://x.example>."]
)
def test_a_sentence_is_found_whose_link_tells_where_it_leads(shown: str) -> None:
    assert re.fullmatch(r"\s+".join(map(_pattern, ["the", "form."])), shown)
