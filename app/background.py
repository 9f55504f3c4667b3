"""Core calls off the main thread: reads side by side, writes in order, answers back on the main thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")
READERS = 3


class Background(QObject):
    """The threads: Python's own, since each task on Qt's pool has a new thread state, so a new connection."""

    finished = Signal(object)
    """An operation that ended, carried to the main thread."""
    failed = Signal(object)
    """An exception that no operation took care of."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reads = ThreadPoolExecutor(READERS, thread_name_prefix="query")
        self._writes = ThreadPoolExecutor(1, thread_name_prefix="change")
        self._busy = 0
        self._closed = False
        self.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Whether every operation has ended and its answer was delivered."""
        return self._busy == 0

    @property
    def closing(self) -> bool:
        """Whether the program ends: what takes long stops then; read in any thread."""
        return self._closed

    def submit(self, op: Op[Any], *, write: bool) -> Future[None] | None:
        """Run `op.execute` on a thread."""
        if self._closed:
            return None
        self._busy += 1
        return (self._writes if write else self._reads).submit(op.execute)

    def forget(self) -> None:
        """An operation was cancelled before it started."""
        self._busy -= 1

    def close(self) -> None:
        """Finish what runs, drop what waits among the reads; every write is done."""
        self._closed = True
        self._reads.shutdown(wait=True, cancel_futures=True)
        self._writes.shutdown(wait=True)

    @Slot(object)
    def _deliver(self, op: Op[Any]) -> None:
        self._busy -= 1
        if not self._closed:
            op.deliver()


class Op(Generic[T]):
    """One call for one receiver: `Op(background, receiver, work).success(show).failure(tell).run()`.

    Nothing is called when the receiver is gone or the operation was cancelled meanwhile.
    """

    writes = False

    def __init__(self, background: Background, receiver: QObject, work: Callable[[], T]) -> None:
        self._background = background
        self._receiver = receiver
        self._work = work
        self._success: Callable[[T], object] | None = None
        self._failure: Callable[[Exception], object] | None = None
        self._outcome: Callable[[], object] | None = None
        self._future: Future[None] | None = None
        self._cancelled = False

    def success(self, callback: Callable[[T], object]) -> Op[T]:
        """Called with the result, on the main thread."""
        self._success = callback
        return self

    def failure(self, callback: Callable[[Exception], object]) -> Op[T]:
        """Called with the exception, on the main thread; without it the error is shown to the user."""
        self._failure = callback
        return self

    def run(self) -> Op[T]:
        """Start."""
        self._future = self._background.submit(self, write=self.writes)
        return self

    def cancel(self) -> None:
        """The answer is not wanted any more."""
        self._cancelled = True
        if self._future is not None and self._future.cancel():
            self._background.forget()

    def execute(self) -> None:
        """In the worker: call and keep what came of it."""
        try:
            result = self._work()
        except Exception as error:
            self._keep_error(error)
        else:
            self._outcome = lambda: self._success(result) if self._success else None
        if isValid(self._background):
            self._background.finished.emit(self)

    def deliver(self) -> None:
        """On the main thread: tell the receiver if it is still there."""
        if self._outcome is not None and not self._cancelled and isValid(self._receiver):
            self._outcome()

    def _keep_error(self, error: Exception) -> None:
        self._outcome = lambda: (self._failure or self._background.failed.emit)(error)


class QueryOp(Op[T]):
    """A read; several run at once."""


class ChangeOp(Op[T]):
    """A write; they run in the order in which they were asked for."""

    writes = True
