"""The word about what was done: where it stands, also when buttons come into its place."""

from PySide6.QtWidgets import QWidget
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
