"""Days on which a Graph recurrence takes place, counted one by one, as Outlook describes its patterns."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEX = ("first", "second", "third", "fourth", "last")


def days(recurrence: dict[str, Any], until: date) -> Iterator[date]:
    """The days of a patternedRecurrence up to `until`."""
    pattern, extent = recurrence["pattern"], recurrence["range"]
    first = date.fromisoformat(extent["startDate"])
    last = date.fromisoformat(extent["endDate"]) if extent["type"] == "endDate" else date.max
    left = extent["numberOfOccurrences"] if extent["type"] == "numbered" else None
    day = first
    while day <= min(last, until) and left != 0:
        if _takes_place(pattern, first, day):
            yield day
            left = None if left is None else left - 1
        day += timedelta(days=1)


def _takes_place(pattern: dict[str, Any], first: date, day: date) -> bool:
    kind, interval = pattern["type"], pattern["interval"]
    if kind == "daily":
        return bool((day - first).days % interval == 0)
    if kind == "weekly":
        start = DAYS.index(pattern.get("firstDayOfWeek", "sunday"))
        weeks = (_week(day, start) - _week(first, start)) // 7
        return bool(weeks % interval == 0 and DAYS[day.weekday()] in pattern["daysOfWeek"])
    if kind.endswith("Yearly") and ((day.year - first.year) % interval or day.month != pattern["month"]):
        return False
    months = (day.year - first.year) * 12 + day.month - first.month
    if kind.endswith("Monthly") and months % interval:
        return False
    if kind.startswith("absolute"):
        return bool(day.day == min(pattern["dayOfMonth"], monthrange(day.year, day.month)[1]))
    return _is_nth(pattern, day)


def _week(day: date, start: int) -> int:
    """The ordinal of the first day of a day's week."""
    return day.toordinal() - (day.weekday() - start) % 7


def _is_nth(pattern: dict[str, Any], day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    month = [day.replace(day=number) for number in range(1, length + 1)]
    fitting = [one for one in month if DAYS[one.weekday()] in pattern["daysOfWeek"]]
    place = INDEX.index(pattern["index"])
    wanted = fitting[-1:] if place == len(INDEX) - 1 else fitting[place : place + 1]
    return day in wanted
