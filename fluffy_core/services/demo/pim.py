"""The demo's calendar (RFC 5545) and address book (RFC 6350's elder sibling, vCard 3.0)."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.letters import token
from fluffy_core.services.demo.people import OWNER, Cast, Party, Person

_HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Kiesel & Crane//Calendar//EN\nCALSCALE:GREGORIAN"
_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LOCAL = "%Y%m%dT%H%M%S"


class Calendar:
    """The events of calendar.toml, dated from today."""

    def __init__(self, path: Path, cast: Cast, clock: Clock) -> None:
        self._events: Mapping[str, Mapping[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
        self._cast, self._clock = cast, clock

    def file(self) -> bytes:
        """calendar.ics, whole."""
        return _folded(
            [*_frame(), *(line for key in self._events for line in self._event(key)), "END:VCALENDAR"]
        )

    def invitation(self, key: str) -> str:
        """The one event as a meeting request."""
        lines = [*_frame("METHOD:REQUEST"), *self._event(key), "END:VCALENDAR"]
        return _folded(lines).decode().replace("\r\n", "\n")

    def _event(self, key: str) -> Iterable[str]:
        event = self._events[key]
        start = self._start(event)
        yield from self._component(key, event, start)
        if moved := event.get("moved"):
            usual = start + timedelta(days=moved["after_days"])
            instance = {**event, **moved}
            recurrence = f"RECURRENCE-ID;TZID=Europe/Berlin:{usual:{_LOCAL}}"
            yield from self._component(
                key, instance, usual + timedelta(days=moved["by_days"]), extra=(recurrence,)
            )

    def _start(self, event: Mapping[str, Any]) -> datetime:
        """The event's first start; a recurring one begins on its own weekday."""
        hour, minute = map(int, event.get("at", "00:00").split(":"))
        day = self._clock.day(event["day"])
        if weekday := event.get("weekday"):
            day = self._clock.raw(event["day"], time()).date()
            day += timedelta(days=(_DAYS.index(weekday) - day.weekday()) % 7)
        return datetime.combine(day, time(hour, minute))

    def _component(
        self, key: str, event: Mapping[str, Any], start: datetime, *, extra: Sequence[str] = ()
    ) -> Iterable[str]:
        yield "BEGIN:VEVENT"
        yield f"UID:{token('event', key)}@{self._cast.people[OWNER].domain}"
        yield f"DTSTAMP:{self._clock.now - timedelta(days=1):%Y%m%d}T060000Z"
        yield from extra
        if "at" in event:
            end = start + timedelta(minutes=event.get("minutes", 60))
            yield f"DTSTART;TZID=Europe/Berlin:{start:{_LOCAL}}"
            yield f"DTEND;TZID=Europe/Berlin:{end:{_LOCAL}}"
        else:
            yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
            yield f"DTEND;VALUE=DATE:{start + timedelta(days=event.get('days', 1)):%Y%m%d}"
        if "rule" in event and not extra:
            yield f"RRULE:{event['rule']}"
            for skipped in event.get("skipped", ()):
                yield f"EXDATE;TZID=Europe/Berlin:{start + timedelta(days=skipped):{_LOCAL}}"
        yield f"SUMMARY:{_escaped(event['summary'])}"
        for name in ("location", "description"):
            if name in event:
                said = self._clock.speak(event[name], said=start.date(), lang=event.get("lang", "en"))
                yield f"{name.upper()}:{_escaped(said)}"
        yield f"STATUS:{event.get('status', 'CONFIRMED')}"
        yield from self._people(event)
        yield "END:VEVENT"

    def _people(self, event: Mapping[str, Any]) -> Iterable[str]:
        guests = [entry.partition(" ") for entry in event.get("with", ())]
        if not guests:
            return
        host = self._cast.party(event.get("host", OWNER))
        yield f"ORGANIZER;CN={_param(host)}:mailto:{host.address}"
        everyone = [(OWNER, "", event.get("mine", "accepted")), *guests]
        for key, _, answer in everyone:
            party = self._cast.party(key)
            reply = (answer or "accepted").upper()
            yield f"ATTENDEE;CN={_param(party)};ROLE=REQ-PARTICIPANT;PARTSTAT={reply}:mailto:{party.address}"


def _frame(*lines: str) -> list[str]:
    return [*_HEAD.splitlines(), *lines, *_ZONE.splitlines()]


def _param(party: Party) -> str:
    return f'"{party.name}"' if set(party.name) & set(",;:") else party.name


def address_book(cast: Cast) -> bytes:
    """contacts.vcf: everybody the owner keeps a card of, some with two addresses."""
    people = [person for person in cast.people.values() if person.card and person.key != OWNER]
    return _folded([line for person in people for line in _card(person)])


def _card(person: Person) -> Iterable[str]:
    names = person.name.removeprefix("Prof. ").removeprefix("Dr. ")
    titles = person.name.removesuffix(names).strip()
    given, _, family = names.rpartition(" ")
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"N:{_escaped(family)};{_escaped(given)};;{titles};"
    yield f"FN:{_escaped(person.name)}"
    if person.company:
        yield f"ORG:{_escaped(person.company.name)}"
    if person.title:
        yield f"TITLE:{_escaped(person.title)}"
    yield f"EMAIL;TYPE=INTERNET,{'WORK' if person.company else 'HOME'},PREF:{person.address}"
    if person.home:
        yield f"EMAIL;TYPE=INTERNET,HOME:{person.home}"
    if person.phone:
        yield f"TEL;TYPE=WORK,VOICE:{person.phone}"
    if person.company and person.company.street:
        yield f"ADR;TYPE=WORK:;;{_escaped(person.company.street)};;;;"
    yield f"UID:{token('card', person.key)}"
    yield "END:VCARD"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(lines: Iterable[str]) -> bytes:
    """Content lines of at most 75 octets, ended by CRLF, no character torn apart (RFC 5545, 3.1)."""
    whole = bytearray()
    for line in lines:
        room = 75
        for character in line:
            octets = character.encode()
            if len(octets) > room:
                whole += b"\r\n "
                room = 74
            whole += octets
            room -= len(octets)
        whole += b"\r\n"
    return bytes(whole)
