"""The page of learned rules: every rule with its examples, each way to change it, and the tags."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.views.rules.habit_row import HabitRow
from app.views.rules.page import RulesPage
from app.views.rules.rule_card import RuleCard
from app.views.rules.tag_row import TagRow
from fluffy_core import Habit, Portrait, Scope, StoreError
from tests.app.driver import Opened
from tests.app.fake_rules import TAGS, rule


def show(opened: Opened) -> RulesPage:
    opened.press("7")
    page = opened.window.page
    assert isinstance(page, RulesPage)
    opened.settle(lambda: page.shown is not None or page.failed.isVisible())
    return page


def card(page: RulesPage, number: int = 1) -> RuleCard:
    found = page.rules.shown[number]
    assert isinstance(found, RuleCard)
    return found


def said(card_: RuleCard) -> str:
    return " ".join(one.text() for one in card_.findChildren(type(card_._sentence)) if one.text())


def test_an_empty_page_says_how_to_begin(opened: Opened) -> None:
    page = show(opened)
    assert page.empty.isVisible()
    assert "Press l" in page.empty.accessibleName()


def test_a_rule_is_a_sentence_with_examples_that_open(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1, examples=5),)
    page = show(opened)
    shown = card(page)
    assert "You said “Receipts” of 5 conversations from shop1@store.example" in said(shown)
    assert "It holds for 12 conversations." in said(shown)
    assert "and 2 other examples" in said(shown)
    link = next(one for one in shown.findChildren(QPushButton) if one.accessibleName() == "Parcel 5")
    link.click()
    opened.settle(lambda: opened.window.inbox.reader.thread_id == 5)


def test_tab_goes_through_the_rules_as_they_are_read(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1, examples=2), rule(4, examples=1))
    page = show(opened)
    cards = [card(page), card(page, 4)]
    read = [
        one.accessibleName().split(":")[0]
        for shown in cards
        for one in (*shown.examples, shown.category, shown.scope, shown.pause, shown.forget)
    ]

    def walked() -> list[str]:
        walk: QWidget | None = cards[0].examples[0]
        names: list[str] = []
        while walk is not None and len(names) < len(read):
            if walk.focusPolicy() & Qt.FocusPolicy.TabFocus:
                names.append(walk.accessibleName().split(":")[0])
            walk = walk.nextInFocusChain()
        return names

    opened.settle(lambda: walked() == read)
    assert read[:6] == ["Parcel 2", "Parcel 1", "Category", "How far it reaches", "Pause", "Forget"]


def test_a_rule_is_paused_goes_on_and_is_forgotten(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1), rule(4))
    page = show(opened)
    card(page).pause.click()
    opened.settle(lambda: card(page).pause.text() == "Go on")
    assert "Paused" in said(card(page))
    card(page).pause.click()
    opened.settle(lambda: card(page).pause.text() == "Pause")
    card(page).forget.click()
    opened.settle(lambda: list(page.rules.shown) == [4])
    assert opened.mail.learnt.done == [("paused", 1), ("resumed", 1), ("forgot", 1)]


def test_how_the_user_writes_is_told(opened: Opened) -> None:
    lines = ("greeting: “Hi [first name],” (16)", "tone: friendly")
    opened.mail.learnt.portraits = (Portrait("To everyone in English", 58, lines),)
    page = show(opened)
    assert not page.empty.isVisible()
    told = [one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page)]
    at = told.index("How you write")
    assert told[at + 1 : at + 7] == [
        *("To everyone in English", "from 58 letters"),
        *("Greeting", "“Hi [first name],” (16)", "Tone", "friendly"),
    ]


HABIT = Habit("en/greeting/ann@x.example", "You begin mail to ann@x.example with “Dear [first name],”", 4)


def test_a_habit_of_writing_is_seen_and_forgotten(opened: Opened) -> None:
    opened.mail.learnt.habits = (HABIT,)
    page = show(opened)
    row = page.habits.shown[HABIT.id]
    assert isinstance(row, HabitRow)
    told = [one.text() for one in row.findChildren(QLabel)]
    assert told == [HABIT.sentence, "You changed 4 drafts so before you sent them."]
    assert row.forget.accessibleName() == f"Forget: {HABIT.sentence}"
    assert not page.empty.isVisible()
    row.forget.click()
    opened.settle(page.empty.isVisible)
    assert opened.mail.learnt.done == [("forgot", HABIT.id)]


def test_how_far_a_rule_reaches_and_what_it_says_can_be_changed(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1),)
    opened.mail.learnt.tags = TAGS
    page = show(opened)
    assert card(page).scope.text().startswith("Mail like this")
    card(page).scope.choose(Scope.THREAD)
    opened.settle(lambda: len(opened.mail.learnt.done) == 1)
    card(page).category.choose("important")
    opened.settle(lambda: len(opened.mail.learnt.done) == 2)
    assert opened.mail.learnt.done == [("scope thread", 1), ("category important", 1)]
    opened.settle(lambda: card(page).category.text().startswith("Important"))


def test_what_a_rule_waits_for_is_said(opened: Opened) -> None:
    opened.mail.learnt.rules = (replace(rule(1), waits="You write with this person"),)
    assert "You write with this person." in said(card(show(opened)))
    opened.mail.learnt.rules = (replace(rule(1), scope=Scope.THREAD),)
    page = show(opened)
    page.refresh()
    opened.settle(lambda: "this conversation only" in said(card(page)))


def test_a_category_that_is_no_choice_is_shown_all_the_same(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1, "Not Receipts"),)
    assert card(show(opened)).category.text().startswith("Not Receipts")


def test_tags_are_renamed_merged_and_removed(opened: Opened) -> None:
    opened.mail.learnt.tags = TAGS
    page = show(opened)
    row = page.tags.shown[1]
    assert isinstance(row, TagRow)
    row.name.setText("Moon")
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    opened.settle(lambda: len(opened.mail.learnt.done) == 1)
    row.into.choose(3)
    opened.settle(lambda: len(opened.mail.learnt.done) == 2)
    row.remove.click()
    opened.settle(lambda: len(opened.mail.learnt.done) == 3)
    assert opened.mail.learnt.done == [("rename", 1, "Moon"), ("merge", 1, 3), ("remove", 1)]


def test_a_name_that_did_not_change_is_no_renaming(opened: Opened) -> None:
    opened.mail.learnt.tags = TAGS[:1]
    page = show(opened)
    row = page.tags.shown[1]
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    opened.settle()
    assert opened.mail.learnt.done == []
    assert not row.into.isEnabled()


def test_a_failure_keeps_what_was_seen_and_offers_to_try_again(opened: Opened) -> None:
    opened.mail.learnt.error = StoreError("The disk is gone.")
    page = show(opened)
    assert page.failed.isVisible()
    opened.mail.learnt.error = None
    opened.mail.learnt.rules = (rule(1),)
    page.failed.findChildren(QPushButton)[0].click()
    opened.settle(lambda: 1 in page.rules.shown)
    opened.mail.learnt.error = StoreError("The disk is gone.")
    page.refresh()
    opened.settle(page._fault.isVisible)
    assert 1 in page.rules.shown


def test_keys_walk_through_what_can_be_pressed(opened: Opened) -> None:
    opened.mail.learnt.rules = (rule(1),)
    show(opened)
    opened.press("J")
    first = opened.window.focusWidget()
    opened.press("J")
    assert opened.window.focusWidget() is not first
    opened.press("K")
    assert opened.window.focusWidget() is first
