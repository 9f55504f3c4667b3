"""Whom a message speaks to by name."""

from dataclasses import replace

import pytest

from fluffy_core.ai.sentences import addressees
from fluffy_core.domain.message import Address
from tests.unit.ai.drafts.briefs import mail


def test_others_are_told_by_names_and_addresses() -> None:
    to = (Address("jo.berg@firm.example", "Johanna B. Berg-Weiß"), Address("ed@firm.example", ""))
    found = addressees.others(replace(mail("Hello"), to=to))
    assert found == {"jo", "berg", "johanna", "weiss", "ed"}
    assert addressees.others(mail("Hello")) == set()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Bob, Ann:\nplease", ["Bob", "Ann"]),
        ("\n  \nHi Bob -\n", ["Hi", "Bob", ""]),
        ("", []),
        (" \n", []),
        ("word " * 100, ["word"] * 16),
    ],
)
def test_the_opening_is_the_first_line_with_words(body: str, words: list[str]) -> None:
    assert addressees.opening(body) == words
