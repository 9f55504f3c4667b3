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
        self._ahead = 0
        self._closed = False

    @contextmanager
    def take(self, priority: int, until: float) -> Iterator[None]:
        """Hold the turn within the `with` block. `until` in seconds of `time.monotonic`.

        Raises:
            TransientError: the turn did not come in time, or `close` was called.
        """
        if not self.enter(priority, until):
            raise TransientError("The model is busy with other work.")
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Within the `with` block only priority 0 gets the turn: for work of many turns in a row."""
        with self._changed:
            self._ahead += 1
        try:
            yield
        finally:
            with self._changed:
                self._ahead -= 1
                self._changed.notify_all()

    def leave(self) -> None:
        """Give the turn back that `enter` got."""
        with self._changed:
            self._taken = False
            self._changed.notify_all()

    def close(self) -> None:
        """Send every waiter away, and whoever comes later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def enter(self, priority: int, until: float) -> bool:
        """Wait for the turn, which `leave` gives back; False when it does not come in time.

        Raises:
            TransientError: `close` was called.
        """
        ticket = (priority, next(self._numbers))
        with self._changed:
            heapq.heappush(self._waiting, ticket)
            try:
                while not self._closed and not self._may_enter(ticket):
                    left = until - time.monotonic()
                    if left <= 0:
                        return False
                    self._changed.wait(left)
                if self._closed:
                    raise TransientError("The model is closed: the program is ending.")
                self._taken = True
                return True
            finally:
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()

    def _may_enter(self, ticket: tuple[int, int]) -> bool:
        return not self._taken and self._waiting[0] == ticket and not (self._ahead and ticket[0] > 0)
