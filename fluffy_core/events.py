"""What changed, told after the commit to whoever listens: plain callbacks, no threads of its own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.domain.ids import JobId


class Changed(StrEnum):
    """Kinds of things a view may show; a write names those it touched."""

    MESSAGES = "messages"
    THREADS = "threads"
    CONTACTS = "contacts"
    CATEGORIES = "categories"
    SUMMARIES = "summaries"
    FOLLOW_UPS = "follow-ups"
    JOBS = "jobs"
    CALENDAR = "calendar"
    SETTINGS = "settings"
    ACCOUNTS = "accounts"
    ANALYTICS = "analytics"
    TRAFFIC = "traffic"
    OUTBOX = "outbox"
    COMMITMENTS = "commitments"
    DRAFTS = "drafts"
    MODELS = "models"
    RULES = "rules"
    """What was learned from the user's corrections."""
    ALERTS = "alerts"
    """There is something to tell the user that was not told before; `activity.alerts` says what."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The kinds touched by one committed write."""

    kinds: frozenset[Changed]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `total` 0 means not known yet. `seconds_left` is None until it can be guessed."""

    job_id: JobId
    name: str
    done: int
    total: int
    text: str
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class DraftGrew:
    """A draft that is being written: the whole text so far."""

    request_id: str
    text: str


Event = Changes | Progress | DraftGrew
Listener = Callable[[Event], None]


class Bus:
    """Delivers events to listeners in the thread that published them."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the result takes it off again."""
        with self._lock:
            self._listeners += (listener,)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every listener."""
        for listener in self._listeners:
            listener(event)

    def changed(self, *kinds: Changed) -> None:
        """Publish `Changes` of these kinds."""
        if kinds:
            self.publish(Changes(frozenset(kinds)))
