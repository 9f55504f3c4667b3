"""Tab goes as the eye does, also through widgets that were made later than those below them."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

SAME_LINE = 4
"""Pixels by which the middles of what stands side by side may differ."""


def as_seen(inside: QWidget) -> None:
    """Order what takes the focus inside a widget by where it is: down, then along the line."""
    stops = [one for one in inside.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    places = {one: one.mapTo(inside, one.rect().center()) for one in stops}
    stops.sort(key=lambda one: places[one].y())
    line, lines = 0, {}
    for before, one in zip([None, *stops], stops, strict=False):
        line += before is not None and places[one].y() - places[before].y() > SAME_LINE
        lines[one] = line
    stops.sort(key=lambda one: (lines[one], places[one].x()))
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
