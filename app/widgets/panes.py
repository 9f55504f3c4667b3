"""Two panes side by side; where there is no room for both, one at a time."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

SMALLEST = QSize(320, 200)


class Panes(QSplitter):
    """Below `narrow` pixels only the first is shown, or, after `forward`, the second."""

    def __init__(self, first: QWidget, second: QWidget, *, narrow: int) -> None:
        super().__init__(childrenCollapsible=False, handleWidth=1)
        self._panes = (first, second)
        self._limit = narrow
        self._forward = False
        for one in self._panes:
            self.addWidget(one)
        self.setStretchFactor(1, 1)

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for one only."""
        return self.width() < self._limit

    def forward(self) -> None:
        """The second is wanted."""
        self._forward = True
        self._apply()

    def back(self) -> None:
        """The first is wanted."""
        self._forward = False
        self._apply()

    def minimumSizeHint(self) -> QSize:
        """A window may be made narrower than both together."""
        return SMALLEST

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for both or not."""
        super().resizeEvent(event)
        self._apply()

    def _apply(self) -> None:
        first, second = self._panes
        first.setVisible(not (self.is_narrow and self._forward))
        second.setVisible(not self.is_narrow or self._forward)
