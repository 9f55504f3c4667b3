"""Whether two addresses are one person: sure, likely, unlikely, and why never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses import names

SURE, LIKELY = 0.85, 0.70


def similarity(name_a: str, email_a: str, *, name_b: str, email_b: str) -> float:
    return names.similarity(Address(email_a, name_a), Address(email_b, name_b))


@pytest.mark.parametrize(
    ("name_a", "email_a", "name_b", "email_b"),
    [
        ("Jane Doe", "jane.doe@acme.example", "Jane Doe", "jdoe@acme.example"),
        ("Jane Doe", "jane.doe@acme.example", "Doe Jane", "jane@mail.acme.example"),
        ("Jane Doe", "zorro77@gmail.com", "Jane Doe", "zorro77@acme.example"),
        ("Bob Doe", "bob@acme.example", "Robert Doe", "rdoe@acme.example"),
        ("Jane Marie Doe", "jmd@one.example", "Jane Marie Doe", "jane@two.example"),
        ("", "j.ane.doe@gmail.com", "Jane", "janedoe+news@gmail.com"),
        ("Jane Doe", "jane@acme.example", "", "jane@acme.example"),
    ],
)
def test_sure(name_a: str, email_a: str, name_b: str, email_b: str) -> None:
    assert similarity(name_a, email_a, name_b=name_b, email_b=email_b) > SURE


@pytest.mark.parametrize(
    ("name_a", "email_a", "name_b", "email_b"),
    [
        ("Jane Doe", "jane.doe@gmail.com", "Jane Doe", "jane.doe@acme.example"),
        ("J. Doe", "jd@acme.example", "Jane Doe", "rdoe@acme.example"),
        ("Johann Mueller", "a@x.example", "Johann Müller", "b@x.example"),
    ],
)
def test_likely(name_a: str, email_a: str, name_b: str, email_b: str) -> None:
    assert LIKELY <= similarity(name_a, email_a, name_b=name_b, email_b=email_b) <= SURE


@pytest.mark.parametrize(
    ("name_a", "email_a", "name_b", "email_b"),
    [
        ("Jane", "jane@acme.example", "Jane Doe", "jane.doe@acme.example"),
        ("Jane", "jane@one.example", "Jane", "jane@two.example"),
        ("Jane Doe", "jane@acme.example", "John Doe", "john@acme.example"),
        ("Jane Doe", "info@acme.example", "Jane Doe", "jane@acme.example"),
        ("Jane Doe", "info@acme.example", "John Roe", "info@acme.example"),
        ("", "a@acme.example", "", "b@acme.example"),
        ("Jane Doe", "jane@one.example", "John Roe", "jane@two.example"),
    ],
)
def test_never_merged(name_a: str, email_a: str, name_b: str, email_b: str) -> None:
    assert similarity(name_a, email_a, name_b=name_b, email_b=email_b) < LIKELY


def test_one_address_is_one_person() -> None:
    assert similarity("Jane", "jane@acme.example", name_b="Jane D.", email_b="jane@acme.example") == 1.0


def test_more_evidence_never_lowers_the_score() -> None:
    other_company = similarity("Jane Doe", "jane@one.example", name_b="Jane Doe", email_b="jd@two.example")
    same_company = similarity("Jane Doe", "jane@one.example", name_b="Jane Doe", email_b="jd@one.example")
    same_handle = similarity("Jane Doe", "zorro@one.example", name_b="Jane Doe", email_b="zorro@two.example")
    first_name = similarity("Jane", "jane@one.example", name_b="Jane Doe", email_b="jd@two.example")
    assert first_name < other_company < same_company
    assert other_company < same_handle


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_symmetric_and_bounded(name_a: str, email_a: str, name_b: str, email_b: str) -> None:
    score = similarity(name_a, email_a, name_b=name_b, email_b=email_b)
    assert 0.0 <= score <= 1.0
    assert score == pytest.approx(similarity(name_b, email_b, name_b=name_a, email_b=email_a))
