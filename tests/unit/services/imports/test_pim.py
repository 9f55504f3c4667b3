"""Calendars and address books: series, updates, cancellations; cards that meet people from mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.services.imports import imports
from fluffy_core.services.people import people
from fluffy_core.store.database import Database
from tests.fakes.mailboxes import write
from tests.unit.services.homes import ME, everybody, letter, opened, person, read, read_letters, work_off


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def event(
    uid: str = "e1", *, start: str = "20250303T100000Z", summary: str = "Meeting", extra: str = ""
) -> str:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20250101T000000Z",
        f"DTSTART:{start}",
        "DURATION:PT1H",
        f"SUMMARY:{summary}",
    ]
    return "\r\n".join([*lines, *([extra] if extra else []), "END:VEVENT"])


def calendar(folder: Path, *events: str, name: str = "a.ics") -> Path:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", *events, "END:VCALENDAR", ""])
    return write(folder / name, text.encode())


def rows(store: Database) -> list[tuple[object, ...]]:
    return store.all(
        "SELECT uid, recurrence_id > 0, summary, status, rrule, sequence FROM events ORDER BY 1, 2"
    )


def test_a_series_its_exception_and_its_guests(core: Core, tmp_path: Path) -> None:
    guests = "RRULE:FREQ=WEEKLY;COUNT=5\r\nATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:Ada@X.example\r\n"
    guests += "ATTENDEE:mailto:ben@y.example"
    moved = event(start="20250310T120000Z", summary="Moved", extra="RECURRENCE-ID:20250310T100000Z")
    report = read(core, calendar(tmp_path, event(extra=guests), moved))
    assert (report.messages, report.events, report.problems) == (0, 2, ())
    assert rows(core.store) == [
        ("e1", 0, "Meeting", "", "FREQ=WEEKLY;COUNT=5", 0),
        ("e1", 1, "Moved", "", "", 0),
    ]
    invited = core.store.all(
        "SELECT a.email, t.name, t.status FROM event_attendees t "
        "JOIN addresses a ON a.id = t.address_id ORDER BY 1"
    )
    assert invited == [("ada@x.example", "Ada", "accepted"), ("ben@y.example", "", invited[1][2])]
    assert everybody(core.store) == set()


def test_a_newer_sequence_replaces_and_an_older_one_does_not(core: Core, tmp_path: Path) -> None:
    read(core, calendar(tmp_path, event(extra="SEQUENCE:1")))
    read(core, calendar(tmp_path, event(summary="New room", extra="SEQUENCE:2"), name="b.ics"))
    read(core, calendar(tmp_path, event(summary="Old news", extra="SEQUENCE:0"), name="c.ics"))
    assert rows(core.store) == [("e1", 0, "New room", "", "", 2)]
    read(core, calendar(tmp_path, event(extra="SEQUENCE:3\r\nSTATUS:CANCELLED"), name="d.ics"))
    assert rows(core.store) == [("e1", 0, "Meeting", "cancelled", "", 3)]


def test_reading_a_calendar_again_changes_nothing(core: Core, tmp_path: Path) -> None:
    path = calendar(tmp_path, event(), event("e2"))
    read(core, path)
    before = core.store.all("SELECT * FROM events")
    assert read(core, path).events == 2
    assert core.store.all("SELECT * FROM events") == before


def test_a_damaged_entry_costs_no_other_and_is_told(core: Core, tmp_path: Path) -> None:
    report = read(core, calendar(tmp_path, event(start="nonsense"), event("e2")))
    assert report.events >= 1
    assert report.problems[0].startswith("a.ics: ")


def card(name: str, *emails: str, extra: str = "") -> str:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *(f"EMAIL:{one}" for one in emails)]
    return "\r\n".join([*lines, *([extra] if extra else []), "END:VCARD", ""])


def test_a_card_makes_a_contact_with_its_fields(core: Core, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        card(
            "Ada Byron", "ada@x.example", extra="ORG:Engines Ltd\r\nTITLE:Countess\r\nTEL:+44 20 7946 0958"
        ).encode(),
    )
    report = read(core, path)
    assert (report.messages, report.contacts, report.cards) == (0, 1, 1)
    detail = people.detail(core.store, person(core.store, "ada"))
    assert (detail.row.name, detail.row.company, detail.row.title) == ("Ada Byron", "Engines Ltd", "Countess")
    assert {one.engine for one in detail.fields} == {"address book"}
    assert {one.message_id for one in detail.fields} == {None}
    read(core, path)
    assert people.detail(core.store, person(core.store, "ada")) == detail


def test_a_card_joins_the_contact_that_mail_made_and_the_other_way_round(core: Core, tmp_path: Path) -> None:
    read_letters(core, letter(sender="Ada <ada@x.example>"))
    read(core, write(tmp_path / "a.vcf", card("Ada Byron", "private@y.example", "ada@x.example").encode()))
    ((_, emails),) = everybody(core.store)
    assert emails == ("ada@x.example", "private@y.example")
    read_letters(core, letter(sender="A. Byron <private@y.example>", hour=2), name="later.mbox")
    assert len(everybody(core.store)) == 1


def test_a_card_with_two_known_addresses_makes_one_person_of_two(core: Core, tmp_path: Path) -> None:
    read_letters(core, letter(sender="Ada <ada@x.example>"), letter(sender="AB <ab@y.example>", hour=1))
    assert len(everybody(core.store)) == 2
    book = write(tmp_path / "a.vcf", card("Ada Byron", "ada@x.example", "ab@y.example").encode())
    read(core, book)
    assert [emails for _, emails in everybody(core.store)] == [("ab@y.example", "ada@x.example")]


def test_the_users_word_weighs_more_than_a_card(core: Core, tmp_path: Path) -> None:
    read_letters(core, letter(sender="Ada <ada@x.example>"), letter(sender="AB <ab@y.example>", hour=1))
    people.dismiss(core.store, person(core.store, "ada@"), person(core.store, "ab@"))
    read(core, write(tmp_path / "a.vcf", card("Ada Byron", "ada@x.example", "ab@y.example").encode()))
    assert len(everybody(core.store)) == 2


def test_my_own_card_makes_no_contact(core: Core, tmp_path: Path) -> None:
    read_letters(core, letter())
    read(core, write(tmp_path / "a.vcf", card("Myself", ME).encode()))
    assert people.ids(core.store, "Myself") == ()


def test_contacts_of_a_card_keep_their_name_when_own_addresses_change(core: Core, tmp_path: Path) -> None:
    read(core, write(tmp_path / "a.vcf", card("Ada Byron", "ada@x.example").encode()))
    imports.confirm_own(core.store, ["other@example.org"])
    read_letters(core, letter("x", sender="Ben <ben@y.example>", to="other@example.org"), me=[])
    work_off(core)
    assert ("Ada Byron", ("ada@x.example",)) in everybody(core.store)


def test_a_csv_of_google_makes_contacts(core: Core, tmp_path: Path) -> None:
    text = "First Name,Last Name,E-mail 1 - Value,Organization Name\n"
    text += "Ada,Byron,ada@x.example,Engines\nBen,,not an address,\n"
    report = read(core, write(tmp_path / "contacts.csv", text.encode()))
    assert report.contacts == 1
    assert ("Ada Byron", ("ada@x.example",)) in everybody(core.store)
