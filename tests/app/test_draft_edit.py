"""Text being written with a suggestion in it."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.draft_edit import DraftEdit, first_sentence

DRAFT = "Hello,\n\nthank you. See you on [day].\n\nBen"


@pytest.fixture
def edit(qtbot: QtBot, theme: Theme) -> DraftEdit:
    made = DraftEdit(theme, "Text")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One. "),
        ("Version 2.5 is out. Good.", "Version 2.5 is out. "),
        ("Really?! Yes.", "Really?! "),
        ("“Done.” Next", "“Done.” "),
        ("Hello,\n\nthank you.", "Hello,\n\n"),
        ("\n\nBest", "\n\nBest"),
        ("no end", "no end"),
        ("謝謝。再見。", "謝謝。再見。"),
        ("", ""),
    ],
)
def test_sentences(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_a_suggestion_is_not_written(edit: DraftEdit) -> None:
    edit.show_text("\n\n-- \nBen")
    edit.suggest(DRAFT, ["[day]"])
    assert (edit.text, edit.suggestion) == ("\n\n-- \nBen", DRAFT)
    edit.take_all()
    assert (edit.text, edit.suggestion) == (f"{DRAFT}\n\n-- \nBen", "")


def test_taking_tells_of_an_edit_and_suggesting_does_not(edit: DraftEdit, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(edit.edited), qtbot.waitSignal(edit.suggestion_changed):
        edit.suggest(DRAFT)
    with qtbot.waitSignal(edit.edited):
        edit.take(6)
    assert edit.text == "Hello,"
    with qtbot.assertNotEmitted(edit.edited):
        assert edit.dismiss()
    assert not edit.dismiss()


def test_typing_along_takes_and_typing_something_else_waves_away(edit: DraftEdit) -> None:
    edit.suggest(DRAFT)
    QTest.keyClicks(edit, "Hel")
    assert (edit.text, edit.suggestion) == ("Hel", DRAFT[3:])
    QTest.keyClick(edit, Qt.Key.Key_Left)
    assert edit.suggestion
    QTest.keyClick(edit, Qt.Key.Key_End)
    QTest.keyClicks(edit, "x")
    assert edit.suggestion == ""
    assert sorted(edit.text) == sorted("Helx")


def test_undo_brings_a_suggestion_back_as_one(edit: DraftEdit) -> None:
    edit.suggest(DRAFT)
    edit.dismiss()
    edit.undo()
    assert (edit.text, edit.suggestion) == ("", DRAFT)


def test_a_new_suggestion_takes_the_place_of_the_old_one(edit: DraftEdit) -> None:
    edit.suggest("One.")
    edit.suggest("Two.")
    assert edit.suggestion == "Two."


def test_a_suggestion_keeps_its_distance(edit: DraftEdit) -> None:
    edit.show_text("Above")
    QTest.keyClick(edit, Qt.Key.Key_End)
    edit.suggest("Below.")
    assert edit.suggestion == "\n\nBelow."
    edit.show_text("Below")
    edit.suggest("Above.")
    assert edit.suggestion == "Above.\n\n"


def test_placeholders_are_marked_where_they_stand_and_gone_when_filled(edit: DraftEdit) -> None:
    edit.suggest("On [day] at [time (am)].", ["[day]", "[time (am)]"])
    assert len(edit.extraSelections()) == 2
    assert edit.open_placeholders() == []
    edit.take_all()
    assert edit.open_placeholders() == ["[day]", "[time (am)]"]
    assert edit.next_placeholder()
    assert edit.textCursor().selectedText() == "[day]"
    QTest.keyClicks(edit, "Monday")
    assert edit.next_placeholder()
    assert edit.textCursor().selectedText() == "[time (am)]"
    QTest.keyClicks(edit, "9")
    assert edit.text == "On Monday at 9."
    assert not edit.next_placeholder()
    assert edit.extraSelections() == []


def test_what_is_pasted_is_plain(edit: DraftEdit) -> None:
    mime = QMimeData()
    mime.setHtml("<b>Bold</b><img src='https://evil.example/x.png'>")
    mime.setText("Bold\u202e\x07 text")
    edit.insertFromMimeData(mime)
    assert edit.text == "Bold text"
    only = QMimeData()
    only.setHtml("<h1>Title</h1><p>One <i>two</i></p>")
    edit.show_text("")
    assert edit.canInsertFromMimeData(only)
    edit.insertFromMimeData(only)
    assert edit.text == "Title\nOne two"
    files = QMimeData()
    files.setUrls([QUrl("file:///a.txt")])
    assert not edit.canInsertFromMimeData(files)


def test_a_long_text_stays_quick_to_read(edit: DraftEdit) -> None:
    long = "A line of a letter that is of usual length.\n" * 2000
    edit.show_text(long)
    edit.suggest("End.")
    assert edit.text == long
    assert edit.suggestion == "End.\n\n"


def test_other_colours_leave_the_text_alone(edit: DraftEdit, theme: Theme) -> None:
    edit.show_text("Written")
    QTest.keyClick(edit, Qt.Key.Key_End)
    edit.suggest(" more")
    theme.choose("dark")
    assert (edit.text, edit.suggestion.strip()) == ("Written", "more")
    theme.choose("light")


def test_what_was_taken_of_a_suggestion_is_known_until_something_else_changes(edit: DraftEdit) -> None:
    edit.show_text("\n\n-- \nBen")
    edit.suggest(DRAFT)
    assert (edit.taken, edit.is_untouched) == ("", True)
    edit.take(6)
    assert (edit.taken, edit.is_untouched) == ("Hello,", False)
    edit.dismiss()
    assert edit.taken == "Hello,"
    QTest.keyClicks(edit, "!")
    assert edit.taken is None


def test_a_suggestion_that_was_waved_away_is_not_untouched(edit: DraftEdit) -> None:
    assert not edit.is_untouched
    edit.suggest(DRAFT)
    edit.dismiss()
    assert not edit.is_untouched


def test_another_suggestion_in_the_same_place_leaves_the_rest_alone(edit: DraftEdit) -> None:
    edit.show_text("\n\n-- \nBen")
    edit.suggest(DRAFT)
    edit.take(6)
    QTest.keyClick(edit, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    edit.replace("Good day,\n\nshort.", ["short"])
    assert (edit.text, edit.suggestion) == ("\n\n-- \nBen", "Good day,\n\nshort.")
    assert len(edit.extraSelections()) == 1
    edit.undo()
    assert (edit.text, edit.suggestion) == ("Hello,\n\n-- \nBen", DRAFT[6:])


def test_replacing_what_was_changed_takes_nothing_away(edit: DraftEdit) -> None:
    edit.suggest(DRAFT)
    QTest.keyClicks(edit, "Hello, you")
    edit.replace("Good day.")
    assert edit.text == "Hello, you"
    assert edit.suggestion == "\n\nGood day."


def test_the_view_stays_where_it_is_when_a_suggestion_is_replaced(edit: DraftEdit) -> None:
    edit.resize(300, 120)
    edit.suggest("A line of it.\n" * 60)
    bar = edit.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    edit.replace("Another line of it.\n" * 60)
    assert 0 < before == bar.value()
