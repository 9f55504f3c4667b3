"""The demo's calendar and cards, read back by other people's parsers."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar as Parsed

from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.people import Cast, load_cast
from fluffy_core.services.demo.pim import Calendar, address_book

PEOPLE = """
[companies]
oak = { name = "Oak; Ash, Elm", domain = "oak.example", street = "1 Road, Town" }
[people]
me = { name = "Mara Vogt", company = "oak", phone = "+49 30 23125 410" }
ina = { name = "Prof. Dr. Ina Bird", company = "oak", phone = "+49 30 23125 411", home = "ina@home.example" }
bo = { name = "Bo, the Elder", mail = "bo@elm.example", card = true }
sam = { name = "Sam", mail = "sam@elm.example" }
"""
EVENTS = """
[weekly]
summary = "Round, table; all"
day = -30
weekday = "MO"
at = "09:30"
minutes = 45
rule = "FREQ=WEEKLY;BYDAY=MO"
skipped = [7]
with = ["ina tentative", "bo"]
[weekly.moved]
after_days = 14
by_days = 1
summary = "Round table, moved"

[off]
summary = "Ausflug"
day = 2
days = 3
lang = "de"
description = "Abfahrt am {weekday:+2d}.\\nBitte Schuhe."
location = "Überlingen"

[visit]
summary = "Visit"
day = 3
at = "15:00"
status = "TENTATIVE"
with = ["ina declined"]
host = "ina"
mine = "needs-action"
"""


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    path = tmp_path / "people.toml"
    path.write_text(PEOPLE, encoding="utf-8")
    return load_cast(path)


@pytest.fixture
def calendar(tmp_path: Path, cast: Cast) -> Calendar:
    path = tmp_path / "calendar.toml"
    path.write_text(EVENTS, encoding="utf-8")
    return Calendar(path, cast, Clock(datetime.fromisoformat("2026-03-18T12:00")))  # a Wednesday


def events(calendar: Calendar) -> list[Any]:
    return list(Parsed.from_ical(calendar.file()).walk("VEVENT"))


def test_a_series_with_one_skipped_and_one_moved(calendar: Calendar) -> None:
    parsed = Parsed.from_ical(calendar.file())
    found: list[Any] = recurring_ical_events.of(parsed).between(date(2026, 2, 16), date(2026, 3, 17))
    rounds = sorted(
        (event["DTSTART"].dt.isoformat(), str(event["SUMMARY"]))
        for event in found
        if "Round" in event["SUMMARY"]
    )
    assert rounds == [
        ("2026-02-16T09:30:00+01:00", "Round, table; all"),
        ("2026-03-03T09:30:00+01:00", "Round table, moved"),
        ("2026-03-09T09:30:00+01:00", "Round, table; all"),
        ("2026-03-16T09:30:00+01:00", "Round, table; all"),
    ]


def test_guests_and_their_answers(calendar: Calendar) -> None:
    weekly, _, _, visit = events(calendar)
    guests = {str(each): each.params["PARTSTAT"] for each in weekly["ATTENDEE"]}
    assert guests == {
        "mailto:mara.vogt@oak.example": "ACCEPTED",
        "mailto:ina.bird@oak.example": "TENTATIVE",
        "mailto:bo@elm.example": "ACCEPTED",
    }
    assert str(weekly["ORGANIZER"]) == "mailto:mara.vogt@oak.example"
    assert weekly["ATTENDEE"][2].params["CN"] == "Bo, the Elder"
    assert str(visit["ORGANIZER"]) == "mailto:ina.bird@oak.example"
    assert [each.params["PARTSTAT"] for each in visit["ATTENDEE"]] == ["NEEDS-ACTION", "DECLINED"]
    assert (str(visit["STATUS"]), visit["DTEND"].dt - visit["DTSTART"].dt) == (
        "TENTATIVE",
        timedelta(hours=1),
    )


def test_whole_days_and_german_words(calendar: Calendar) -> None:
    off = events(calendar)[2]
    assert (off["DTSTART"].dt, off["DTEND"].dt) == (date(2026, 3, 20), date(2026, 3, 23))
    assert str(off["DESCRIPTION"]) == "Abfahrt am Freitag, den 20. März.\nBitte Schuhe."
    assert str(off["LOCATION"]) == "Überlingen"
    assert "ATTENDEE" not in off


def test_an_invitation_is_one_event(calendar: Calendar) -> None:
    request = Parsed.from_ical(calendar.invitation("visit"))
    [event] = request.walk("VEVENT")
    assert (str(request["METHOD"]), str(event["SUMMARY"])) == ("REQUEST", "Visit")
    assert "\r" not in calendar.invitation("visit")


def test_lines_are_folded_between_characters(calendar: Calendar, cast: Cast) -> None:
    for data in (calendar.file(), address_book(cast)):
        lines = data.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert [line.decode() for line in lines]


def test_cards(cast: Cast) -> None:
    cards: list[Any] = list(vobject.readComponents(address_book(cast).decode()))
    ina, bo = cards
    assert (ina.fn.value, ina.n.value.prefix, ina.n.value.family) == (
        "Prof. Dr. Ina Bird",
        "Prof. Dr.",
        "Bird",
    )
    assert ina.org.value == ["Oak; Ash, Elm"]
    assert [mail.value for mail in ina.contents["email"]] == ["ina.bird@oak.example", "ina@home.example"]
    assert (bo.fn.value, bo.email.value, "tel" in bo.contents) == ("Bo, the Elder", "bo@elm.example", False)
