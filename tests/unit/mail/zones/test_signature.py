"""Fields read from signatures, each with its line; and lines that must give nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.people_fields import Evidenced, PhoneKind
from fluffy_core.mail.zones import signature

AMERICAN = """Best regards,

Jane Doe
Manager, Gas Transmission
Example Power Company
40 Broadway Street
Butte, MT  59701
Phone:  406-555-0106
Fax:      406-555-0154
Cell: (406) 555-0199
http://www.example.com/jane"""


def test_an_american_signature() -> None:
    found = signature.fields(AMERICAN, name="Jane", email="jane@example.com")
    assert found.name == Evidenced("Jane Doe", "Jane Doe")
    assert found.title == Evidenced("Manager, Gas Transmission", "Manager, Gas Transmission")
    assert found.company == Evidenced("Example Power Company", "Example Power Company")
    assert found.street == Evidenced("40 Broadway Street", "40 Broadway Street")
    assert found.city == Evidenced("Butte", "Butte, MT  59701")
    assert [(phone.number, phone.kind) for phone in found.phones] == [
        ("+14065550106", PhoneKind.WORK),
        ("+14065550154", PhoneKind.FAX),
        ("+14065550199", PhoneKind.MOBILE),
    ]
    assert found.phones[1].line == "Fax:      406-555-0154"
    assert [url.value for url in found.urls] == ["http://www.example.com/jane"]


def test_a_german_signature_on_few_lines() -> None:
    text = (
        "Mit freundlichen Grüßen\nErika Muster | Geschäftsführerin\n"
        "Beispiel GmbH • Hauptstraße 12 • 10115 Berlin\nTel. +49 30 1234567 · Mobil 0171 1234567"
    )
    found = signature.fields(text, name="Erika", email="em@beispiel.example")
    assert found.name is not None
    assert found.name.value == "Erika Muster"
    assert found.title is not None
    assert found.title.value == "Geschäftsführerin"
    assert found.company == Evidenced("Beispiel GmbH", "Beispiel GmbH • Hauptstraße 12 • 10115 Berlin")
    assert found.street is not None
    assert found.street.value == "Hauptstraße 12"
    assert found.city is not None
    assert found.city.value == "Berlin"
    assert [(phone.number, phone.kind) for phone in found.phones] == [
        ("+49301234567", PhoneKind.WORK),
        ("+491711234567", PhoneKind.MOBILE),
    ]


def test_a_house_number_is_no_postcode() -> None:
    found = signature.fields("1400 Broadway Street\nHouston, Texas\n713-345-8008", name="", email="j@x.com")
    assert found.city is None
    assert found.street == Evidenced("1400 Broadway Street", "1400 Broadway Street")


def test_the_company_may_spell_the_domain() -> None:
    found = signature.fields("Jane Doe\nExample Networks", name="Jane Doe", email="jane@examplenetworks.com")
    assert found.company == Evidenced("Example Networks", "Example Networks")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks,\nBob",
        "Sent from my iPhone",
        "I will be at the office on Main Street 12 at noon, call me",
        "the manager is away",
        "My company is looking for partners.",
        "Ref 2012-04-02 / 17:44",
        "Meeting ID: 123 456 7890 12",
    ],
)
def test_nothing_certain_gives_nothing(text: str) -> None:
    found = signature.fields(text, name="Jane Doe", email="jane@x.example")
    assert found == signature.fields("", name="Jane Doe", email="jane@x.example")


def test_another_persons_name_is_not_the_authors() -> None:
    found = signature.fields("John Roe\nAssistant to Jane Doe", name="Jane Doe", email="jane@x.example")
    assert found.name is None


def test_a_phone_of_an_unknown_country_is_left_out() -> None:
    assert signature.fields("Tel. 030 1234567", name="", email="jane@x.example").phones == ()
    (phone,) = signature.fields("Tel. 030 1234567", name="", email="jane@x.de").phones
    assert phone.number == "+49301234567"


@given(st.text(max_size=400), st.text(max_size=30), st.text(max_size=30))
def test_fields_take_anything_and_quote_it(text: str, name: str, email: str) -> None:
    found = signature.fields(text, name=name, email=email)
    for value in (found.name, found.title, found.company, found.street, found.city, *found.urls):
        assert value is None or (value.value and value.line in text)


def test_a_megabyte_of_signature_is_bounded() -> None:
    found = signature.fields(
        "Jane Doe +1 415 555 0100 www.x.example\n" * 30_000, name="Jane", email="j@x.example"
    )
    assert [phone.number for phone in found.phones] == ["+14155550100"]
    assert len(found.urls) == 1


@pytest.mark.parametrize(
    ("text", "title", "company"),
    [
        ("Marcus Hale\nVP Marketing, Tidewell Energy", "VP Marketing", "Tidewell Energy"),
        ("Marcus Hale, VP Marketing, Tidewell Energy", "VP Marketing", "Tidewell Energy"),
        ("Marcus Hale, Operations", "Operations", None),
        ("Marcus Hale\nDirector, Product Management", "Director, Product Management", None),
    ],
)
def test_a_line_of_name_title_and_company_is_cut(text: str, title: str, company: str | None) -> None:
    found = signature.fields(text, name="Marcus Hale", email="m.hale@tidewell.example")
    assert (found.title and found.title.value, found.company and found.company.value) == (title, company)
