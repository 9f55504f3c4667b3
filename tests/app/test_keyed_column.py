"""Widgets by key: made once, changed in place, put in order, gone with their key."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.choice_button import ChoiceButton
from app.widgets.keyed_column import KeyedColumn


class Line(QWidget):
    """A button that shows its value."""

    def __init__(self) -> None:
        super().__init__()
        self.button = QPushButton()
        QVBoxLayout(self).addWidget(self.button)

    def show_value(self, value: str) -> None:
        self.button.setText(value)


def column(bot: QtBot) -> KeyedColumn:
    made = KeyedColumn(Line)
    bot.addWidget(made)
    made.show()
    return made


def texts(made: KeyedColumn) -> list[str]:
    layout = made.layout()
    assert layout is not None
    shown = (layout.itemAt(at).widget() for at in range(layout.count()))  # type: ignore[union-attr]
    return [one.button.text() for one in shown]  # type: ignore[union-attr]


def test_what_stays_is_the_same_widget(qtbot: QtBot) -> None:
    made = column(qtbot)
    made.show_values({1: "a", 2: "b"})
    kept = made.shown[2]
    made.show_values({2: "B", 3: "c"})
    assert made.shown[2] is kept
    assert texts(made) == ["B", "c"]


def test_order_follows_the_values(qtbot: QtBot) -> None:
    made = column(qtbot)
    made.show_values({1: "a", 2: "b", 3: "c"})
    made.show_values({3: "c", 4: "d", 1: "a", 2: "b"})
    assert texts(made) == ["c", "d", "a", "b"]
    assert [one.text() for one in made.stops()] == ["c", "d", "a", "b"]


def test_what_takes_the_place_of_what_had_the_focus_has_it_now(qtbot: QtBot) -> None:
    made = column(qtbot)
    made.show_values({1: "a", 2: "b", 3: "c"})
    qtbot.waitUntil(made.shown[2].button.isVisible)
    made.shown[2].button.setFocus()
    made.show_values({1: "a", 3: "c"})
    assert made.focusWidget() is made.shown[3].button
    made.show_values({1: "a"})
    assert made.focusWidget() is made.shown[1].button


def test_what_stays_keeps_the_focus(qtbot: QtBot) -> None:
    made = column(qtbot)
    made.show_values({1: "a", 2: "b", 3: "c"})
    qtbot.waitUntil(made.shown[3].button.isVisible)
    made.shown[3].button.setFocus()
    made.show_values({2: "b", 3: "c"})
    assert made.focusWidget() is made.shown[3].button


def test_nothing_is_out_of_the_way(qtbot: QtBot) -> None:
    made = column(qtbot)
    made.show_values({1: "a"})
    assert made.isVisible()
    made.show_values({})
    assert not made.isVisible()
    assert made.stops() == []


def test_a_choice_is_shown_and_told(qtbot: QtBot) -> None:
    told: list[object] = []
    made = ChoiceButton("Kind", lambda: told.append(made.value))
    qtbot.addWidget(made)
    made.show_entries([("All & everything", None), ("Mail", "mail")])
    assert made.text() == "All && everything  ▾"
    made.menu().aboutToShow.emit()
    all_of_them, mail = made.menu().actions()
    assert all_of_them.isChecked()
    mail.trigger()
    assert told == ["mail"]
    assert made.accessibleName() == "Kind: Mail"
    made.menu().aboutToShow.emit()
    assert [one.isChecked() for one in made.menu().actions()] == [False, True]


def test_a_choice_that_is_gone_falls_back_to_the_first(qtbot: QtBot) -> None:
    made = ChoiceButton("Kind", lambda: None)
    qtbot.addWidget(made)
    made.show_entries([("All", None), ("Mail", "mail")])
    made.choose("mail")
    made.show_entries([("All", None)])
    assert made.accessibleName() == "Kind: All"
