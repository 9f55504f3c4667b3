"""What is asked for by the clock: slots in the user's time zone that enqueue, never work."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import KnownError, UsageError
from fluffy_core.jobs.registry import Registry
from fluffy_core.services.home import local_time
from fluffy_core.store import ledger, slots
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.ledger import NewJob

if TYPE_CHECKING:
    from fluffy_core.jobs.slots import Slots

log = logging.getLogger(__name__)
WATCH = 15.0
"""Seconds between two looks at the clocks: what was slept through is asked for within a minute of waking."""
JUMP = 5.0
"""Seconds that the wall clock may run apart from the monotonic one before it counts as set or slept."""
HEAVY_AT_ONCE, SPREAD = 2, 10.0
"""Of the slow queue so many kinds start together; the next ones follow after so many seconds."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the time comes from: Unix seconds, seconds that no setting of the clock changes, the zone."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]
    zone: Callable[[], tzinfo]


@dataclass(frozen=True, slots=True)
class Look:
    """Something else than a kind of job that is looked after on time: called inside a transaction."""

    name: str
    fields: Mapping[str, str]
    ask: Callable[[Transaction, float], None]


@dataclass(frozen=True, slots=True)
class _Due:
    """A slot whose time has come, with the jobs to ask for."""

    name: str
    slot: str
    jobs: Sequence[NewJob] = ()
    look: Look | None = None


class Schedule:
    """Asks for each kind that has a schedule and a handler, once for every slot.

    The last slot asked for is remembered: what was missed while the program was closed or the computer
    slept is asked for once, the newest slot standing for all. A job's key names its slot, so that asking
    again changes nothing, whatever the clock is set to. A slot with nothing to do stays open.
    """

    def __init__(
        self,
        store: Database,
        registry: Registry,
        *,
        wall: Callable[[], float] = time.time,
        clocks: Clocks | None = None,
        looks: Sequence[Look] = (),
    ) -> None:
        self._store = store
        self._registry = registry
        self._clocks = clocks or Clocks(wall, time.monotonic, lambda: local_time.zone(store))
        self._kinds = [kind for kind in registry if kind.schedule is not None and kind.handler is not None]
        self._looks = {one.name: one for one in looks}
        self._slots: dict[str, Slots] = {}
        self._zone = ""
        self._seen = (0.0, 0.0)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._scheduler: Any = None
        self._owing = False

    def start(self, *, scheduler: Any = None) -> None:
        """Catch up with what was missed, then follow the clock in threads of its own.

        `scheduler` stands in for APScheduler's; nothing but `tick` then moves the schedule.
        """
        if not self._kinds and not self._looks:
            return
        self._stop.clear()
        self._scheduler = scheduler or _background()
        self._seen = (self._clocks.wall(), self._clocks.monotonic())
        self._plan(self._clocks.zone())
        self._look()
        self._scheduler.start()
        if scheduler is None:
            self._watcher = threading.Thread(target=self._watch, name="schedule", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """Follow the clock no longer; what was asked for stays asked for."""
        self._stop.set()
        self._wake.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        if self._watcher is not None:
            self._watcher.join(JUMP)
            self._watcher = None

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(WATCH)
            if not self._stop.is_set():
                self.tick()

    def tick(self) -> None:
        """Ask for what is due: after a slot's time came, a sleep, or a change of the clock or the zone."""
        called = self._wake.is_set() or self._owing
        self._wake.clear()
        zone = self._clocks.zone()
        if self._jumped() or str(zone) != self._zone:
            self._plan(zone)
            called = True
        if called:
            self._look()

    def _jumped(self) -> bool:
        """Whether the wall clock was set, or the computer slept (on some systems both clocks go on then)."""
        wall, monotonic = self._clocks.wall(), self._clocks.monotonic()
        passed, awake = wall - self._seen[0], monotonic - self._seen[1]
        self._seen = (wall, monotonic)
        return abs(passed - awake) > JUMP or awake > 3 * WATCH

    def _plan(self, zone: tzinfo) -> None:
        """Work out the slots anew for a zone and have every one of them wake the watcher."""
        from fluffy_core.jobs.slots import Slots, SlotTrigger

        self._zone = str(zone)
        fields = {kind.name: kind.schedule.fields for kind in self._kinds if kind.schedule is not None}
        fields |= {name: look.fields for name, look in self._looks.items()}
        self._slots = {name: Slots(one, zone) for name, one in fields.items()}
        self._scheduler.remove_all_jobs()
        for one in self._slots.values():
            self._scheduler.add_job(self._wake.set, SlotTrigger(one), misfire_grace_time=None, coalesce=True)

    def _look(self) -> None:
        """Ask for every slot that was not asked for yet; what cannot be written now is tried again."""
        now = self._clocks.wall()
        try:
            due = self._due(now)
            if due:
                with self._store.transaction(durable=True) as tx:
                    _ask(tx, due, now)
            self._owing = False
        except KnownError as error:
            log.warning("the schedule waits: %s", error)
            self._owing = True

    def _due(self, now: float) -> list[_Due]:
        asked = slots.asked(self._store)
        found = []
        for name, own in self._slots.items():
            slot = own.latest(now)
            if slot is None or not own.is_news(slot, asked.get(name), now=now):
                continue
            if name in self._looks:
                found.append(_Due(name, own.name(slot), look=self._looks[name]))
            elif (jobs := self._jobs(name, slot, now)) or own.frequent:
                found.append(_Due(name, own.name(slot), jobs))
        return found

    def _jobs(self, name: str, slot: datetime, now: float) -> list[NewJob]:
        kind = self._registry.kind(name)
        cron = kind.schedule
        if cron is None:
            return []
        made = cron.args(self._store, slot)
        try:
            return [
                self._registry.new_job(name, args, run_after=now, priority=cron.priority) for args in made
            ]
        except UsageError as error:  # one kind's mistake must not silence the others
            log.warning("%s is not asked for: %s", name, error)
            return []


def _ask(tx: Transaction, due: Sequence[_Due], now: float) -> None:
    """Write the jobs down; those of the slow queue spread out."""
    heavy = 0
    for one in due:
        if one.look is not None:
            one.look.ask(tx, now)
        wait = 0.0
        if one.jobs and one.jobs[0].queue is Queue.SLOW:
            wait = heavy // HEAVY_AT_ONCE * SPREAD
            heavy += 1
        for job in one.jobs:
            ledger.enqueue(tx, replace(job, run_after=now + wait), now=now)
    slots.note(tx, [(one.name, one.slot) for one in due], now=now)


def _background() -> Any:
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return BackgroundScheduler(daemon=True)
