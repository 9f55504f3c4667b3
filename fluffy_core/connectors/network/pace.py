"""How fast an account may be asked: a token bucket, and how many requests may be under way at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

STEP = 0.05
"""Seconds between two looks for a free place."""

Wait = Callable[[float], bool]
"""Waits so many seconds; True as soon as whoever waits shall give up (`threading.Event.wait`)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`rate` units a second in the long run, `burst` at once; `at_once` requests (0: any number)."""

    rate: float
    burst: float
    at_once: int = 0


GMAIL = Limits(rate=225.0, burst=500.0)
"""In quota units: a user has 15,000 a minute (Gmail API usage limits), of which 14,000 are used at most."""
GRAPH = Limits(rate=15.0, burst=900.0, at_once=4)
"""In requests: a mailbox has 10,000 in ten minutes and four at once (Graph throttling limits, Outlook)."""


class Pace:
    """The bucket of one account, shared by all that ask it, from any thread.

    What is taken is reserved in the order of asking, so that a large request is not overtaken for ever.
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._left = limits.burst
        self._at = clock()
        self._free = limits.at_once
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, cost: float, wait: Wait) -> Iterator[bool]:
        """Wait for `cost` units and a place, which is held meanwhile; False when `wait` gave up."""
        delay = self._reserve(cost)
        if delay and wait(delay):
            self._give_back(cost)
            yield False
            return
        placed = self._placed(wait)
        try:
            yield placed
        finally:
            if placed:
                self._leave()

    def _reserve(self, cost: float) -> float:
        """Take units, borrowed ones too; the seconds until they are there."""
        with self._lock:
            now = self._clock()
            self._left = min(self._limits.burst, self._left + (now - self._at) * self._limits.rate)
            self._at = now
            self._left -= cost
            return max(0.0, -self._left / self._limits.rate)

    def _give_back(self, cost: float) -> None:
        with self._lock:
            self._left += cost

    def _placed(self, wait: Wait) -> bool:
        while True:
            with self._lock:
                if not self._limits.at_once or self._free:
                    self._free -= 1
                    return True
            if wait(STEP):
                return False

    def _leave(self) -> None:
        with self._lock:
            self._free += 1


class Paces:
    """The buckets of all accounts, by a name of each."""

    def __init__(self) -> None:
        self._known: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def of(self, name: str, limits: Limits) -> Pace:
        """The bucket of this name, made with `limits` when it is new."""
        with self._lock:
            return self._known.setdefault(name, Pace(limits))
