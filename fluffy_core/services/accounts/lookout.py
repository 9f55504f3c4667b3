"""Notices that a server which could not be reached is there again, so that what waits for it goes on."""

import logging
import random
import threading
import time
from typing import Protocol

from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.errors import KnownError, TransientError
from fluffy_core.services.accounts import network
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
SHORTEST, LONGEST = 5.0, 300.0
"""Seconds between two looks: few after the connection went, more the longer it is gone."""


class Door(Protocol):
    """What a lookout knocks at: the gateway."""

    def knock(self, endpoint: Endpoint, *, reason: str) -> None:
        """See whether a server takes connections."""
        ...


class Lookout:
    """Knocks at the servers that were gone when somebody tried, and tells once they are there.

    The gateway tells `reached` of every try, so that a connection anybody else makes counts as well.
    """

    def __init__(self, store: Database) -> None:
        self.door: Door | None = None
        """Set once there is one; it is in turn made with `reached`."""
        self._store = store
        self._gone: dict[tuple[str, int], Endpoint] = {}
        self._back = False
        self._stopped = True
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def reached(self, endpoint: Endpoint, there: bool) -> None:
        """Somebody tried to reach a server; called in any thread."""
        key = (endpoint.host, endpoint.port)
        if there and key not in self._gone:
            return
        with self._news:
            if not there:
                self._gone[key] = endpoint
            elif self._gone.pop(key, None) is not None:
                self._back = True
            self._news.notify_all()

    def start(self) -> None:
        """Look out in a thread of its own."""
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name="lookout", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Look out no longer; False when a knock that is under way does not end within `timeout` seconds."""
        thread, self._thread = self._thread, None
        with self._news:
            self._stopped = True
            self._news.notify_all()
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _watch(self) -> None:
        pause = SHORTEST
        while not self._stopped:
            with self._news:
                self._news.wait_for(lambda: self._stopped or self._back or bool(self._gone))
                back, self._back = self._back, False
                if not back:
                    early = self._news.wait_for(
                        lambda: self._stopped or self._back, pause * random.uniform(0.8, 1.2)
                    )
                    if early:
                        continue
            if back:
                self._tell()
                pause = SHORTEST
            else:
                self._knock()
                pause = min(2 * pause, LONGEST) if self._gone else SHORTEST

    def _knock(self) -> None:
        for key, endpoint in tuple(self._gone.items()):
            if self._stopped or self.door is None:
                return
            try:
                self.door.knock(endpoint, reason="is it there again")
            except TransientError:
                continue
            except KnownError:  # offline, or no account's any more: whoever wants it again will tell
                self._gone.pop(key, None)

    def _tell(self) -> None:
        try:
            with self._store.transaction() as tx:
                network.note_back(tx, now=time.time())
        except KnownError as error:
            log.warning("that the network is back could not be written: %s", error)
            self._back = True
