"""The check box: drawn from the tokens, clicked anywhere, seen in light and dark."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.check_box import SIDE, CheckBox


@pytest.fixture(params=["light", "dark"])
def either(request: pytest.FixtureRequest, theme: Theme) -> Iterator[Theme]:
    theme.choose(request.param)
    yield theme
    theme.choose("light")


def test_on_off_and_disabled_look_different(either: Theme, qtbot: QtBot) -> None:
    made = CheckBox(either, "Tell me")
    qtbot.addWidget(made)
    off = made.grab().toImage()
    made.setChecked(True)
    on = made.grab().toImage()
    made.setEnabled(False)
    assert off != on != made.grab().toImage()


def test_the_edge_of_the_box_stands_out(either: Theme, qtbot: QtBot) -> None:
    made = CheckBox(either, "Tell me")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    image = made.grab().toImage()
    middle = image.height() // 2
    ground = either.style.color("paper").lightness()
    edges = [abs(image.pixelColor(x, middle).lightness() - ground) for x in range(SIDE)]
    assert max(edges) > 60


def test_the_words_are_part_of_it(theme: Theme, qtbot: QtBot) -> None:
    made = CheckBox(theme, "Quiet & calm")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(made.width() - 3, 8))
    assert made.isChecked()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert not made.isChecked()
    assert made.text() == "Quiet && calm"
    assert made.minimumSizeHint().width() > SIDE + made.fontMetrics().horizontalAdvance("Quiet & calm")
