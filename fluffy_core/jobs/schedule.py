"""What is asked for by the clock: cron triggers in the user's time zone that enqueue, never work."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from fluffy_core.jobs.registry import Args, JobKind, Registry

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler


class Schedule:
    """Asks for the jobs that a registry declares as daily.

    What was missed while the program was closed or the computer slept is asked for once: the key of
    a job names its day, so that asking again changes nothing.
    """

    def __init__(
        self,
        registry: Registry,
        enqueue: Callable[[str, Args], object],
        *,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._kinds = [kind for kind in registry if kind.daily is not None]
        self._enqueue = enqueue
        self._now = now or (lambda: datetime.now().astimezone())
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Catch up with today, then follow the clock in a thread of its own."""
        if not self._kinds:
            return
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.cron import CronTrigger

        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler()
        for kind in self._kinds:
            if kind.daily is None:
                continue
            if self._now().time() >= kind.daily.at:
                self._ask(kind)
            trigger = CronTrigger(hour=kind.daily.at.hour, minute=kind.daily.at.minute)
            self._scheduler.add_job(self._ask, trigger, [kind], misfire_grace_time=None, coalesce=True)
        self._scheduler.start()

    def _ask(self, kind: JobKind) -> None:
        if kind.daily is not None:
            self._enqueue(kind.name, kind.daily.args(self._now().date()))

    def stop(self) -> None:
        """Follow the clock no longer; what was asked for stays asked for."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
