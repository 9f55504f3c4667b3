"""Reads iCalendar files (RFC 5545) event by event, so that a broken one does not cost the others."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fluffy_core.domain.pim import Calendar, CalendarEvent, bounded
from fluffy_core.mail.pim import calendar_fields as fields
from fluffy_core.mail.pim.calendar_zones import Zones
from fluffy_core.mail.pim.recurrence import expand
from fluffy_core.mail.pim.text_file import decoded, unfolded

__all__ = ["expand", "parse"]

_READ = {
    *(
        "UID",
        "SUMMARY",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
    ),
    *("SEQUENCE", "LOCATION", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "URL"),
}
_DATES = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)")
_TZID = re.compile(r";TZID=(\"[^\"]*\"|[^:;]*)", re.IGNORECASE)
_REFUSALS = (ValueError, KeyError, IndexError, AttributeError, TypeError, ArithmeticError, RecursionError)
"""What icalendar raises on values that it cannot make sense of."""


@dataclass(slots=True)
class _Blocks:
    """A calendar file cut into the lines of its events and time zones."""

    events: list[list[str]] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def close(self, kind: str, lines: list[str], *, ended: bool) -> None:
        """Take the finished block of one VEVENT or VTIMEZONE."""
        (self.events if kind == "VEVENT" else self.zones).append(lines)
        if not ended:
            self.problems.append(f"The event “{_title(lines)}” has no end; it may be incomplete.")


def parse(data: bytes, *, timezone_name: str = "UTC") -> Calendar:
    """The events of an .ics file, and a plain sentence for each that had to be left out.

    `timezone_name` is the zone for times that name none, unless the file sets one (X-WR-TIMEZONE).
    """
    text = decoded(data)
    blocks = _cut(unfolded(text))
    zones = Zones(blocks.zones, blocks.properties.get("X-WR-TIMEZONE", "") or timezone_name)
    events: list[CalendarEvent] = []
    problems = blocks.problems
    for lines in blocks.events:
        try:
            events.append(_event(lines, zones, problems))
        except _REFUSALS as e:
            reason = fields.clean(str(e))[:200] or "its values make no sense"
            problems.append(f"The event “{_title(lines)}” was left out: {reason}.")
    problems += [
        f"The time zone “{name[:80]}” is not known; its times were read as {taken}."
        for name, taken in zones.guessed.items()
    ]
    if "BEGIN:V" not in text.upper():
        problems.append("There is no calendar in this file.")
    name = fields.clean(blocks.properties.get("X-WR-CALNAME", ""))
    return Calendar(tuple(events), bounded(problems), name, blocks.properties.get("METHOD", "").lower())


def _cut(lines: list[str]) -> _Blocks:
    """Sort lines into blocks, without the parts nested in events (alarms) and fields not read here."""
    blocks = _Blocks()
    inside, nested, current = "", 0, list[str]()
    for line in lines:
        match = _NAME.match(line)
        name = match[1].upper() if match else ""
        value = line.partition(":")[2].strip()
        block = value.upper() if name in {"BEGIN", "END"} else ""
        if name == "BEGIN" and block in {"VEVENT", "VTIMEZONE"}:
            if inside:
                blocks.close(inside, current, ended=False)
            inside, nested, current = block, 0, []
        elif not inside:
            blocks.properties.setdefault(name, value)
        elif name == "END" and block in {inside, "VCALENDAR"}:
            blocks.close(inside, current, ended=block == inside)
            inside = ""
        elif inside == "VTIMEZONE":
            current.append(line)
        elif block:
            nested += 1 if name == "BEGIN" else -1
        elif name in _READ and nested <= 0:
            current.append(line)
    if inside:
        blocks.close(inside, current, ended=False)
    return blocks


def _title(lines: list[str]) -> str:
    summary = next((line for line in lines if line.upper().startswith("SUMMARY")), "")
    return fields.clean(summary.partition(":")[2])[:80] or "without a title"


def _mended(line: str, zones: Zones) -> str:
    """The line with its TZID replaced by the IANA name that it means, a rule without blanks."""
    head, colon, value = line.partition(":")
    if head.upper() == "RRULE":
        value = value.replace(" ", "")
    if (match := _TZID.search(line)) and line.upper().startswith(_DATES):
        tzid = match[1].strip('"')
        head, colon, value = line[: match.start()], f";TZID={zones.resolve(tzid)}", line[match.end() :]
    return head + colon + value


def _event(lines: list[str], zones: Zones, problems: list[str]) -> CalendarEvent:
    from icalendar import Event

    resolved = [_mended(line, zones) for line in lines]
    parsed = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *resolved, "END:VEVENT", ""]))
    if not isinstance(parsed, Event):
        raise ValueError("it is damaged")
    begin = fields.when(parsed, "DTSTART")
    if not isinstance(begin, date):
        raise ValueError("it has no start" if "DTSTART" not in parsed else "its start cannot be read")
    damaged = sorted({str(name) for name, _ in parsed.errors if name})
    problems += [f"In the event “{_title(lines)}” the field {name} could not be read." for name in damaged]
    floating = ZoneInfo(zones.floating)
    start = fields.seconds(begin, floating)
    return CalendarEvent(
        uid=fields.text(parsed, "UID") or hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32],
        summary=fields.text(parsed, "SUMMARY"),
        start=start,
        end=max(start, _end(parsed, begin, floating)),
        all_day=not isinstance(begin, datetime),
        timezone=_zone_name(begin, zones),
        organizer=next(iter(fields.people(parsed, "ORGANIZER")), None),
        attendees=fields.people(parsed, "ATTENDEE"),
        rrule=fields.rule(parsed, "RRULE"),
        extra_starts=fields.moments(parsed, "RDATE", floating, like=begin),
        excluded_starts=fields.moments(parsed, "EXDATE", floating, like=begin),
        recurrence_id=_original(parsed, begin, floating),
        status=fields.text(parsed, "STATUS").lower(),
        sequence=fields.number(parsed, "SEQUENCE"),
        location=fields.text(parsed, "LOCATION"),
        description=fields.text(parsed, "DESCRIPTION"),
        url=fields.text(parsed, "URL"),
    )


def _original(event: fields.Fields, begin: date, floating: ZoneInfo) -> int | None:
    value = fields.when(event, "RECURRENCE-ID")
    return fields.seconds(fields.timed(value, begin), floating) if isinstance(value, date) else None


def _zone_name(begin: date, zones: Zones) -> str:
    if not isinstance(begin, datetime):
        return "UTC"
    return zones.floating if begin.tzinfo is None else getattr(begin.tzinfo, "key", "UTC")


def _end(event: fields.Fields, begin: date, floating: ZoneInfo) -> int:
    """DTEND, else DTSTART + DURATION, else the end of the day or the start itself (RFC 5545, 3.6.1)."""
    if isinstance(end := fields.when(event, "DTEND"), date):
        return fields.seconds(end, floating)
    start = fields.seconds(begin, floating)
    if isinstance(duration := fields.when(event, "DURATION"), timedelta):
        return start + int(duration.total_seconds())
    return start if isinstance(begin, datetime) else start + 86_400
