"""Calendar events and contact cards as other programs write them: iCalendar and vCard text."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fluffy_core.domain.pim import Attendee, CalendarEvent, ContactCard

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def icalendar(*events: CalendarEvent, product: str = "-//Other program//EN") -> str:
    """The text of one entry."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{product}"]
    for zone in sorted({one.timezone for one in events} - {"UTC"}):
        lines += _zone(zone)
    for one in events:
        lines += ["BEGIN:VEVENT", *_event(one), "END:VEVENT"]
    return "\r\n".join([*map(_folded, lines), "END:VCALENDAR", ""])


def _event(one: CalendarEvent) -> Iterator[str]:
    yield from (f"UID:{one.uid}", "DTSTAMP:20260101T000000Z", f"SEQUENCE:{one.sequence}")
    yield f"SUMMARY:{_escaped(one.summary)}"
    yield f"DTSTART{_moment(one, one.start)}"
    yield f"DTEND{_moment(one, one.end)}"
    for name, value in (("LOCATION", one.location), ("DESCRIPTION", one.description)):
        if value:
            yield f"{name}:{_escaped(value)}"
    for name, value in (("STATUS", one.status.upper()), ("RRULE", one.rrule), ("URL", one.url)):
        if value:
            yield f"{name}:{value}"
    if one.recurrence_id is not None:
        yield f"RECURRENCE-ID{_moment(one, one.recurrence_id)}"
    yield from (f"EXDATE{_moment(one, start)}" for start in one.excluded_starts)
    yield from (f"RDATE{_moment(one, start)}" for start in one.extra_starts)
    if one.organizer:
        yield f"ORGANIZER{_person(one.organizer)}"
    yield from (f"ATTENDEE{_person(who)}" for who in one.attendees)


def _moment(one: CalendarEvent, seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)
    if one.all_day:
        return f";VALUE=DATE:{moment:%Y%m%d}"
    if one.timezone == "UTC":
        return f":{moment:%Y%m%dT%H%M%SZ}"
    return f";TZID={one.timezone}:{moment.astimezone(ZoneInfo(one.timezone)):%Y%m%dT%H%M%S}"


def _person(who: Attendee) -> str:
    name = f';CN="{who.name}"' if who.name else ""
    status = f";PARTSTAT={who.status.upper()}" if who.status else ""
    return f"{name}{status}:mailto:{who.email}"


def _zone(name: str) -> list[str]:
    """A VTIMEZONE without the rules: who knows the IANA name needs none."""
    offset = f"{datetime(2026, 1, 1, tzinfo=ZoneInfo(name)):%z}"
    return [
        "BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
    ]  # fmt: skip


def vcard(card: ContactCard) -> str:
    """The text of a card (RFC 6350)."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:{card.uid}", f"FN:{_escaped(card.name)}"]
    lines.append(f"N:{_escaped(card.family)};{_escaped(card.given)};;;")
    lines += [f"EMAIL:{one}" for one in card.emails]
    lines += [f"TEL:{one}" for one in card.phones]
    pairs = (("ORG", card.org), ("TITLE", card.title), ("NOTE", card.notes), ("BDAY", card.birthday))
    lines += [f"{name}:{_escaped(value)}" for name, value in pairs if value]
    return "\r\n".join([*map(_folded, lines), "END:VCARD", ""])


def _escaped(text: str) -> str:
    for char in "\\;,":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line (RFC 5545, 3.1); 40 characters of any kind are less."""
    return "\r\n ".join(line[at : at + 40] for at in range(0, len(line), 40)) or line
