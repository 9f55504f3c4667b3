"""Time zones as calendars name them, resolved to IANA names without running the file's own rules."""

import re
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_FIELD = re.compile(r"(TZID|X-LIC-LOCATION|TZOFFSETTO|BEGIN)(?:;[^:]*)?:(.*)", re.IGNORECASE)

_ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,64}")

_BY_OFFSETS = {
    (-570, -570): "Pacific/Marquesas",
    (-540, -480): "America/Anchorage",
    (-480, -420): "America/Los_Angeles",
    (-420, -360): "America/Denver",
    (-360, -300): "America/Chicago",
    (-300, -240): "America/New_York",
    (-240, -180): "America/Halifax",
    (-210, -150): "America/St_Johns",
    (0, 60): "Europe/London",
    (60, 120): "Europe/Berlin",
    (120, 180): "Europe/Helsinki",
    (210, 210): "Asia/Tehran",
    (270, 270): "Asia/Kabul",
    (330, 330): "Asia/Kolkata",
    (345, 345): "Asia/Kathmandu",
    (390, 390): "Asia/Yangon",
    (570, 570): "Australia/Darwin",
    (570, 630): "Australia/Adelaide",
    (600, 660): "Australia/Sydney",
    (720, 780): "Pacific/Auckland",
}
"""(standard, daylight) minutes east of UTC -> the zone in widest use with these offsets."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The IANA zone of that exact name, None when there is none."""
    try:
        return ZoneInfo(name) if _ZONE_NAME.fullmatch(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Zones:
    """The zones that one calendar file refers to."""

    def __init__(self, definitions: Iterable[list[str]], floating: str) -> None:
        """`definitions` are the lines of VTIMEZONE blocks, `floating` is the zone of times without one."""
        self.floating = floating if zone(floating) else "UTC"
        self.guessed: dict[str, str] = {}
        self._defined: dict[str, str] = {}
        for lines in definitions:
            self._define(lines)

    def resolve(self, tzid: str) -> str:
        """The IANA name for a TZID; when it has to be guessed, it is noted in `guessed`."""
        tzid = tzid.strip().strip('"')
        if name := _known(tzid):
            return name
        if tzid not in self.guessed:
            self.guessed[tzid] = self._defined.get(tzid) or self.floating
        return self.guessed[tzid]

    def _define(self, lines: list[str]) -> None:
        tzid, location, section = "", "", ""
        offsets: dict[str, int] = {}
        for line in lines:
            if not (match := _FIELD.match(line)):
                continue
            name, value = match[1].upper(), match[2].strip()
            if name == "TZID":
                tzid = value.strip('"')
            elif name == "X-LIC-LOCATION":
                location = value
            elif name == "BEGIN":
                section = value.upper()
            elif offset := _OFFSET.match(value):
                minutes = int(offset[2]) * 60 + int(offset[3])
                offsets[section] = -minutes if offset[1] == "-" else minutes
        standard = offsets.get("STANDARD", offsets.get("DAYLIGHT"))
        by_offset = "" if standard is None else _by_offsets(standard, offsets.get("DAYLIGHT", standard))
        self._defined[tzid] = _known(location) or by_offset


def _by_offsets(standard: int, daylight: int) -> str:
    if name := _BY_OFFSETS.get((standard, daylight)):
        return name
    hours, minutes = divmod(standard, 60)
    if minutes:
        return ""
    return _known(f"Etc/GMT{-hours:+d}") if hours else "UTC"


@lru_cache(maxsize=1024)
def _known(tzid: str) -> str:
    """An IANA name, also from a Windows name or a "/vendor/…/Area/City" (RFC 5545, 3.2.19)."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    cleaned = tzid.strip("/")
    if cleaned.upper() in {"UTC", "GMT", "Z"}:
        return "UTC"
    if cleaned in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[cleaned]
    parts = cleaned.split("/")[-4:]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if (start == 0 or len(parts) - start > 1) and zone(candidate):
            return candidate
    return ""
