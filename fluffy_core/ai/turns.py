"""A lock that interactive callers get before those in the background."""

import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fluffy_core.errors import TransientError


class Turns:
    """One holder at a time; waiters enter by priority (lower first), then in the order they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()
        self._taken = False
        self._closed = False

    @contextmanager
    def take(self, priority: int, until: float) -> Iterator[None]:
        """Hold the turn within the `with` block. `until` in seconds of `time.monotonic`.

        Raises:
            TransientError: the turn did not come in time, or `close` was called.
        """
        self._enter((priority, next(self._numbers)), until)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def close(self) -> None:
        """Send every waiter away, and whoever comes later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _enter(self, ticket: tuple[int, int], until: float) -> None:
        with self._changed:
            heapq.heappush(self._waiting, ticket)
            try:
                while not self._closed and (self._taken or self._waiting[0] != ticket):
                    left = until - time.monotonic()
                    if left <= 0:
                        raise TransientError("The model is busy with other work.")
                    self._changed.wait(left)
                if self._closed:
                    raise TransientError("The model is closed: the program is ending.")
                self._taken = True
            finally:
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
