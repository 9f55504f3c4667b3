"""A layout is emptied whole, and what stood in it is out of sight at once and gone soon."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.widgets.layouts import empty


def test_widgets_and_lines_of_widgets_go(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, line = QVBoxLayout(window), QHBoxLayout()
    labels = [QLabel("alone"), QLabel("in a line")]
    column.addWidget(labels[0])
    column.addStretch()
    column.addLayout(line)
    line.addWidget(labels[1])
    window.show()
    assert all(one.isVisible() for one in labels)
    empty(column)
    assert column.count() == 0
    assert not any(one.isVisible() for one in labels)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not any(isValid(one) for one in labels)


def test_an_empty_layout_stays_empty(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    empty(column)
    assert column.count() == 0
