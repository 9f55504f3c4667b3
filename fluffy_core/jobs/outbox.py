"""The worker of the outbox: a thread that looks what is due, and one for each account it goes out by."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.outgoing import OutboxRow
from fluffy_core.errors import KnownError
from fluffy_core.events import Changed
from fluffy_core.services.accounts import network
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.writing import outgoing
from fluffy_core.store import outbox
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
TICK = 1.0
"""Seconds between two looks: another process may have put something in."""
KEPT = 30 * 86_400.0
"""Seconds that the outbox remembers what was sent."""


class OutboxWorker:
    """Hands over what the user sent, while this process owns the home. No job can start or hold it.

    Why this is no job: docs/adr/0015-the-outbox-is-no-job.md.
    """

    def __init__(self, store: Database, connect: Connect, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._connect = connect
        self._clock = clock
        self._busy: set[AccountId | None] = set()
        self._at: dict[AccountId | None, int] = {}
        self._threads: list[threading.Thread] = []
        self._gate = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        store.add_after_commit(self._heard)

    def start(self) -> None:
        """Begin; the first look finds what an earlier process left behind."""
        self._stop.clear()
        with self._store.transaction() as tx:
            outbox.prune(tx, before=self._clock() - KEPT)
        self._run(self._keep_looking, name="outbox")

    def stop(self, timeout: float) -> bool:
        """Begin nothing more, and wait for what is being handed over; False when that takes too long."""
        self._stop.set()
        self._wake.set()
        end = time.monotonic() + timeout
        with self._gate:
            threads = list(self._threads)
        for one in threads:
            one.join(max(0.0, end - time.monotonic()))
        return not any(one.is_alive() for one in threads)

    def _run(self, work: Callable[[], None], *, name: str) -> None:
        """A thread that `stop` waits for: until it has ended it may use the store."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()

    def _heard(self, changes: frozenset[Changed], _jobs_enqueued: bool) -> None:
        """Something was committed: look soon when it is about the outbox, or whether we are offline."""
        if changes & {Changed.OUTBOX, Changed.SETTINGS}:
            self._wake.set()

    def idle(self) -> bool:
        """Whether nothing is on its way out, or it waits for the user to go online."""
        return outbox.open_count(self._store) == 0 or network.is_offline(self._store)

    def _keep_looking(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                nap = self._beat()
            except KnownError as error:
                log.warning("the outbox waits: %s", error)
                nap = TICK
            self._wake.wait(nap)

    def _beat(self) -> float:
        """One look; how many seconds may pass until the next."""
        now = self._clock()
        outgoing.recover(self._store, now=now, alive=self._in_hand)
        if network.is_offline(self._store):
            return TICK
        for row in outbox.due(self._store, now=now):
            self._begin(row.account_id)
        soonest = outbox.next_due(self._store, after=now)
        return TICK if soonest is None else min(TICK, max(0.02, soonest - self._clock()))

    def _in_hand(self) -> tuple[int, ...]:
        with self._gate:
            return tuple(self._at.values())

    def _begin(self, account_id: AccountId | None) -> None:
        """A thread for an account, so that a slow server holds up no other one's mail."""
        with self._gate:
            if account_id not in self._busy and not self._stop.is_set():
                self._busy.add(account_id)
                self._run(partial(self._work_off, account_id), name=f"outbox-{account_id}")

    def _work_off(self, account_id: AccountId | None) -> None:
        row: OutboxRow | None = None
        try:
            while (row := self._next_of(account_id)) is not None:
                with self._gate:
                    self._at[account_id] = row.id
                outgoing.step(self._store, self._connect, row, clock=self._clock)
        except KnownError as error:
            log.warning("the outcome of a message in the outbox could not be written: %s", error)
            self._stop.wait(TICK)
        except BaseException:
            if row is not None:
                outgoing.give_up(self._store, row, clock=self._clock)
            raise
        finally:
            with self._gate:
                self._at.pop(account_id, None)
                self._busy.discard(account_id)
            self._wake.set()

    def _next_of(self, account_id: AccountId | None) -> OutboxRow | None:
        if self._stop.is_set() or network.is_offline(self._store):
            return None
        rows = outbox.due(self._store, now=self._clock())
        return next((row for row in rows if row.account_id == account_id), None)
