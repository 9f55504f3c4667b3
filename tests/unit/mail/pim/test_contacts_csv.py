"""Contact CSV of Google, Outlook and Thunderbird: columns, delimiters, encodings, damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain import contact_columns
from fluffy_core.domain.pim import AddressBook, ContactCard
from fluffy_core.mail.pim import contacts_csv
from tests.fakes.effort import within


def parse(text: str, encoding: str = "utf-8") -> AddressBook:
    return contacts_csv.parse(text.encode(encoding))


GOOGLE = (
    "Name,Given Name,Family Name,Notes,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,"
    "Phone 1 - Type,Phone 1 - Value,Organization 1 - Name,Organization 1 - Title,Address 1 - Formatted,"
    "Website 1 - Value,Birthday\n"
    'Ada Example,Ada,Example,"One\nTwo",* Work,Ada@example.com ::: a@example.org,Home,ada@example.com,'
    'Mobile,+49 30 1 ::: +49 30 2,Example Ltd,Head,"1 Main St\nTown",https://example.com,1980-03-22\n'
)


def test_google() -> None:
    assert parse(GOOGLE) == AddressBook(
        (
            ContactCard(
                name="Ada Example",
                emails=("ada@example.com", "a@example.org"),
                phones=("+49 30 1", "+49 30 2"),
                given="Ada",
                family="Example",
                org="Example Ltd",
                title="Head",
                urls=("https://example.com",),
                addresses=("1 Main St, Town",),
                birthday="1980-03-22",
                notes="One\nTwo",
            ),
        )
    )


def test_new_google_columns() -> None:
    header = "First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value"
    (card,) = parse(f"{header}\nAda,Example,Ex,Work,a@example.com\n").cards
    assert (card.name, card.org, card.emails) == ("Ada Example", "Ex", ("a@example.com",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_german_outlook(encoding: str, delimiter: str) -> None:
    header = ["Anrede", "Vorname", "Nachname", "Firma", "Abteilung", "Position", "Straße geschäftlich",
              "Ort geschäftlich", "Postleitzahl geschäftlich", "Telefon geschäftlich", "Mobiltelefon",
              "E-Mail-Adresse", "E-Mail 2: Adresse", "Geburtstag", "Notizen"]  # fmt: skip
    row = ["Frau", "Jürgen", "Groß", "Beispiel GmbH", "Einkauf", "Leitung", "Weg 1", "Köln", "50667",
           "0221 1", "0171 2", "j@example.com", "", "22.3.1980", "gut"]  # fmt: skip
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in (header, row))
    (card,) = parse(text, encoding).cards
    assert card == ContactCard(
        name="Jürgen Groß",
        emails=("j@example.com",),
        phones=("0221 1", "0171 2"),
        given="Jürgen",
        family="Groß",
        org="Beispiel GmbH",
        department="Einkauf",
        title="Leitung",
        addresses=("Weg 1, Köln, 50667",),
        birthday="1980-03-22",
        notes="gut",
    )


def test_english_outlook_has_three_addresses() -> None:
    text = (
        "First Name,Last Name,Business Street,Business City,Home Street,Home City,"
        "E-mail Address,E-mail 2 Address\n"
        "Ada,Example,1 Main St,Town,2 Side St,Village,a@example.com,b@example.com\n"
    )
    (card,) = parse(text).cards
    assert card.addresses == ("1 Main St, Town", "2 Side St, Village")
    assert card.emails == ("a@example.com", "b@example.com")


def test_thunderbird_and_the_sep_line() -> None:
    text = "sep=;\nVorname;Nachname;Anzeigename;Primäre E-Mail-Adresse\nAda;E;Ada E.;a@example.com\n"
    (card,) = parse(text).cards
    assert (card.name, card.emails) == ("Ada E.", ("a@example.com",))


@pytest.mark.parametrize(
    ("values", "birthdays"),
    [
        (["3/22/1980", "1/2/1980"], ["1980-03-22", "1980-01-02"]),
        (["22/3/1980", "1/2/1980"], ["1980-03-22", "1980-02-01"]),
        (["22.3.1980"], ["1980-03-22"]),
        (["--03-22", "0.0.00", "0/0/00", "32.1.1980", "soon", ""], ["--03-22", "", "", "", "", ""]),
    ],
)
def test_birthdays_in_the_order_of_their_file(values: list[str], birthdays: list[str]) -> None:
    text = "Name,E-mail Address,Birthday\n" + "".join(f"Ada,a@example.com,{value}\n" for value in values)
    assert [card.birthday for card in parse(text).cards] == birthdays


def test_rows_without_anything_are_named_and_empty_ones_are_not() -> None:
    found = parse("Name,E-mail Address,Notes\n,,only a note\n,,\n\nAda,not an address,\n")
    assert [(card.name, card.emails) for card in found.cards] == [("Ada", ())]
    assert found.problems == ("Line 2 was left out: it has no name, address or number.",)


def test_short_and_long_rows() -> None:
    found = parse("Name,E-mail Address\nAda\nBen,b@example.com,more,and more\n")
    assert [card.name for card in found.cards] == ["Ada", "Ben"]


def test_an_open_quotation_mark_is_named() -> None:
    found = parse('Name,E-mail Address\nAda,a@example.com\n"Ben,b@example.com\nCy,c@example.com\n')
    assert found.cards[0].name == "Ada"
    assert "A quotation mark is not closed; contacts after it may be missing or mixed up." in found.problems


def test_a_cell_beyond_all_measure_is_named_and_the_rest_is_read() -> None:
    found = parse("Name,E-mail Address\nAda," + "x" * 200_000 + "\nBen,b@example.com\n")
    assert [card.name for card in found.cards] == ["Ben"]
    assert found.problems == ("Line 2 was left out: it is damaged.",)


@pytest.mark.parametrize("data", [b"", b"\n", b"a,b,c\n1,2,3\n", b"\0\xff", b'"', b"Date,Amount\n1,2\n"])
def test_what_is_no_address_book(data: bytes) -> None:
    assert contacts_csv.parse(data).problems == (
        "The first line does not name the columns of an address book.",
    )


@pytest.mark.parametrize(
    "text", ['"' * 1_000_000, "," * 1_000_000, "a,b\n" * 50_000, "a," + "b ::: " * 20_000]
)
def test_hostile_megabytes_take_no_time(text: str) -> None:
    within(8, parse, "Name,E-mail Address\n" + text)


@given(st.text(max_size=200))
def test_any_rows_give_cards(text: str) -> None:
    found = parse("Name;E-mail Address;Birthday\n" + text)
    assert all(card.name for card in found.cards)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("E-mail 2 - Value", "email"),
        ("E-Mail 1 - Wert", "email"),
        ("E-mail 1 - Type", ""),
        (' "Vorname" ', "given"),
        ("Business  Phone 2", "phone"),
        ("E-mail 2 Address", "email"),
        ("E-Mail 2: Adresse", "email"),
        ("", ""),
        ("Amount", ""),
    ],
)
def test_columns(column: str, field: str) -> None:
    assert contact_columns.field_of(column) == field


def test_every_column_name_is_lower_case_and_means_one_thing() -> None:
    names = [name for names in contact_columns.FIELDS.values() for name in names]
    assert all(name == name.lower().strip() for name in names)
    assert len(names) == len(set(names))
