"""Recurrence rules (RFC 5545, 3.3.10), period by period: no rule can run on without an end.

The usual engine, dateutil, tries a rule that never fits (30 February, every 7th day if a Tuesday)
until the year 9999; a calendar from a stranger must not be able to ask for that.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_LIMITS = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYHOUR": 23,
    "BYMINUTE": 59,
    "BYSECOND": 59,
    "BYSETPOS": 366,
}

Numbers = frozenset[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as numbers; an empty set limits nothing. `weekdays` are (ordinal or 0, Monday = 0)."""

    frequency: str
    interval: int
    count: int | None
    until: str
    months: Numbers
    month_days: Numbers
    year_days: Numbers
    weeks: Numbers
    weekdays: frozenset[tuple[int, int]]
    hours: Numbers
    minutes: Numbers
    seconds: Numbers
    positions: Numbers
    week_start: int

    def steps(self, days: int) -> int:
        """At most so many candidate times lie in a span of `days` days."""
        hours = 24 if self.frequency == "HOURLY" else max(1, len(self.hours))
        return max(0, days + 1) * hours * max(1, len(self.minutes)) * max(1, len(self.seconds))


def parse(text: str) -> Rule | None:
    """Read an RRULE value; None when it makes no sense or is finer than an hour."""
    parts = dict(part.strip().split("=", 1) for part in text.upper().split(";") if "=" in part)
    frequency, interval, count = parts.get("FREQ", ""), parts.get("INTERVAL", "1"), parts.get("COUNT", "")
    if frequency not in _FREQUENCIES or parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        return None
    if not re.fullmatch(r"0*[1-9][0-9]{0,4}", interval) or (count and not re.fullmatch(r"[0-9]{1,9}", count)):
        return None
    numbers: dict[str, Numbers] = {}
    for name, limit in _LIMITS.items():
        values = [value.strip() for value in parts.get(name, "").split(",") if value.strip()]
        if not all(re.fullmatch(r"[+-]?\d{1,3}", value) and abs(int(value)) <= limit for value in values):
            return None
        numbers[name] = frozenset(map(int, values))
    days = [day.strip() for day in parts.get("BYDAY", "").split(",") if day.strip()]
    matches = [match for day in days if (match := _WEEKDAY.fullmatch(day))]
    if len(matches) != len(days):
        return None
    start = parts.get("WKST", "MO").strip()
    return Rule(
        frequency,
        int(interval),
        count=int(count) if count else None,
        until=parts.get("UNTIL", "").strip(),
        months=numbers["BYMONTH"],
        month_days=numbers["BYMONTHDAY"],
        year_days=numbers["BYYEARDAY"],
        weeks=numbers["BYWEEKNO"],
        weekdays=frozenset((int(match[1] or 0), WEEKDAYS.index(match[2])) for match in matches),
        hours=numbers["BYHOUR"],
        minutes=numbers["BYMINUTE"],
        seconds=numbers["BYSECOND"],
        positions=numbers["BYSETPOS"],
        week_start=WEEKDAYS.index(start) if start in WEEKDAYS else 0,
    )


def starts(rule: Rule, first: datetime, *, since: datetime, stop: datetime) -> Iterator[datetime]:
    """The times that the rule gives before `stop`, all naive and local, counted from `first`.

    Without COUNT, the periods that end before `since` are not gone through; times before it may come.
    """
    left = rule.count
    for times in _periods(rule, first, since=since if left is None else first, stop=stop):
        ordered = sorted(times)
        if rule.positions:
            size = len(ordered)
            places = {place - 1 if place > 0 else size + place for place in rule.positions if place}
            ordered = [ordered[place] for place in sorted(places) if 0 <= place < size]
        for moment in ordered:
            if moment < first:
                continue
            if moment >= stop or left == 0:
                return
            yield moment
            left = None if left is None else left - 1


