"""A line of names: typed, pasted, suggested, edited, taken out."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.composer.shown import token
from app.widgets.token_line import TokenLine
from fluffy_core import unsent

ANN, BEN = "Ann Ode <ann@x.example>", "ben@x.example"


@pytest.fixture
def line(qtbot: QtBot) -> Iterator[TokenLine]:
    window = QWidget()
    qtbot.addWidget(window)
    made = TokenLine("To", read=token, split=unsent.pieces)
    column = QVBoxLayout(window)
    column.addWidget(made)
    column.addStretch()
    window.resize(500, 300)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made.line.setFocus()
    yield made
    window.close()


def chips(line: TokenLine) -> list[QPushButton]:
    found = [one for one in line.findChildren(QPushButton) if one.isVisible()]
    return sorted(found, key=lambda one: (one.y(), one.x()))


def offer(line: TokenLine, qtbot: QtBot, typed: str, texts: list[str]) -> None:
    with qtbot.waitSignal(line.wanted) as wanted:
        QTest.keyClicks(line.line, typed)
    assert wanted.args == [typed]
    line.offer(typed, texts)


@pytest.mark.parametrize("end", [",", ";", "\r"])
def test_a_name_ends_with_a_comma_or_enter(line: TokenLine, end: str) -> None:
    QTest.keyClicks(line.line, "ben@x.example")
    assert line.texts == (BEN,)
    assert not chips(line)
    QTest.keyClick(line.line, Qt.Key.Key_Return) if end == "\r" else QTest.keyClicks(line.line, end)
    assert line.texts == (BEN,)
    assert [one.text() for one in chips(line)] == [BEN]


def test_names_are_shown_and_addresses_told(line: TokenLine) -> None:
    line.show_texts([ANN])
    (chip,) = chips(line)
    assert chip.text() == "Ann Ode"
    assert "ann@x.example" in chip.accessibleName()
    assert "ann@x.example" in chip.toolTip()


def test_what_is_no_address_says_so(line: TokenLine) -> None:
    line.show_texts(["bob"])
    (chip,) = chips(line)
    assert chip.property("kind") == "token-bad"
    assert "“bob” is no mail address." in chip.accessibleName()


def test_a_pasted_list_is_cut_outside_quotes_and_each_is_named_once(line: TokenLine) -> None:
    line.line.setText('"Ode, Ann" <ann@x.example>, ben@x.example; ben@x.example')
    QTest.keyClick(line.line, Qt.Key.Key_Return)
    assert line.texts == ('"Ode, Ann" <ann@x.example>', BEN)
    assert [one.text() for one in chips(line)] == ["Ode, Ann", BEN]


def test_delete_takes_one_out_and_enter_edits_it(line: TokenLine) -> None:
    line.show_texts([ANN, BEN])
    QTest.keyClick(line.line, Qt.Key.Key_Backspace)
    second = chips(line)[1]
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Left)
    assert chips(line)[0].hasFocus()
    QTest.keyClick(chips(line)[0], Qt.Key.Key_Delete)
    assert line.texts == (BEN,)
    QTest.keyClick(chips(line)[0], Qt.Key.Key_Return)
    assert line.line.text() == BEN
    assert line.line.hasFocus()
    assert not chips(line)
    assert line.texts == (BEN,)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_suggestion_is_taken(line: TokenLine, qtbot: QtBot, key: Qt.Key) -> None:
    offer(line, qtbot, "an", ["Anton <anton@x.example>", ANN])
    QTest.keyClick(line.line, Qt.Key.Key_Down)
    QTest.keyClick(line.line, key)
    assert line.texts == (ANN,)
    assert line.line.hasFocus()


def test_esc_closes_the_suggestions_only(line: TokenLine, qtbot: QtBot) -> None:
    offer(line, qtbot, "an", [ANN])
    QTest.keyClick(line.line, Qt.Key.Key_Escape)
    QTest.keyClick(line.line, Qt.Key.Key_Return)
    assert line.texts == ("an",)


def test_a_late_answer_is_not_shown(line: TokenLine, qtbot: QtBot) -> None:
    offer(line, qtbot, "an", [])
    line.offer("a", [ANN])
    QTest.keyClick(line.line, Qt.Key.Key_Return)
    assert line.texts == ("an",)


def test_leaving_the_line_ends_the_name(line: TokenLine) -> None:
    QTest.keyClicks(line.line, BEN)
    line.line.clearFocus()
    assert [one.text() for one in chips(line)] == [BEN]


def test_many_names_go_on_in_the_next_line(line: TokenLine, qtbot: QtBot) -> None:
    one_line = line.height()
    line.show_texts([f"somebody{n}@x.example" for n in range(12)])
    qtbot.waitUntil(lambda: line.height() > 2 * one_line)
    assert all(one.geometry().right() <= line.width() for one in chips(line))


def test_names_that_turn_the_text_around_are_harmless(line: TokenLine) -> None:
    line.show_texts(["\u202eelpmaxe.x@nna <ann@x.example>", "דנה לוי <dana@x.example>"])
    assert all("\u202e" not in one.text() for one in chips(line))


def test_it_tells_of_every_change(line: TokenLine, qtbot: QtBot) -> None:
    acts: list[Callable[[], object]] = [
        lambda: QTest.keyClicks(line.line, "a"),
        lambda: QTest.keyClicks(line.line, ","),
        lambda: QTest.keyClick(chips(line)[0], Qt.Key.Key_Delete),
    ]
    for act in acts:
        with qtbot.waitSignal(line.changed):
            act()


def test_suggestions_show_name_and_address_and_all_of_them(line: TokenLine, qtbot: QtBot) -> None:
    long = f"{'Maximiliane-Charlotte ' * 3}von Hohenstein <m@x.example>"
    offer(line, qtbot, "an", [ANN, BEN, long])
    (listed,) = line.window().findChildren(QListWidget)
    rows = [listed.itemWidget(listed.item(at)) for at in range(listed.count())]
    told = [[one.text() for one in row.findChildren(QLabel)] for row in rows]
    assert told[:2] == [["Ann Ode", "ann@x.example"], [BEN]]
    assert told[2][0].endswith("…")
    assert listed.viewport().height() >= sum(listed.sizeHintForRow(at) for at in range(3))
    assert listed.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Ann Ode, ann@x.example"
