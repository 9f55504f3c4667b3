"""Core events arrive in worker threads; views hear of them on the main thread, a few times a second."""

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fluffy_core import Bus, Changed, Changes, DraftGrew, Event, Progress

PAUSE_MS = 150


class Bridge(QObject):
    """Collects what the bus says and tells it at most every `PAUSE_MS`, however busy an import is."""

    changed = Signal(frozenset)
    """The kinds (`Changed`) touched since the last time."""
    progress = Signal(object)
    """The newest `Progress` of each job that moved."""
    draft_grew = Signal(object)
    """The newest `DraftGrew` of each draft that is being written."""
    _wake = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._kinds: set[Changed] = set()
        self._moved: dict[int, Progress] = {}
        self._drafts: dict[str, DraftGrew] = {}
        self._pending = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        self._wake.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = bus.subscribe(self._listen)

    def close(self) -> None:
        """Hear nothing more."""
        self._unsubscribe()
        self._timer.stop()

    def _listen(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, Changes):
                self._kinds |= event.kinds
            elif isinstance(event, Progress):
                self._moved[event.job_id] = event
            else:
                self._drafts[event.request_id] = event
            first, self._pending = not self._pending, True
        if first:
            self._wake.emit()

    def _tell(self) -> None:
        with self._lock:
            kinds, self._kinds = frozenset(self._kinds), set()
            moved, self._moved = list(self._moved.values()), {}
            drafts, self._drafts = list(self._drafts.values()), {}
            self._pending = False
        if kinds:
            self.changed.emit(kinds)
        for one in moved:
            self.progress.emit(one)
        for draft in drafts:
            self.draft_grew.emit(draft)
