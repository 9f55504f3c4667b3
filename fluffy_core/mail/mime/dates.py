"""The Date header: RFC 5322, its obsolete forms and what else is found in mail."""

import calendar
import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_tz

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DATE = re.compile(
    r"\s*(?:[A-Za-z]{3,9}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3})[A-Za-z]{0,6}\.?[\s-]+(\d{2,4}),?\s+"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:([+-]\d{4})(?!\d)|\(?([A-Za-z]{1,5})\b)?"
)
# RFC 5322, section 4.3; the single letters count as unknown, so as UTC.
_ZONES = {"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
_ZONES |= {"BST": 1, "CET": 1, "MET": 1, "WET": 0, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3}
_ZONES |= {"JST": 9, "KST": 9, "HST": -10, "AKST": -9, "AKDT": -8}
_MAX_HEADER = 200
_TWO_DIGITS, _FOUR_DIGITS, _PIVOT = 100, 1000, 50
_LEAP = 60  # the second that some minutes have more
_FARTHEST = 14 * 3600  # no place is farther from UTC
_EPOCH = date(1970, 1, 1).toordinal()
_TWO_DAYS = 2 * 86_400


def parse_date(text: str, *, now: float) -> int | None:
    """Unix seconds of a Date header; None when it is no date, before 1970 or two days ahead of `now`."""
    text = text[:_MAX_HEADER]
    match = _DATE.match(text)
    seconds = _from_match(match) if match else _from_odd(text)
    if seconds is None or seconds < 0 or seconds > now + _TWO_DAYS:
        return None
    return seconds


def _from_match(match: re.Match[str]) -> int | None:
    day, name, year_text, hour, minute, second, offset, zone = match.groups()
    month = _MONTHS.get(name.lower())
    if month is None:
        return None
    shift = _offset_seconds(offset) if offset else _ZONES.get((zone or "").upper(), 0) * 3600
    return _seconds((_year(year_text), month, int(day), int(hour), int(minute), int(second or 0)), shift)


def _year(text: str) -> int:
    """RFC 5322, 4.3: two digits 00-49 are 2000-2049, 50-99 and three digits count from 1900."""
    year = int(text)
    if year < _TWO_DIGITS:
        return year + (2000 if year < _PIVOT else 1900)
    return year + 1900 if year < _FOUR_DIGITS else year


def _offset_seconds(text: str) -> int:
    """Seconds east of UTC of "+hhmm"; 0 when no place on earth has it."""
    hours, minutes = int(text[1:3]), int(text[3:5])
    shift = hours * 3600 + minutes * 60
    if shift > _FARTHEST:
        return 0
    return -shift if text[0] == "-" else shift


def _seconds(parts: tuple[int, int, int, int, int, int], shift: int) -> int | None:
    """Unix seconds of a local time `shift` seconds east of UTC; None for 31 February and 25 o'clock."""
    year, month, day, hour, minute, second = parts
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except (ValueError, OverflowError):
        return None
    try:
        time(hour, minute, min(second, 59) if second == _LEAP else second)
    except ValueError:
        return None
    return days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - shift


def _from_odd(text: str) -> int | None:
    """ISO 8601, asctime and what the standard library understands beyond."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return calendar.timegm(moment.utctimetuple())
    try:
        fields = parsedate_tz(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if fields is None:
        return None
    year, month, day, hour, minute, second = fields[:6]
    shift = fields[9] or 0
    return _seconds((year, month, day, hour, minute, second), shift if abs(shift) <= _FARTHEST else 0)
