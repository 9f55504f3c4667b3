"""A world with clocks of its own: time passes, the computer sleeps, somebody sets the clock or travels."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fluffy_core.jobs.schedule import WATCH, Clocks, Schedule


class FakeScheduler:
    """APScheduler as the schedule uses it: waits by the monotonic clock, decides by the wall clock."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._jobs: list[tuple[Callable[[], None], Any, float]] = []
        self.deadline = float("inf")
        self.planned = 0

    def add_job(self, func: Callable[[], None], trigger: Any, **options: object) -> None:
        assert options == {"misfire_grace_time": None, "coalesce": True}
        self._jobs.append((func, trigger, self._next(trigger, None)))
        self._wait()

    def remove_all_jobs(self) -> None:
        self._jobs.clear()
        self.planned += 1

    def start(self) -> None:
        self._wait()

    def shutdown(self, *, wait: bool) -> None:
        assert not wait
        self._jobs.clear()
        self._wait()

    def process(self) -> None:
        """The wait is over: run what is due by the wall clock."""
        due = [one for one in self._jobs if one[2] <= self._world.wall]
        self._jobs = [
            (func, trigger, self._next(trigger, at) if at <= self._world.wall else at)
            for func, trigger, at in self._jobs
        ]
        for func, _, _ in due:
            func()
        self._wait()

    def _next(self, trigger: Any, last: float | None) -> float:
        now = datetime.fromtimestamp(self._world.wall, UTC)
        before = None if last is None else datetime.fromtimestamp(last, UTC)
        found = trigger.get_next_fire_time(before, now)
        return float(found.timestamp()) if found else float("inf")

    def _wait(self) -> None:
        soonest = min((at for _, _, at in self._jobs), default=float("inf"))
        self.deadline = self._world.mono + max(0.0, soonest - self._world.wall)


class World:
    """Everything that tells the time to one schedule, from `start` ("2026-03-28 12:00") in a zone on."""

    def __init__(self, start: str, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.wall = datetime.fromisoformat(start).replace(tzinfo=self.zone).timestamp()
        self.mono = 1000.0
        self.scheduler = FakeScheduler(self)
        self._schedule: Schedule | None = None
        self._watch = self.mono

    @property
    def clocks(self) -> Clocks:
        """What a schedule is given."""
        return Clocks(lambda: self.wall, lambda: self.mono, lambda: self.zone)

    def open(self, schedule: Schedule) -> None:
        """The program starts."""
        self._schedule = schedule
        self._watch = self.mono + WATCH
        schedule.start(scheduler=self.scheduler)

    def close(self) -> None:
        """The program ends."""
        assert self._schedule is not None
        self._schedule.stop()
        self._schedule = None

    def run(self, *, hours: float = 0.0, seconds: float = 0.0) -> None:
        """Time passes, with the computer awake."""
        end = self.mono + hours * 3600 + seconds
        while self.mono < end:
            upto = min(end, self._watch, self.scheduler.deadline)
            self.wall += upto - self.mono
            self.mono = upto
            if self._schedule is None:
                self._watch = end + 1
                continue
            if self.mono >= self.scheduler.deadline:
                self.scheduler.process()
                self._schedule.tick()
            if self.mono >= self._watch:
                self._watch = self.mono + WATCH
                self._schedule.tick()

    def sleep(self, *, hours: float) -> None:
        """The computer sleeps: the monotonic clock stands still."""
        self.wall += hours * 3600

    def local(self, seconds: float) -> str:
        """A moment on the user's clock."""
        return f"{datetime.fromtimestamp(seconds, self.zone):%Y-%m-%d %H:%M}"
