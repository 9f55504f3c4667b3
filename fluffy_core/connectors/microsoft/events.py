"""What Graph tells of an event, as CalendarEvents: single ones, and series with their exceptions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fluffy_core.connectors.microsoft.graph import Entry
from fluffy_core.connectors.microsoft.recurrence import rrule
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import RemoteEvents

MAX_TEXT = 100_000
"""Characters kept of a description."""
_DAY = 86_400
_EPOCH_DAY = date(1970, 1, 1)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
_DATE = re.compile(r"\.(\d{4}-\d\d-\d\d)$")
_ANSWERS = {
    "none": "needs-action",
    "notResponded": "needs-action",
    "organizer": "accepted",
    "accepted": "accepted",
    "tentativelyAccepted": "tentative",
    "declined": "declined",
}
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Series:
    """A series as Graph keeps it: its master, the days that differ, and the ids of days that were removed."""

    master: Entry
    exceptions: tuple[Entry, ...]
    removed: tuple[str, ...]


def single(entry: Entry, owner: str) -> RemoteEvents:
    """An event that takes place once. `owner` is the address of whose calendar it is in."""
    try:
        return RemoteEvents(entry["id"], (_event(entry, owner),))
    except _NONSENSE as error:
        return _unread(entry, error)


def series(found: Series, owner: str) -> RemoteEvents:
    """A series with its exceptions; what of it makes no sense is left out and told."""
    entry, problems = found.master, []
    try:
        master = _event(entry, owner)
        zone, known = _series_zone(entry)
        if not known and not master.all_day:
            problems.append(f"The time zone of “{_title(entry)}” is not known; its times were read as UTC.")
        rule = rrule(entry["recurrence"], None if master.all_day else zone)
    except _NONSENSE as error:
        return _unread(entry, error)
    master = replace(
        master,
        timezone="UTC" if master.all_day else zone.key,
        rrule=rule,
        excluded_starts=_excluded(found.removed, master, zone),
    )
    events = [master]
    for one in found.exceptions:
        try:
            original = _original(one["originalStart"], zone, all_day=master.all_day)
            exception = _event(one, owner)
            events.append(
                replace(exception, uid=master.uid, timezone=master.timezone, recurrence_id=original)
            )
        except _NONSENSE:
            problems.append(f"A day that differs from the series “{_title(entry)}” was left out.")
    return RemoteEvents(entry["id"], tuple(events), tuple(problems))


def _unread(entry: Entry, error: Exception) -> RemoteEvents:
    reason = " ".join(_clean(str(error)).split())[:200] or "its values make no sense"
    return RemoteEvents(entry["id"], (), (f"The event “{_title(entry)}” was left out: {reason}.",))


def _title(entry: Entry) -> str:
    return _text(entry, "subject")[:80] or "without a title"


def _event(entry: Entry, owner: str) -> CalendarEvent:
    all_day = entry.get("isAllDay") is True
    zone, _ = zone_of(entry.get("originalStartTimeZone"))
    start, end = (_seconds(_moment(entry[name]), zone, all_day=all_day) for name in ("start", "end"))
    return CalendarEvent(
        uid=_text(entry, "iCalUId") or entry["id"],
        summary=_text(entry, "subject"),
        start=start,
        end=max(start + _DAY if all_day else start, end),
        all_day=all_day,
        timezone="UTC" if all_day else zone.key,
        organizer=_person(entry.get("organizer")),
        attendees=_attendees(entry, owner),
        status=_status(entry),
        location=_text(entry.get("location"), "displayName"),
        description=_text(entry.get("body"), "content"),
        url=_text(entry.get("onlineMeeting"), "joinUrl") or _text(entry, "onlineMeetingUrl"),
    )


def _status(entry: Entry) -> str:
    if entry.get("isCancelled") is True:
        return "cancelled"
    return "tentative" if entry.get("showAs") == "tentative" else "confirmed"


def _moment(value: Mapping[str, Any]) -> datetime:
    """A dateTimeTimeZone."""
    found = datetime.fromisoformat(value["dateTime"])
    return found if found.tzinfo else found.replace(tzinfo=zone_of(value.get("timeZone"))[0])


def _seconds(moment: datetime, zone: ZoneInfo, *, all_day: bool) -> int:
    """Unix seconds; of a day at midnight UTC, wherever it is a day."""
    if not all_day:
        return int(moment.timestamp())
    there = moment if not (moment.hour or moment.minute) else moment.astimezone(zone)
    return (there.date() - _EPOCH_DAY).days * _DAY


def _original(text: str, zone: ZoneInfo, *, all_day: bool) -> int:
    moment = datetime.fromisoformat(text)
    return _seconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC), zone, all_day=all_day)


def _excluded(names: Sequence[str], master: CalendarEvent, zone: ZoneInfo) -> tuple[int, ...]:
    """The starts of days that were removed, from ids that end in their date ("OID.….2026-03-02")."""
    clock = datetime.fromtimestamp(master.start, zone).timetz()
    found = []
    for name in names:
        match = _DATE.search(name)
        if match is None:
            continue
        day = date.fromisoformat(match[1])
        begins = datetime.combine(day, clock)
        found.append((day - _EPOCH_DAY).days * _DAY if master.all_day else int(begins.timestamp()))
    return tuple(sorted(found))


def _attendees(entry: Entry, owner: str) -> tuple[Attendee, ...]:
    """Who is invited. In the owner's own copy only `responseStatus` has the owner's answer."""
    own = _answer(entry.get("responseStatus"))
    found: dict[str, Attendee] = {}
    for one in entry.get("attendees") or ():
        if (person := _person(one)) is not None:
            status = _answer(one.get("status"))
            mine = person.email == owner.lower() and status == "needs-action"
            found.setdefault(person.email or person.name, replace(person, status=own if mine else status))
    return tuple(found.values())


def _answer(value: Any) -> str:
    return _ANSWERS.get(str(value.get("response")), "") if isinstance(value, dict) else ""


def _person(value: Any) -> Attendee | None:
    address = value.get("emailAddress") if isinstance(value, dict) else None
    email, name = _text(address, "address").lower(), _text(address, "name")
    if not email and not name:
        return None
    return Attendee(email if "@" in email else "", name if name.lower() != email else "")


def _series_zone(entry: Entry) -> tuple[ZoneInfo, bool]:
    """The zone in which a series repeats, and whether it is known."""
    for name in (entry["recurrence"]["range"].get("recurrenceTimeZone"), entry.get("originalStartTimeZone")):
        zone, known = zone_of(name)
        if known:
            return zone, True
    return ZoneInfo("UTC"), False


def zone_of(name: Any) -> tuple[ZoneInfo, bool]:
    """The IANA zone for a name of Windows' or IANA's own, and whether there is one; UTC if not."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    text = WINDOWS_TO_OLSON.get(name, name) if isinstance(name, str) else ""
    try:
        return (ZoneInfo(text), True) if _ZONE_NAME.fullmatch(text) else (ZoneInfo("UTC"), False)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC"), False


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return _clean(found) if isinstance(found, str) else ""


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()[:MAX_TEXT]
