"""Small widgets side by side that go on in the next line where there is no room."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
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
        at, line = QPoint(0, 0), 0
        for item in (one for one in self._items if not _put_away(one)):
            size = item.sizeHint()
            if at.x() and at.x() + size.width() > width:
                at, line = QPoint(0, at.y() + line + GAP), 0
            if move:
                item.setGeometry(QRect(at, QSize(min(size.width(), width), size.height())))
            at.setX(at.x() + size.width() + GAP)
            line = max(line, size.height())
        return at.y() + line


def _put_away(item: QWidget) -> bool:
    """Hidden on purpose, and not only since nothing is on screen yet."""
    return item.isHidden() and item.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
