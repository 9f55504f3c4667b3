"""Display names as people and mail programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.addresses import names


@pytest.mark.parametrize(
    ("display", "email", "name"),
    [
        ("Jane Doe", "jane@x.example", "Jane Doe"),
        ("Doe, Jane", "jane@x.example", "Jane Doe"),
        ("Doe, Jane (EXT)", "jane@x.example", "Jane Doe"),
        ("Doe, Jane [External]", "jane@x.example", "Jane Doe"),
        ("JANE DOE", "jane@x.example", "Jane Doe"),
        ("jane doe", "jane@x.example", "Jane Doe"),
        ("JANE MCDONALD-O'BRIEN", "", "Jane McDonald-O'Brien"),
        ("VAN DER BERG, JAN", "", "Jan van der Berg"),
        ("JOHN DOE III", "", "John Doe III"),
        ("Doe, John, Jr.", "", "John Doe Jr."),
        ("Doe, Jane P.", "", "Jane P. Doe"),
        ("'Jane Doe'", "", "Jane Doe"),
        ('"Jane Doe"', "", "Jane Doe"),
        ("“Jane Doe”", "", "Jane Doe"),
        ("Mr. John Doe", "", "John Doe"),
        ("Frau Erika Muster", "", "Erika Muster"),
        ("Dr. Jane Doe, PhD", "", "Dr. Jane Doe"),
        ("Jane Doe MBA", "", "Jane Doe"),
        ("Jane via Some List", "list@x.example", "Jane"),
        ("Jane Doe via Example Docs", "docs@x.example", "Jane Doe"),
        ("Jane Doe [mailto:jane@x.example]", "jane@x.example", "Jane Doe"),
        ("Jane Doe <jane@x.example>", "jane@x.example", "Jane Doe"),
        ("Doe  Jane P.", "jane.p.doe@x.example", "Jane P. Doe"),
        ("\u202eJane\u202c Doe \U0001f600", "", "Jane Doe"),
        ("Jane\u200b\u00a0Doe", "", "Jane Doe"),
        ("(Jane)", "", "Jane"),
        ("jane", "jane@x.example", "Jane"),
    ],
)
def test_people(display: str, email: str, name: str) -> None:
    assert names.clean(display, email) == name


@pytest.mark.parametrize(
    ("display", "email"),
    [
        ("jane.doe@x.example", "jane.doe@x.example"),
        ("other@y.example", "jane.doe@x.example"),
        ("'jane@x.example'", "jane@x.example"),
        ("jane.doe", "jane.doe@x.example"),
        ("jdoe77", "jdoe77@x.example"),
        ("", "jane@x.example"),
        ("   ", "jane@x.example"),
        ("---", "jane@x.example"),
        ("12345", "a@x.example"),
    ],
)
def test_addresses_are_no_names(display: str, email: str) -> None:
    assert names.clean(display, email) == ""


@pytest.mark.parametrize(
    ("display", "email"),
    [
        ("Acme, Inc.", "jane@acme.example"),
        ("ACME GmbH", "info@acme.example"),
        ("EXAMPLE SUPPORT", "help@x.example"),
        ("Customer Service", "noreply@x.example"),
        ("Doe & Roe", "office@x.example"),
        ("IBM", "jane@x.example"),
        ("Example Newsletter", "a@x.example"),
    ],
)
def test_companies_and_roles_stay_as_they_are(display: str, email: str) -> None:
    assert names.clean(display, email) == display


@given(st.text(max_size=120), st.text(max_size=40))
def test_clean_takes_anything(display: str, email: str) -> None:
    name = names.clean(display, email)
    assert name == name.strip()
    assert "@" not in name
    assert not any(char in name for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2069\u200b\x00\n")


def test_a_name_as_long_as_a_book_is_cut() -> None:
    assert len(names.clean("Jane " * 200_000, "jane@x.example")) <= 300
