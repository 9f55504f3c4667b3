"""Why background work waits by itself: the battery, or memory that grew and grew."""

import time
from collections.abc import Callable, Mapping

from fluffy_core.domain.jobs import Pauses, Queue
from fluffy_core.jobs.machine import Machine, workers
from fluffy_core.store import alerts, pauses
from fluffy_core.store.database import Database, Transaction

INTERVAL = 5.0
"""Seconds between two looks at the computer."""
GROWTH_LIMIT = 1 << 30
"""Bytes by which this process may grow after its start before background work waits."""


class Burden:
    """What the computer bears just now; the dispatcher looks at it as often as it likes."""

    def __init__(self, store: Database, machine: Machine, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._machine = machine
        self._clock = clock
        self._looked = float("-inf")
        self._memory_at_start = 0
        self._on_battery = False
        self._heavy = False
        self.workers: Mapping[Queue, int] = workers(machine.cores())
        """How many workers of each queue may work."""

    def look(self) -> None:
        """Look again if it is time. Raises StoreError or DiskFullError."""
        if time.monotonic() - self._looked < INTERVAL:
            return
        first, self._looked = self._looked == float("-inf"), time.monotonic()
        memory = self._machine.memory()
        if first:
            self._memory_at_start = memory
        self._on_battery = self._machine.on_battery()
        grown = memory - self._memory_at_start
        was_heavy, self._heavy = self._heavy, grown > GROWTH_LIMIT
        self.workers = workers(self._machine.cores(), on_battery=self._on_battery)
        found = pauses.read(self._store)
        if found.held != self._reason(found) or was_heavy != self._heavy:
            with self._store.transaction() as tx:
                pauses.hold(tx, self._reason(found))
                if was_heavy != self._heavy:
                    self._tell(tx, grown)

    def _tell(self, tx: Transaction, grown: int) -> None:
        if self._heavy:
            text = f"FluffyMail holds {grown / (1 << 30):.1f} GB more memory than at its start."
            cure = "Background work waits. Start FluffyMail again to free the memory."
            alerts.note(tx, "memory", text=text, cure=cure, now=self._clock())
        else:
            alerts.settle(tx, "memory")

    def _reason(self, chosen: Pauses) -> str:
        if self._heavy:
            return "memory"
        return "battery" if self._on_battery and chosen.on_battery else ""

    def holds(self, chosen: Pauses) -> bool:
        """Whether background work waits, given what the user chose."""
        return self._heavy or (self._on_battery and chosen.on_battery)
