"""Tab goes as the eye does, also through widgets that were made later than those below them."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget


def as_seen(inside: QWidget) -> None:
    """Order what takes the focus inside a widget by where it is: down, then along the line."""
    stops = [one for one in inside.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    places = {one: one.mapTo(inside, QPoint(0, 0)) for one in stops}
    stops.sort(key=lambda one: (places[one].y(), places[one].x()))
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
