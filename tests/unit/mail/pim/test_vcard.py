"""vCards of three versions: fields, encodings, damage, hostile sizes, real files of many programs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.pim import AddressBook, ContactCard
from fluffy_core.mail.pim import vcard
from tests.fakes.effort import within


def parse(*cards: str) -> AddressBook:
    return vcard.parse("".join(f"BEGIN:VCARD\n{card.rstrip()}\nEND:VCARD\n" for card in cards).encode())


def one(card: str) -> ContactCard:
    (found,) = parse(card).cards
    return found


def test_all_fields() -> None:
    assert one(
        "VERSION:3.0\nUID:urn:1\nFN:Dr. Ada A. Example\nN:Example;Ada;A.;Dr.;\nNICKNAME:Addie\n"
        "ORG:Example\\, Inc.;Research;Lab 2\nTITLE:Head\nROLE:Lead\nEMAIL;TYPE=HOME:ada@HOME.example\n"
        "item1.EMAIL;TYPE=INTERNET,pref:Ada@example.com\nEMAIL:ada@example.com\nTEL;TYPE=CELL:+49 30 1\n"
        "TEL;VALUE=uri:tel:+49-30-2;ext=3\nURL:https\\://example.com\nBDAY:19800322\n"
        "ADR;TYPE=WORK:;Floor 2;1 Main St;Town;;12345;Germany\nNOTE:One\\nTwo\\; three\nX-OTHER:x\n"
    ) == ContactCard(
        name="Dr. Ada A. Example",
        emails=("ada@example.com", "ada@home.example"),
        phones=("+49 30 1", "+49-30-2"),
        given="Ada",
        family="Example",
        nickname="Addie",
        org="Example, Inc.",
        department="Research, Lab 2",
        title="Head",
        urls=("https://example.com",),
        addresses=("Floor 2, 1 Main St, Town, 12345, Germany",),
        birthday="1980-03-22",
        notes="One\nTwo; three",
        uid="urn:1",
    )


@pytest.mark.parametrize(
    ("card", "name"),
    [
        ("FN:Ada", "Ada"),
        ("N:Example;Ada", "Ada Example"),
        ("ORG:Example Ltd", "Example Ltd"),
        ("EMAIL:ada@example.com", "ada@example.com"),
        ("TEL:123", "123"),
        ("fn;x=y:ada", "ada"),
        ("FN:\nN:Example;;;;", "Example"),
        ("FN:Ada\n  Example", "Ada Example"),
    ],
)
def test_a_name_is_found(card: str, name: str) -> None:
    assert one(card).name == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=BCrgen", "Jürgen"),
        ("FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:J=FCrgen", "Jürgen"),
        ("FN;ENCODING=QUOTED-PRINTABLE:J=C3=BCr=\ngen", "Jürgen"),
        ("FN;ENCODING=QUOTED-PRINTABLE:J=FCrgen", "Jürgen"),
        ("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=nonsense:J=C3=BCrgen", "Jürgen"),
        ("TEL:2\nFN;ENCODING=QUOTED-PRINTABLE:Ada=\n", "Ada"),
    ],
)
def test_quoted_printable(line: str, name: str) -> None:
    assert one(line).name == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    data = "BEGIN:VCARD\r\nFN:Jürgen Groß\r\nEND:VCARD\r\n".encode(encoding)
    assert vcard.parse(data).cards[0].name == "Jürgen Groß"


@pytest.mark.parametrize(
    ("value", "birthday"),
    [
        ("1980-03-22", "1980-03-22"),
        ("1980-03-22T00:00:00Z", "1980-03-22"),
        ("--0203", "--02-03"),
        ("--02-03", "--02-03"),
        ("1604-05-06", "--05-06"),
        ("1980-13-22", ""),
        ("circa 1800", ""),
        ("", ""),
    ],
)
def test_birthdays(value: str, birthday: str) -> None:
    assert vcard.birthday(value) == birthday


def test_a_card_without_anything_and_a_group_are_left_out() -> None:
    found = parse("FN:Ada", "VERSION:3.0\nNOTE:x", "FN:Team\nKIND:group", "FN:Ben")
    assert [card.name for card in found.cards] == ["Ada", "Ben"]
    assert found.problems == (
        "Card 2 was left out: it has no name, address or number.",
        "“Team” is a group, not a person, and was left out.",
    )


def test_a_card_without_end_is_kept_and_named() -> None:
    found = vcard.parse(b"BEGIN:VCARD\nFN:Ada\nBEGIN:VCARD\nFN:Ben\n")
    assert [card.name for card in found.cards] == ["Ada", "Ben"]
    assert found.problems == tuple(f"Card {number} has no end; it may be incomplete." for number in (1, 2))


def test_a_card_in_a_card_does_not_leak_into_it() -> None:
    found = parse("FN:Ada\nAGENT:\nBEGIN:VCARD\nFN:Ben\nEMAIL:ben@example.com\nEND:VCARD\nTEL:1")
    assert found == AddressBook((ContactCard("Ada", phones=("1",)),))


@pytest.mark.parametrize("data", [b"", b"hello", b"\0\xff" * 30])
def test_no_vcard(data: bytes) -> None:
    assert vcard.parse(data) == AddressBook((), ("There is no vCard in this file.",))


@pytest.mark.parametrize(
    "lines",
    [
        "NOTE:" + "x" * 1_000_000,
        "NOTE:" + "\\" * 1_000_000,
        "ADR:" + ";" * 1_000_000,
        "ADR:" + "\\;" * 500_000,
        "N" + ";A" * 500_000 + ":x",
        'N;"' + '"' * 1_000_000,
        "a." * 500_000,
        "NOTE;QUOTED-PRINTABLE:" + "=\n" * 500_000,
        "BEGIN:VCARD\n" * 80_000,
        "AGENT:\nBEGIN:VCARD\n" * 50_000,
    ],
)
def test_hostile_megabytes_take_no_time(lines: str) -> None:
    found = within(8, parse, f"FN:Ada\n{lines}")
    assert found.cards[0].name == "Ada"
    assert len(found.cards[0].notes) <= vcard.MAX_TEXT


@given(
    st.lists(
        st.tuples(st.sampled_from(["FN", "N", "EMAIL", "BDAY", "BEGIN", "END", "ORG"]), st.text(max_size=20))
    )
)
def test_any_properties_give_cards(lines: list[tuple[str, str]]) -> None:
    found = parse("\n".join(f"{name}:{value}" for name, value in lines))
    assert all(card.name and card.name == " ".join(card.name.split()) for card in found.cards)


@pytest.mark.realdata
def test_real_cards_survive(realdata: Path) -> None:
    paths = sorted((realdata / "pim").rglob("*.vcf"))
    found = [vcard.parse(path.read_bytes()) for path in paths]
    written = sum(path.read_bytes().upper().count(b"BEGIN:VCARD") for path in paths)
    assert len(paths) == 18
    assert sum(len(book.cards) for book in found) == written
    assert all(book.problems == () for book in found)
    assert sum(bool(card.emails) for book in found for card in book.cards) >= 20
