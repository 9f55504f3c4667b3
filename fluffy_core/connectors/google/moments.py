"""Dates and times as Google's calendar gives them, and as the lines of RFC 5545 in its events do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_VALUE = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a time in a zone: `local` is what a clock there shows. `zone` is an IANA name."""

    seconds: int
    all_day: bool
    zone: str
    local: datetime


def zone_named(name: str) -> tzinfo | None:
    """A time zone by its IANA name, None when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no name of a file, a folder, nothing of that name
        return None


def moment(told: Mapping[str, Any], default_zone: str) -> Moment:
    """`start`, `end` or `originalStartTime` of an event. Raises ValueError or KeyError when it is none.

    A zone that nobody knows counts as `default_zone`.
    """
    if "date" in told:
        day = date.fromisoformat(str(told["date"]))
        return Moment((day - _EPOCH).days * _DAY, True, "UTC", datetime(day.year, day.month, day.day))  # noqa: DTZ001
    wanted = str(told.get("timeZone", "")) or default_zone
    name = wanted if zone_named(wanted) is not None else default_zone
    zone = zone_named(name) or UTC
    when = datetime.fromisoformat(str(told["dateTime"]))
    aware = when if when.tzinfo is not None else when.replace(tzinfo=zone)
    return Moment(int(aware.timestamp()), False, name, aware.astimezone(zone).replace(tzinfo=None))


def listed(line: str, start: Moment) -> tuple[int, ...]:
    """The moments of an EXDATE or RDATE line in the series of `start`, as Unix seconds.

    Raises ValueError for what is no moment. A bare day means the series' time of day.
    """
    head, _, values = line.partition(":")
    named = re.search(r";TZID=\"?([^\":;]+)", head, re.IGNORECASE)
    zone = zone_named(named[1] if named else start.zone) or zone_named(start.zone) or UTC
    return tuple(_seconds(one.partition("/")[0].strip(), zone, start) for one in values.split(","))


def _seconds(text: str, zone: tzinfo, start: Moment) -> int:
    match = _VALUE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day = datetime.strptime(match[1], "%Y%m%d")  # noqa: DTZ007 - its zone comes below
    if start.all_day:
        return (day.date() - _EPOCH).days * _DAY
    if not match[2]:
        at = datetime.combine(day.date(), start.local.time())
        return int(at.replace(tzinfo=zone_named(start.zone) or UTC).timestamp())
    at = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
    return int(at.replace(tzinfo=UTC if match[3] else zone).timestamp())
