"""Addresses that an eye takes for another."""

import pytest

from fluffy_core.mail.addresses.lookalike import known_twin

KNOWN = ("ann@firm.example", "billing@nordlicht.example", "jo@my-shop.example")


@pytest.mark.parametrize(
    ("email", "twin"),
    [
        ("ann@firrn.example", "ann@firm.example"),
        ("ann@f1rm.example", "ann@firm.example"),
        ("аnn@firm.example", "ann@firm.example"),  # a Cyrillic a
        ("ann@xn--frm-rma.example", "ann@firm.example"),  # fírm
        ("billing@nordlciht.example", "billing@nordlicht.example"),
        ("billing@nordlich.example", "billing@nordlicht.example"),
        ("billing@nordllicht.example", "billing@nordlicht.example"),
        ("bi11ing@nordlicht.example", "billing@nordlicht.example"),
        ("jo@myshop.example", "jo@my-shop.example"),
    ],
)
def test_twins(email: str, twin: str) -> None:
    assert known_twin(email, KNOWN) == twin


@pytest.mark.parametrize(
    "email",
    [
        "ann@firm.example",
        "anna@firm.example",
        "ben@firm.example",
        "ann@other.example",
        "jo@shop.example",
        "x@y.z",
        "",
    ],
)
def test_others_are_others(email: str) -> None:
    assert known_twin(email, KNOWN) == ""


def test_what_is_no_domain_is_survived() -> None:
    assert known_twin("ann@xn--\udcff.example", KNOWN) == ""
