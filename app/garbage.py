"""Collects garbage on the main thread only, since it may hold widgets.

Python looks for unreachable cycles in whichever thread happens to allocate. A closed page is such a cycle (it
and its buttons' callbacks hold each other), and a widget that is destroyed by a thread of the job queue takes
the program down.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 250
YOUNG, MIDDLE, OLD = 700, 10, 20
"""New objects, and rounds of the generation below, after which a generation is looked through."""


class GarbageCollector(QObject):
    """Takes over from Python's own collector until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threshold = gc.get_threshold()
        gc.set_threshold(0)  # `gc.disable` would last until anybody calls `gc.enable`
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Look through the youngest generation that is due, as Python's own would."""
        young, middle, old = gc.get_count()
        if young > YOUNG:
            gc.collect(2 if old > OLD else 1 if middle > MIDDLE else 0)

    def stop(self) -> None:
        """Give it back to Python."""
        self._timer.stop()
        gc.set_threshold(*self._threshold)
