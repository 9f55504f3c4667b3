"""Long lists: arithmetic of rows, ids at once, rows as they come into view."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from app.background import Background
from app.itemmodels.rows import ListSection, Role, RowsModel
from app.theme import Theme
from app.widgets.geometry import RowGeometry
from app.widgets.row_delegate import RowDelegate, RowText


def slow_tops(geometry: RowGeometry, count: int) -> list[int]:
    """The tops by adding heights up."""
    tops, y = [], 0
    for row in range(count):
        tops.append(y)
        y += geometry.row_height(row)
    return [*tops, y]


@given(
    st.lists(st.integers(0, 59), unique=True, max_size=4),
    st.lists(st.integers(0, 59), unique=True, max_size=30),
    st.integers(1, 60),
)
def test_geometry_equals_adding_up(headers: list[int], tall: list[int], count: int) -> None:
    geometry = RowGeometry(row=56, extra=18, header=44)
    heads = sorted(one for one in headers if one < count)
    geometry.reset(heads, count, [one for one in tall if one < count and one not in heads])
    tops = slow_tops(geometry, count)
    assert [geometry.top(row) for row in range(count + 1)] == tops
    assert geometry.height == tops[-1]
    for row in range(count):
        assert geometry.row_at(tops[row]) == row
        assert geometry.row_at(tops[row + 1] - 1) == row


def test_geometry_of_nothing() -> None:
    geometry = RowGeometry(row=56, extra=18, header=44)
    geometry.reset([], 0)
    assert (geometry.height, geometry.row_at(0)) == (0, -1)


def test_a_row_becomes_tall_once() -> None:
    geometry = RowGeometry(row=56, extra=18, header=44)
    geometry.reset([0], 10)
    assert geometry.set_tall(3, True) is True
    assert geometry.set_tall(3, True) is False
    assert (geometry.row_height(3), geometry.top(4)) == (74, 44 + 3 * 56 + 18)
    assert geometry.set_tall(3, False) is True
    assert geometry.height == 44 + 9 * 56


class Fetcher:
    """Rows are their ids as words; remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, ids: object) -> dict[int, str]:
        asked = tuple(ids)  # type: ignore[arg-type, var-annotated]
        self.asked.append(asked)
        return {one: f"row {one}" for one in asked}


@pytest.fixture
def background(qapp: QObject) -> Background:
    return Background(qapp)


def test_only_what_is_in_view_is_fetched(background: Background, qtbot: QtBot) -> None:
    fetch = Fetcher()
    model = RowsModel(background, fetch)
    model.reset([ListSection("All", range(1, 100_001), 100_000)])
    assert model.rowCount() == 100_001
    assert model.index(50_000).data(Role.ROW) is None
    model.want(49_995, 50_010)
    qtbot.waitUntil(lambda: model.index(50_000).data(Role.ROW) is not None)
    assert model.index(50_000).data(Role.ROW) == "row 50000"
    assert len(fetch.asked) == 1
    assert len(fetch.asked[0]) <= 60
    model.want(49_995, 50_010)
    assert len(fetch.asked) == 1
    background.close()


def test_scrolling_fast_fetches_where_it_ends(background: Background, qtbot: QtBot) -> None:
    fetch = Fetcher()
    model = RowsModel(background, fetch)
    model.reset([ListSection("", range(1, 100_001))])
    for top in range(0, 90_000, 100):
        model.want(top, top + 12)
    qtbot.waitUntil(lambda: model.index(89_905).data(Role.ROW) is not None)
    assert len(fetch.asked) <= 4
    background.close()


def test_a_step_fetches_nothing_while_a_screen_is_there(background: Background, qtbot: QtBot) -> None:
    fetch = Fetcher()
    model = RowsModel(background, fetch)
    model.reset([ListSection("", range(1, 1001))])
    arrived: list[tuple[int, int]] = []
    model.rows_arrived.connect(lambda first, last: arrived.append((first, last)))
    model.want(0, 12)
    qtbot.waitUntil(lambda: model.index(24).data(Role.ROW) is not None)
    for top in range(7):
        model.want(top, top + 12)
    assert len(fetch.asked) == 1
    model.want(7, 19)
    qtbot.waitUntil(lambda: model.index(31).data(Role.ROW) is not None)
    assert arrived == [(0, 24), (25, 31)]
    background.close()


def test_rows_stay_on_screen_until_their_successors_arrive(background: Background, qtbot: QtBot) -> None:
    fetch = Fetcher()
    model = RowsModel(background, fetch)
    model.reset([ListSection("", (1, 2, 3))])
    model.want(0, 2)
    qtbot.waitUntil(lambda: model.index(2).data(Role.ROW) is not None)
    model.reset([ListSection("New", (3, 2, 1))])
    assert [model.index(row).data(Role.ROW) for row in range(4)] == [None, "row 3", "row 2", "row 1"]
    model.want(0, 3)
    qtbot.waitUntil(lambda: len(fetch.asked) == 2)
    background.close()


def test_ids_and_headers_have_their_places(background: Background) -> None:
    model = RowsModel(background, Fetcher())
    model.reset([ListSection("A", (5, 6), 2), ListSection("Empty", (), 0), ListSection("B", (7,), 9)])
    assert [model.id_at(row) for row in range(-1, 6)] == [None, None, 5, 6, None, 7, None]
    assert [model.row_of(one) for one in (5, 7, 8)] == [1, 4, -1]
    header = model.index(3).data(Role.HEADER)
    assert (header.title, header.total) == ("B", 9)
    background.close()


HOSTILE = {
    "a megabyte": "x" * 1_000_000,
    "nul": "a\0b\0",
    "right to left": "\u202edlrow\u202c דנה \u200f",
    "emoji": "👩‍👩‍👧‍👦" * 500,
    "combining": "e" + "\u0301" * 5000,
    "markup": "<b>&amp;</b><img src=x>",
    "lines": "a\nb\r\nc\u2028d",
    "surrogate": "\ud800 half",
    "empty": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("width", [40, 380])
def test_painting_survives_hostile_words(theme: Theme, qtbot: QtBot, text: str, width: int) -> None:
    background = Background()
    model = RowsModel(background, lambda ids: dict.fromkeys(ids, text))
    model.reset([ListSection(text[:50] or "Title", (1,), 1)])
    model.want(0, 1)
    qtbot.waitUntil(lambda: model.index(1).data(Role.ROW) is not None)
    holder = QWidget()
    qtbot.addWidget(holder)
    words = RowText(text, text, text, "10:42", text, strong=True, badge="12", clip=True)
    delegate = RowDelegate(theme, lambda _row: words, holder)
    image = QImage(width, 74, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    option.state = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus
    for row in (0, 1):
        delegate.paint(painter, option, model.index(row))
    painter.end()
    assert image.pixelColor(1, 40) == theme.style.color("accent")  # the marker of the selected row
    background.close()
