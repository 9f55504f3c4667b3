"""The slots of a cron expression: when it is due, whatever the zone does to its clock."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

_LOOK_BACK = tuple(timedelta(days=days) for days in (0.1, 2, 9, 35, 400))
_SHIFT = timedelta(hours=3)
"""More than any clock change: a slot of today may have passed though the clock shows less."""
TRAVEL = 26 * 3600.0
"""Seconds that the same time of day is apart at most around the world."""


class Slots:
    """When an expression is due, in order; each slot is an aware datetime, its own name and instant.

    With a fixed hour a slot is a time on the user's clock, once for each date: one that a clock change
    skips comes when the gap is over, one that a change repeats comes the first time. Without one (every
    so many minutes or hours) slots count in UTC, where no clock changes.
    """

    def __init__(self, fields: Mapping[str, str], zone: tzinfo) -> None:
        by_the_clock = fields.get("hour", "*").isdigit()
        # A zone of its own, so that only what counts in UTC has UTC itself for its zone.
        self.zone = (timezone(timedelta(0), "UTC") if zone is UTC else zone) if by_the_clock else UTC
        # The expression runs on dates and times as they are written, without any zone.
        self._cron = CronTrigger(**fields, timezone=UTC)
        self._precision = "seconds" if "second" in fields else "minutes"
        self._known: tuple[float, float, datetime] | None = None

    @property
    def frequent(self) -> bool:
        """Whether the next slot is never far: every so many minutes or hours."""
        return self.zone is UTC

    def latest(self, now: float) -> datetime | None:
        """The last slot that is due at `now` (Unix seconds)."""
        if self._known is not None and self._known[0] <= now < self._known[1]:
            return self._known[2]
        found, following = self._latest(now), self.after(now)
        if found is not None and following is not None:
            self._known = (found.timestamp(), following.timestamp(), found)
        return found

    def _latest(self, now: float) -> datetime | None:
        written = self._written(now)
        until = written if self.zone is UTC else written + _SHIFT
        for back in _LOOK_BACK:
            due = [one for one in self._from(written - back, until) if one.timestamp() <= now]
            if due:
                return due[-1]
        return None

    def after(self, now: float) -> datetime | None:
        """The first slot later than `now` (Unix seconds)."""
        start = self._written(now) - (timedelta(0) if self.zone is UTC else _SHIFT)
        return next((one for one in self._from(start, None) if one.timestamp() > now), None)

    def name(self, slot: datetime) -> str:
        """A slot in words that sort: "2026-03-02T09:00" by the user's clock, "2026-03-02T09:15Z" in UTC."""
        text = slot.replace(tzinfo=None).isoformat(timespec=self._precision)
        return f"{text}Z" if self.zone is UTC else text

    def is_news(self, slot: datetime, asked: str | None, *, now: float) -> bool:
        """Whether a slot is to be asked for, when `asked` is the name of the last one that was.

        An earlier slot than that is none, after a journey west as after setting the clock back; unless
        the clock was so wrong that waiting for it to come round again would be worse than asking anew.
        """
        name = self.name(slot)
        if asked is None or name > asked:
            return True
        return name < asked and self._instant(asked) > now + (0.0 if self.zone is UTC else TRAVEL)

    def _instant(self, name: str) -> float:
        return datetime.fromisoformat(name.removesuffix("Z")).replace(tzinfo=self.zone).timestamp()

    def _written(self, now: float) -> datetime:
        return datetime.fromtimestamp(now, self.zone).replace(tzinfo=UTC, fold=0)

    def _from(self, start: datetime, until: datetime | None) -> Iterator[datetime]:
        found = self._cron.get_next_fire_time(None, start)
        while found is not None and (until is None or found <= until):
            # zoneinfo reads a time that a clock change skips with the offset before it: after the gap.
            yield found.replace(tzinfo=self.zone)
            found = self._cron.get_next_fire_time(found, found)


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # apscheduler is untyped
    """Fires at the slots; those that were slept through are one."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first slot after both."""
        since = now if previous_fire_time is None else max(previous_fire_time, now)
        found = self._slots.after(since.timestamp())
        return None if found is None else found.astimezone(UTC)
