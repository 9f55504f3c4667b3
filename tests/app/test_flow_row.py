"""Small widgets in lines: side by side, going on below, each in the middle of its line."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.flow_row import GAP, FlowRow


class Block(QWidget):
    """A widget of a fixed size."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.setFixedSize(width, height)


def row(bot: QtBot, *sizes: tuple[int, int], width: int = 200) -> tuple[FlowRow, list[Block]]:
    made, blocks = FlowRow(), [Block(*size) for size in sizes]
    bot.addWidget(made)
    for one in blocks:
        one.sizeHint = one.size  # type: ignore[method-assign]
        made.add(one)
    made.resize(width, 100)
    made.show()
    return made, blocks


def test_a_low_one_stands_in_the_middle_of_its_line(qtbot: QtBot) -> None:
    _row, (low, high) = row(qtbot, (50, 20), (50, 30))
    assert low.geometry().center().y() == high.geometry().center().y()
    assert (high.x(), high.y()) == (50 + GAP, 0)


def test_it_goes_on_below_where_there_is_no_room(qtbot: QtBot) -> None:
    made, (first, second, third) = row(qtbot, (90, 20), (90, 30), (90, 20))
    assert (first.x(), second.x(), third.x()) == (0, 90 + GAP, 0)
    assert third.y() == 30 + GAP
    assert made.heightForWidth(200) == 30 + GAP + 20
    assert made.heightForWidth(80) == 20 + GAP + 30 + GAP + 20


def test_nothing_takes_no_room(qtbot: QtBot) -> None:
    made, (only,) = row(qtbot, (50, 20))
    only.hide()
    assert made.heightForWidth(200) == 0
    made.clear()
    assert (made.count(), made.heightForWidth(200)) == (0, 0)
