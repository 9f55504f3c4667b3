"""A word about what was just done, at the bottom, with the way back."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget
from shiboken6 import isValid

from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.text import clean


class Toast(QFrame):
    """Floats over its parent for a while; `undo` is asked for by its button."""

    undo = Signal()

    def __init__(self, parent: QWidget, duration: int) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self._over = parent
        self._lift = 0
        self._words = label(kind="toast")
        self._undo = button("Undo", self._undone, kind="toast", key="z")
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        self._before: QWidget | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 10, 8)
        line.setSpacing(12)
        line.addWidget(self._words)
        line.addWidget(self._undo)
        self._timer = QTimer(self, singleShot=True, interval=duration)
        self._timer.timeout.connect(self._leave)
        parent.installEventFilter(self)
        self.hide()

    def lift(self, pixels: int) -> None:
        """Stay so much higher from now on, above buttons that must not be covered."""
        self._lift = pixels
        self._place()

    def say(self, text: str, *, undoable: bool) -> None:
        """Show for the usual time."""
        self._words.setText(clean(text, 160))
        self.setAccessibleName(clean(text, 160))
        if not self._undo.hasFocus():
            self._before = self._over.focusWidget()
        self._undo.setVisible(undoable)
        self.show()
        self._place()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window changes size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        """Go, and give the keys back where they were; Qt would take the next that can have them."""
        if self._undo.hasFocus() and self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.hide()

    def _undone(self) -> None:
        self._leave()
        self.undo.emit()

    def _place(self) -> None:
        self.adjustSize()
        parent = self._over
        top = parent.height() - self.height() - 48 - self._lift
        self.move((parent.width() - self.width()) // 2, top)