def _periods(rule: Rule, first: datetime, *, since: datetime, stop: datetime) -> Iterator[list[datetime]]:
    """The candidate times of each year, month, week, day or hour that the interval meets."""
    minutes, seconds = rule.minutes or {first.minute}, rule.seconds or {first.second}
    if rule.frequency == "HOURLY":
        within = list(product(minutes, seconds))
        hour = timedelta(hours=rule.interval)
        moment = first.replace(minute=0, second=0)
        moment += max(0, (since - moment) // hour) * hour
        while moment < stop:
            if _fits(rule, moment.date(), first.date()) and moment.hour in (rule.hours or {moment.hour}):
                yield [moment.replace(minute=minute, second=second) for minute, second in within]
            moment += hour
        return
    clock = sorted(product(rule.hours or {first.hour}, minutes, seconds))
    for days in _day_periods(rule, first.date(), since=since.date(), stop=stop.date()):
        fitting = [day for day in days if _fits(rule, day, first.date())]
        yield [datetime(day.year, day.month, day.day, *time) for day in fitting for time in clock]  # noqa: DTZ001


def _day_periods(rule: Rule, first: date, *, since: date, stop: date) -> Iterator[Iterator[date]]:
    step = rule.interval
    if rule.frequency == "YEARLY":
        for year in range(_aligned(first.year, since.year, step), stop.year + 1, step):
            yield _days(date(year, 1, 1).toordinal(), _year_length(year))
    elif rule.frequency == "MONTHLY":
        begin = _aligned(_month_number(first), _month_number(since), step)
        for month in range(begin, _month_number(stop) + 1, step):
            start = date(month // 12, month % 12 + 1, 1)
            yield _days(start.toordinal(), monthrange(start.year, start.month)[1])
    else:
        weekly = rule.frequency == "WEEKLY"
        length = 7 if weekly else 1
        begin = first.toordinal() - ((first.weekday() - rule.week_start) % 7 if weekly else 0)
        begin = _aligned(begin, since.toordinal(), step * length)
        for ordinal in range(begin, stop.toordinal() + 1, step * length):
            yield _days(ordinal, length)


def _aligned(begin: int, since: int, step: int) -> int:
    """The last of begin, begin + step, … that does not lie after `since`, or `begin` itself."""
    return begin + max(0, (since - begin) // step) * step


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _year_length(year: int) -> int:
    return 366 if isleap(year) else 365


def _days(ordinal: int, length: int) -> Iterator[date]:
    last = min(ordinal + length, date.max.toordinal() + 1)
    return (date.fromordinal(day) for day in range(max(ordinal, 1), last))


def _fits(rule: Rule, day: date, first: date) -> bool:
    """Whether the day passes all BY… parts, those missing taken from the first day (as RFC 5545 says)."""
    months, month_days, weekdays = rule.months, rule.month_days, rule.weekdays
    if not (month_days or weekdays or rule.year_days or rule.weeks):
        if rule.frequency == "YEARLY":
            months, month_days = months or frozenset({first.month}), frozenset({first.day})
        elif rule.frequency == "MONTHLY":
            month_days = frozenset({first.day})
        elif rule.frequency == "WEEKLY":
            weekdays = frozenset({(0, first.weekday())})
    if months and day.month not in months:
        return False
    if month_days and not _either(day.day, monthrange(day.year, day.month)[1], month_days):
        return False
    if rule.year_days and not _either(
        day.timetuple().tm_yday, 366 if isleap(day.year) else 365, rule.year_days
    ):
        return False
    if rule.weeks and not _either(
        day.isocalendar().week, date(day.year, 12, 28).isocalendar().week, rule.weeks
    ):
        return False
    return not weekdays or any(
        day.weekday() == weekday and (ordinal == 0 or ordinal in _ordinals(rule, day))
        for ordinal, weekday in weekdays
    )


def _either(number: int, last: int, wanted: Numbers) -> bool:
    """Whether a number counted from the start, or from the end as -1, is wanted."""
    return number in wanted or number - last - 1 in wanted


def _ordinals(rule: Rule, day: date) -> tuple[int, ...]:
    """As which of its weekday the day counts, from both ends of the month, or of the year."""
    if rule.frequency == "MONTHLY" or (rule.frequency == "YEARLY" and rule.months):
        number, last = day.day, monthrange(day.year, day.month)[1]
    elif rule.frequency == "YEARLY":
        number, last = day.timetuple().tm_yday, _year_length(day.year)
    else:
        return tuple(ordinal for ordinal, _ in rule.weekdays)
    return (number - 1) // 7 + 1, -((last - number) // 7 + 1)
