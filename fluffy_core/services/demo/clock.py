"""The demo's clock: offsets from today become working moments, and dates become spoken words."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from fluffy_core.errors import BugError

_OPENS, _CLOSES = time(8, 0), time(18, 30)
_HOLIDAYS = {(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)}
_SATURDAY = 5
_A_WEEK_SAID = 6
_NEWEST = timedelta(minutes=6)
_MARK = re.compile(r"\{(weekday|date|month|year|iso):([+-]\d{1,4})d\}")
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
}


def _summer_time(moment: datetime) -> bool:
    """Whether a naive UTC moment lies in European summer time (directive 2000/84/EC, articles 2 and 3)."""

    def last_sunday(month: int) -> datetime:
        last = date(moment.year, month, 31)
        return datetime.combine(last - timedelta(days=(last.weekday() + 1) % 7), time(1))

    return last_sunday(3) <= moment < last_sunday(10)


def stamped(wall: datetime, shift: int = 0) -> datetime:
    """A naive Berlin wall time as an aware one, told on a clock `shift` hours away from Berlin."""
    offset = 2 if _summer_time(wall - timedelta(hours=2)) else 1
    moment = (wall - timedelta(hours=offset)).replace(tzinfo=UTC)
    return moment.astimezone(timezone(timedelta(hours=offset + shift)))


def _wall(now: datetime) -> datetime:
    if now.tzinfo is None:
        return now
    moment = now.astimezone(UTC).replace(tzinfo=None)
    return moment + timedelta(hours=2 if _summer_time(moment) else 1)


def _works(day: date) -> bool:
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _HOLIDAYS


@dataclass(frozen=True, slots=True)
class Clock:
    """Berlin wall time; a naive `now` is taken as such. Nothing it places is later than six minutes ago."""

    now: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", _wall(self.now).replace(microsecond=0))

    @property
    def newest(self) -> datetime:
        """The latest moment any message may carry."""
        return self.now - _NEWEST

    def day(self, offset: int) -> date:
        """The day `offset` days from today, moved on to the next working day: due dates never fall early."""
        day = self.now.date() + timedelta(days=offset)
        while not _works(day):
            day += timedelta(days=1)
        return day

    def raw(self, offset: int, at: time) -> datetime:
        """The wall time `at`, `offset` days from today, working day or not."""
        return datetime.combine(self.now.date() + timedelta(days=offset), at)

    def settle(self, wall: datetime, *, limit: datetime, shift: int = 0) -> datetime:
        """The working moment at or before `wall` and `limit`, on a clock `shift` hours from Berlin.

        Everything moves only backwards, so that order within a thread and "not after now" hold for any now.
        """
        moment = self._working(wall, shift)
        return moment if moment <= limit else self._working(limit, shift)

    @staticmethod
    def _working(wall: datetime, shift: int) -> datetime:
        local = wall + timedelta(hours=shift)
        if local.time() < _OPENS:
            local = datetime.combine(local.date() - timedelta(days=1), time(17, local.minute))
        elif local.time() > _CLOSES:
            local = datetime.combine(local.date(), time(17, local.minute))
        while not _works(local.date()):
            local -= timedelta(days=1)
        return local - timedelta(hours=shift)

    def speak(self, text: str, *, said: date, lang: str) -> str:
        """Fill `{weekday:+2d}`, `{date:-3d}`, `{month:..}`, `{year:..}` and `{iso:..}` for a text of `said`.

        Offsets count from today. A weekday more than six days from `said` (or that very day) gets its date,
        for the bare name would mean another day.
        """

        def word(mark: re.Match[str]) -> str:
            kind, day = mark[1], self.day(int(mark[2]))
            if kind == "weekday":
                name = _WEEKDAYS[lang][day.weekday()]
                near = 1 <= abs((day - said).days) <= _A_WEEK_SAID
                return name if near else f"{name}{', den' if lang == 'de' else ''} {spoken_date(day, lang)}"
            if kind == "date":
                return spoken_date(day, lang)
            if kind == "month":
                return _MONTHS[lang][day.month - 1]
            return str(day.year) if kind == "year" else day.isoformat()

        spoken = _MARK.sub(word, text)
        if left := re.search(r"\{\w*:[^}]*\}", spoken):
            raise BugError(f"The demo holds a placeholder nobody understands: {left[0]}")
        return spoken


def spoken_date(day: date, lang: str) -> str:
    """A day as people write it: `14 March`, `14. März`."""
    return f"{day.day}{'.' if lang == 'de' else ''} {_MONTHS[lang][day.month - 1]}"


def weekday_name(day: date, lang: str) -> str:
    """The name of a day's weekday in English or German."""
    return _WEEKDAYS[lang][day.weekday()]
