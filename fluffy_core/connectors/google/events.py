"""Events of Google's calendar as values: single ones, series with their rules, exceptions to series.

Source: the reference of the Event resource, and RFC 5545 for the lines in `recurrence`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fluffy_core.connectors.google import moments as google_moments
from fluffy_core.connectors.google.moments import Moment
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import RemoteEvents

MAX_TEXT = 100_000
"""Characters kept of a description."""
NO_MEETINGS = frozenset({"workingLocation", "birthday"})
"""Types of events that only say where or who somebody is."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ANSWERS = {
    "needsAction": "needs-action",
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentative",
}
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


def entry(item: Mapping[str, Any], *, uid: str, zone: str) -> RemoteEvents:
    """One event of a list. `uid` is its iCalUID, or that of its series; `zone` that of its calendar."""
    problems: list[str] = []
    try:
        events: tuple[CalendarEvent, ...] = (_event(item, uid=uid, zone=zone, problems=problems),)
    except _NONSENSE:
        events = ()
        problems.append(f"The event “{_text(item, 'summary')[:80]}” was left out: its values make no sense.")
    return RemoteEvents(str(item["id"]), events, tuple(problems))


def _event(item: Mapping[str, Any], *, uid: str, zone: str, problems: list[str]) -> CalendarEvent:
    original = item.get("originalStartTime")
    instead = google_moments.moment(original, zone) if original else None
    cancelled = item.get("status") == "cancelled"
    start = instead if cancelled and instead else google_moments.moment(item["start"], zone)
    end = google_moments.moment(item.get("end") or original or item["start"], zone)
    _check_zone(item, start, problems)
    rules = _rules(item.get("recurrence", ()), start, problems)
    return CalendarEvent(
        uid=uid,
        summary=_text(item, "summary"),
        start=start.seconds,
        end=max(start.seconds, end.seconds),
        all_day=start.all_day,
        timezone=start.zone,
        organizer=next(iter(_people([item.get("organizer") or {}])), None),
        attendees=_people(item.get("attendees", ())),
        rrule=rules[0],
        extra_starts=rules[1],
        excluded_starts=rules[2],
        recurrence_id=instead.seconds if instead else None,
        status=_text(item, "status").lower(),
        sequence=int(item.get("sequence", 0)),
        location=_text(item, "location"),
        description=_text(item, "description"),
        url=_text(item, "hangoutLink") or _text(item, "htmlLink"),
    )


def _check_zone(item: Mapping[str, Any], start: Moment, problems: list[str]) -> None:
    name = str(item.get("start", {}).get("timeZone", ""))
    if name and not start.all_day and google_moments.zone_named(name) is None:
        problems.append(f"The time zone “{name[:80]}” is not known; its times were read as {start.zone}.")


def _rules(
    lines: Sequence[str], start: Moment, problems: list[str]
) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """(RRULE, RDATE, EXDATE) of a series."""
    rule = ""
    moments: dict[str, set[int]] = {"RDATE": set(), "EXDATE": set()}
    for line in lines:
        name = re.split("[:;]", line, maxsplit=1)[0].strip().upper()
        if name == "RRULE" and not rule:
            rule = line.partition(":")[2].replace(" ", "")
        elif name in moments:
            try:
                moments[name].update(google_moments.listed(line, start))
            except ValueError:
                problems.append(f"In a series the line {_CONTROL.sub('', line)[:80]} could not be read.")
        else:
            problems.append(f"In a series the line {_CONTROL.sub('', line)[:80]} was left out.")
    return rule, tuple(sorted(moments["RDATE"])), tuple(sorted(moments["EXDATE"]))


def _people(told: Sequence[Mapping[str, Any]]) -> tuple[Attendee, ...]:
    """Each once; rooms are among them."""
    found: dict[str, Attendee] = {}
    for one in map(_person, told):
        if one.email or one.name:
            found.setdefault(one.email or one.name, one)
    return tuple(found.values())


def _person(told: Mapping[str, Any]) -> Attendee:
    email = _text(told, "email").lower()
    name = _text(told, "displayName")
    answer = _ANSWERS.get(str(told.get("responseStatus", "")), "")
    return Attendee(email, name if name.lower() != email else "", answer)


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    return _CONTROL.sub("", value).strip()[:MAX_TEXT] if isinstance(value, str) else ""
