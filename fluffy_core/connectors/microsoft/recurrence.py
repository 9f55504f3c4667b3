"""Graph's recurrence patterns (learn.microsoft.com/graph/api/resources/patternedrecurrence) as RRULEs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

_DAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}
_INDEX = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FREQUENCY = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "absoluteMonthly": "MONTHLY",
    "relativeMonthly": "MONTHLY",
    "absoluteYearly": "YEARLY",
    "relativeYearly": "YEARLY",
}
_SURE = 28
"""A day of the month that every month has."""


def rrule(recurrence: Mapping[str, Any], zone: ZoneInfo | None) -> str:
    """The value of RRULE for a patternedRecurrence. `zone` is the one of its dates, None for whole days.

    Raises ValueError (KeyError, TypeError) for one that makes no sense.
    """
    pattern, extent = recurrence["pattern"], recurrence["range"]
    kind = pattern["type"]
    parts = [f"FREQ={_FREQUENCY[kind]}"]
    if (interval := _number(pattern.get("interval", 1), 99_999)) > 1:
        parts.append(f"INTERVAL={interval}")
    if kind in ("absoluteYearly", "relativeYearly"):
        parts.append(f"BYMONTH={_number(pattern['month'], 12)}")
    if kind.startswith("absolute"):
        parts += _day_of_month(_number(pattern["dayOfMonth"], 31))
    elif kind != "daily":
        parts.append("BYDAY=" + ",".join(_DAYS[one] for one in pattern["daysOfWeek"]))
    if kind.startswith("relative"):
        parts.append(f"BYSETPOS={_INDEX[pattern.get('index', 'first')]}")
    if kind == "weekly":
        parts.append(f"WKST={_DAYS[pattern.get('firstDayOfWeek') or 'sunday']}")
    return ";".join([*parts, *_extent(extent, zone)])


def _number(value: Any, most: int) -> int:
    if not isinstance(value, int) or not 0 < value <= most:
        raise ValueError(f"{value!r} is out of range")
    return value


def _day_of_month(day: int) -> list[str]:
    """Outlook takes the last day of a month that has no such day; an RRULE would skip the month."""
    if day <= _SURE:
        return [f"BYMONTHDAY={day}"]
    return ["BYMONTHDAY=" + ",".join(map(str, range(_SURE, day + 1))), "BYSETPOS=-1"]


def _extent(extent: Mapping[str, Any], zone: ZoneInfo | None) -> list[str]:
    kind = extent["type"]
    if kind == "noEnd":
        return []
    if kind == "numbered":
        return [f"COUNT={_number(extent['numberOfOccurrences'], 10**9 - 1)}"]
    if kind != "endDate":
        raise ValueError(f"{kind!r} is no end")
    last = date.fromisoformat(extent["endDate"])
    if zone is None:
        return [f"UNTIL={last:%Y%m%d}"]
    end = datetime.combine(last, time(23, 59, 59), zone).astimezone(UTC)
    return [f"UNTIL={end:%Y%m%dT%H%M%SZ}"]
