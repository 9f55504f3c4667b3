"""What addresses tell about their owners."""

import pytest

from fluffy_core.mail.addresses import owners


@pytest.mark.parametrize(
    "email",
    [
        "info@x.example",
        "INFO@x.example",
        "no-reply@x.example",
        "do_not_reply@x.example",
        "noreply+4711@x.example",
        "sales.emea@x.example",
        "emea-support@x.example",
        "support2@x.example",
        "kontakt@x.example",
        "mailer-daemon@x.example",
    ],
)
def test_roles(email: str) -> None:
    assert owners.is_role(email)


@pytest.mark.parametrize(
    "email", ["jane@x.example", "jane.doe@x.example", "salesman@x.example", "j.d@x.example", "", "@"]
)
def test_persons(email: str) -> None:
    assert not owners.is_role(email)


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("jane@acme.com", "acme.com"),
        ("jane@mail.eu.acme.co.uk", "acme.co.uk"),
        ("jane@ACME.com.", "acme.com"),
        ("jane@bücher.de", "bücher.de"),
        ("jane@gmail.com", ""),
        ("jane@yahoo.co.jp", ""),
        ("jane@hotmail.fr", ""),
        ("jane@sub.gmx.de", ""),
        ("jane@localhost", ""),
        ("jane@[192.0.2.1]", ""),
        ("jane@192.0.2.1", ""),
        ("jane@a b.com", ""),
        ("jane@" + "a" * 400 + ".com", ""),
        ("jane", ""),
        ("", ""),
    ],
)
def test_company(email: str, company: str) -> None:
    assert owners.company_of(email) == company


@pytest.mark.parametrize(
    ("email", "canonical"),
    [
        ("Jane.Doe+x@Gmail.com", "janedoe@gmail.com"),
        ("janedoe@googlemail.com", "janedoe@gmail.com"),
        ("Jane.Doe+x@acme.example", "jane.doe@acme.example"),
        ("+x@acme.example", "+x@acme.example"),
    ],
)
def test_canonical(email: str, canonical: str) -> None:
    assert owners.canonical(email) == canonical
