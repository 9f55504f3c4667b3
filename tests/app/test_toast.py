"""The word about what was done: where it stands, also when buttons come into its place."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.toast import Toast


def shown(bot: QtBot) -> tuple[QWidget, Toast]:
    window = QWidget()
    bot.addWidget(window)
    window.resize(600, 400)
    toast = Toast(window, 60_000)
    window.show()
    toast.say("1 conversation put away", undoable=True)
    return window, toast


def test_it_gives_way_to_buttons_that_appear_below_it(qtbot: QtBot) -> None:
    _window, toast = shown(qtbot)
    low = toast.y()
    toast.lift(64)
    assert toast.y() == low - 64
    toast.lift(0)
    assert toast.y() == low


def test_it_stays_in_the_middle_of_a_window_that_grows(qtbot: QtBot) -> None:
    window, toast = shown(qtbot)
    window.resize(900, 500)
    assert abs(toast.geometry().center().x() - 450) <= 1
    assert 0 < window.height() - toast.geometry().bottom() < 60


def test_the_next_word_takes_the_place_of_the_first(qtbot: QtBot) -> None:
    _window, toast = shown(qtbot)
    undone: list[bool] = []
    toast.undo.connect(lambda: undone.append(True))
    toast.say("Noted", undoable=False)
    assert toast.accessibleName() == "Noted"
    assert not toast._undo.isVisible()
    toast.say("Done", undoable=True)
    toast._undo.click()
    assert undone == [True]
    assert not toast.isVisible()


def with_keys(bot: QtBot) -> tuple[QWidget, Toast, QLineEdit]:
    """An active window that shows a word, the keys in a field of it."""
    window, toast = shown(bot)
    toast.hide()
    for _ in range(2):
        field = QLineEdit(window)
        field.show()
    window.activateWindow()
    field.setFocus()
    bot.waitUntil(lambda: QApplication.focusWidget() is field)
    toast.say("1 conversation put away", undoable=True)
    return window, toast, field


def test_it_takes_neither_the_window_s_place_nor_the_keys(qtbot: QtBot) -> None:
    window, toast, field = with_keys(qtbot)
    assert toast.isVisible()
    assert not toast.isWindow()
    assert QApplication.activeWindow() is window
    assert QApplication.focusWidget() is field
    QTest.mouseClick(toast._undo, Qt.MouseButton.LeftButton)
    assert not toast.isVisible()
    assert QApplication.activeWindow() is window
    assert QApplication.focusWidget() is field


def test_keys_that_went_to_its_button_go_back_to_where_they_were(qtbot: QtBot) -> None:
    _window, toast, field = with_keys(qtbot)
    toast._undo.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is toast._undo
    toast.say("2 conversations put away", undoable=True)
    toast._timer.timeout.emit()
    assert not toast.isVisible()
    assert QApplication.focusWidget() is field
