"""Typed access to the fields of one icalendar event, whatever a program wrote into them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from fluffy_core.domain.pim import Attendee

MAX_TEXT = 100_000
"""Characters kept of a description."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_EPOCH_DAY = date(1970, 1, 1)
_DAY = 86_400


class Fields(Protocol):
    """An icalendar component: a mapping from upper-case names to a value or a list of values."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """The value of a field."""
        ...


def clean(text: str) -> str:
    """Without control characters but tab and line feed, without outer white space, bounded."""
    return _CONTROL.sub("", text).strip()[:MAX_TEXT]


def values(event: Fields, name: str) -> Iterator[Any]:
    """All values of a field that could be read."""
    found = event.get(name)
    for value in found if isinstance(found, list) else [found]:
        if value is not None and type(value).__name__ != "vBroken":
            yield value


def text(event: Fields, name: str) -> str:
    """The first value as text, "" when absent."""
    return clean(str(next(values(event, name), "")))


def number(event: Fields, name: str) -> int:
    """The first value as a whole number, 0 when it is none."""
    digits = text(event, name)
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else 0


def rule(event: Fields, name: str) -> str:
    """The first value as an RFC 5545 rule in its canonical spelling."""
    for value in values(event, name):
        if hasattr(value, "to_ical"):
            return str(value.to_ical().decode("utf-8", "replace"))
    return ""


def when(event: Fields, name: str) -> date | timedelta | None:
    """The first value as date, datetime or duration."""
    value = getattr(next(values(event, name), None), "dt", None)
    return value if isinstance(value, date | timedelta) else None


def seconds(value: date, zone: ZoneInfo) -> int:
    """Unix seconds; a time without zone is in `zone`, a day begins at midnight UTC."""
    if not isinstance(value, datetime):
        return (value - _EPOCH_DAY).days * _DAY
    aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    return int((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def timed(value: date, like: date) -> date:
    """A bare day in the series of `like`, at the time of day at which that series takes place."""
    if isinstance(like, datetime) and not isinstance(value, datetime):
        return datetime.combine(value, like.time(), like.tzinfo)
    return value


def moments(event: Fields, name: str, zone: ZoneInfo, *, like: date) -> tuple[int, ...]:
    """The starts in a list field (RDATE, EXDATE), of periods too, in order, without repeats."""
    found: set[int] = set()
    for entry in values(event, name):
        for item in getattr(entry, "dts", ()):
            value = item.dt[0] if isinstance(item.dt, tuple) else item.dt
            if isinstance(value, date):
                found.add(seconds(timed(value, like), zone))
    return tuple(sorted(found))


def people(event: Fields, name: str) -> tuple[Attendee, ...]:
    """The calendar users in a field, each once."""
    found: dict[str, Attendee] = {}
    for value in values(event, name):
        params = getattr(value, "params", {})
        address = re.sub(r"^mailto:", "", clean(str(value)), flags=re.IGNORECASE)
        email = (address if "@" in address else clean(str(params.get("EMAIL", "")))).lower()
        shown = clean(str(params.get("CN", ""))).strip("\"' ")
        if email or shown:
            status = clean(str(params.get("PARTSTAT", ""))).lower()
            found.setdefault(email or shown, Attendee(email, shown if shown.lower() != email else "", status))
    return tuple(found.values())
