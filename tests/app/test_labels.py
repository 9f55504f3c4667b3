"""Key `l`: a category is chosen or named, how far it reaches is chosen, and what changes is said before."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.views.inbox.words import Listed, row_text, sentence
from app.views.labels.chooser import LabelChooser
from app.views.reader.decision_line import tags_line
from fluffy_core import Scope, ThreadTag
from tests.app.driver import Opened
from tests.app.fake_rules import TAGS
from tests.app.fakes import row


def choose(opened: Opened) -> LabelChooser:
    """The chooser over the conversation in view, its choices there."""
    opened.press("L")
    (chooser,) = opened.window.findChildren(LabelChooser)
    opened.settle(lambda: chooser.list.count() > 0 and bool(chooser.changes.text()))
    return chooser


def texts(chooser: LabelChooser) -> list[str]:
    return [chooser.list.item(at).text() for at in range(chooser.list.count())]


def key(chooser: LabelChooser, which: Qt.Key) -> None:
    QTest.keyClick(chooser.line, which)


def current(opened: Opened) -> object:
    return opened.window.inbox.list.view.current_id()


def test_arrows_and_enter_say_what_a_conversation_is(opened: Opened) -> None:
    thread = current(opened)
    chooser = choose(opened)
    assert texts(chooser)[:3] == ["Important", "For your information", "Bulk mail"]
    assert chooser.changes.text() == "12 other conversations will follow."
    key(chooser, Qt.Key.Key_Down)
    key(chooser, Qt.Key.Key_Return)
    opened.settle(lambda: bool(opened.mail.learnt.done))
    assert opened.mail.learnt.done == [("say", thread, "fyi", None, True)]
    assert not opened.window.findChildren(LabelChooser) or not chooser.isVisible()


def test_a_name_of_ones_own_makes_a_category(opened: Opened) -> None:
    chooser = choose(opened)
    chooser.line.setText("New")
    assert texts(chooser) == ["New category “New”"]
    opened.settle(lambda: "Only this conversation" in chooser.changes.text())
    assert "once more examples" in chooser.changes.text()
    key(chooser, Qt.Key.Key_Return)
    opened.settle(lambda: bool(opened.mail.learnt.done))
    assert opened.mail.learnt.done[0][2:] == ("New", None, True)


def test_typing_narrows_the_list_and_a_known_name_is_not_made_again(opened: Opened) -> None:
    opened.mail.learnt.tags = TAGS
    chooser = choose(opened)
    chooser.line.setText("recei")
    assert texts(chooser) == ["Receipts", "New category “recei”"]
    chooser.line.setText("RECEIPTS")
    assert texts(chooser) == ["Receipts"]
    chooser.line.setText("")
    assert len(texts(chooser)) == 8


def test_how_far_it_reaches_is_chosen(opened: Opened) -> None:
    chooser = choose(opened)
    chooser.scope.choose(Scope.THREAD)
    opened.settle(lambda: chooser.changes.text() == "Only this conversation changes now.")
    assert chooser.scope.text().startswith("Only this conversation")
    key(chooser, Qt.Key.Key_Enter)
    opened.settle(lambda: bool(opened.mail.learnt.done))
    assert opened.mail.learnt.done[0][3] is Scope.THREAD


def test_a_category_of_ones_own_that_holds_is_taken_off(opened: Opened) -> None:
    opened.mail.learnt.tags = TAGS
    opened.mail.learnt.holds = {"Receipts": "You put it here", "important": ""}
    chooser = choose(opened)
    assert texts(chooser)[0] == "Important ✓"
    chooser.line.setText("rece")
    assert texts(chooser)[0] == "Receipts ✓"
    assert chooser.changes.text() == "It is taken off. You put it here"
    key(chooser, Qt.Key.Key_Return)
    opened.settle(lambda: bool(opened.mail.learnt.done))
    assert opened.mail.learnt.done[0][2:] == ("Receipts", None, False)


def test_a_category_with_a_similar_example_comes_first_and_says_which(opened: Opened) -> None:
    opened.mail.learnt.tags = TAGS
    opened.mail.learnt.alike = {"Receipts": "Parcel 12"}
    assert texts(choose(opened))[:2] == ["Receipts: like “Parcel 12”", "Important"]


def test_escape_says_nothing(opened: Opened) -> None:
    chooser = choose(opened)
    QTest.keyClick(chooser, Qt.Key.Key_Escape)
    opened.settle()
    assert opened.mail.learnt.done == []


def test_a_reply_is_needed_or_not_by_one_key(opened: Opened) -> None:
    thread = current(opened)
    opened.press("Shift+N")
    opened.settle(lambda: len(opened.mail.learnt.done) == 1)
    opened.press("Shift+R")
    opened.settle(lambda: len(opened.mail.learnt.done) == 2)
    assert opened.mail.learnt.done == [
        ("say", thread, "no-reply", None, True), ("say", thread, "reply", None, True),
    ]  # fmt: skip


def test_the_chooser_fits_a_small_window(opened: Opened) -> None:
    opened.window.resize(640, 400)
    opened.bot.waitUntil(lambda: opened.window.width() == 640)
    chooser = choose(opened)
    button = next(one for one in chooser.findChildren(QPushButton) if one.text() == "Say so")
    opened.bot.waitUntil(button.isVisible)
    bottom = button.mapTo(opened.window, button.rect().bottomLeft()).y()
    assert bottom <= opened.window.height()


def tagged(*names: str) -> Listed:
    tags = tuple(ThreadTag(at, name, f"You put it in {name}") for at, name in enumerate(names))
    return Listed(replace(row(0), tags=tags))


def test_tags_are_shown_and_spoken_in_a_row_and_markup_stays_letters() -> None:
    two = tagged("Receipts", "<b>x</b>\u202e\n", "third")
    assert row_text(two).tags == "Receipts · <b>x</b>"
    assert "Receipts, <b>x</b>, third" in sentence(two)
    assert row_text(tagged()).tags == ""


def test_the_reader_says_why_a_conversation_has_a_tag(opened: Opened) -> None:
    asked = []
    line = tags_line(tagged("Receipts", "Apollo").row.tags, lambda: asked.append(1))
    opened.bot.addWidget(line)
    assert line.accessibleName() == ("In Receipts: you put it in Receipts; Apollo: you put it in Apollo")
    line.findChildren(QPushButton)[0].click()
    assert asked == [1]
