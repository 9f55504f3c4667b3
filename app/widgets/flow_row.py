"""Small widgets side by side that go on in the next line where there is no room."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GAP = 8


class FlowRow(QWidget):
    """Left to right, then down."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, item: QWidget) -> None:
        """Append."""
        item.setParent(self)
        self._items.append(item)
        self.updateGeometry()

    def clear(self) -> None:
        """Take everything out."""
        for item in self._items:
            item.hide()
            item.deleteLater()
        self._items = []
        self.updateGeometry()

    def count(self) -> int:
        """How many."""
        return len(self._items)

    def heightForWidth(self, width: int) -> int:
        """Pixels needed at a width."""
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        """One line if it may be."""
        return QSize(240, self._place(max(self.width(), 240), move=False))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Place anew; layouts that ask for no height at a width learn of it too."""
        self._place_anew()

    def event(self, event: QEvent) -> bool:
        """An item that got other words or was hidden needs another room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place_anew()
        return super().event(event)

    def _place_anew(self) -> None:
        self.setMinimumHeight(self._place(self.width(), move=True))

    def _place(self, width: int, *, move: bool) -> int:
        """The height it all takes; lower items stand in the middle of their line."""
        lines: list[list[tuple[QWidget, int]]] = [[]]
        x = 0
        for item in (one for one in self._items if not _put_away(one)):
            wide = item.sizeHint().width()
            if x and x + wide > width:
                lines.append([])
                x = 0
            lines[-1].append((item, x))
            x += wide + GAP
        y = 0
        for line in lines:
            high = max((item.sizeHint().height() for item, _ in line), default=0)
            for item, x in line if move else ():
                size = item.sizeHint()
                top = y + (high - size.height()) // 2
                item.setGeometry(QRect(x, top, min(size.width(), width), size.height()))
            y += high + GAP
        return y - GAP


def _put_away(item: QWidget) -> bool:
    """Hidden on purpose, and not only since nothing is on screen yet."""
    return item.isHidden() and item.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
