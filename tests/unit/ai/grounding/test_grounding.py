"""What sources hold and what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.grounding.grounding import Grounds
from tests.fakes.effort import linear

OFFER = (
    "Hi Ada, the offer from Vandelay Corp is $1,200 per month, valid until 3/3/2025. Call me at "
    "+49 30 1234567 by Friday at 5pm.\nWe will not ship before the contract is signed. "
    "See https://example.com/x/y?z=1. Please send the three documents to jo@example.org."
)
GERMAN = "Bis Freitag brauche ich die Unterlagen. Herr Zobel hat zugesagt."


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    return Grounds([OFFER, GERMAN])


def missing(grounds: Grounds, text: str) -> list[str]:
    return [each.text for each in grounds.unsupported(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Vandelay offers 1200 USD until March 3, 2025.",
        "It is valid until 3 March and Ada knows it.",
        "Send 3 documents to jo@example.org by Friday at 17:00.",
        "Call 030 1234567 or 0049301234567.",
        "Look at example.com/x/y?z=1.",
        "Zobel hat bis Freitag zugesagt.",
        "",
    ],
)
def test_what_the_sources_say_in_other_words(grounds: Grounds, text: str) -> None:
    assert missing(grounds, text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The offer is $1,300.", ["$1,300"]),
        ("The offer is €1,200.", ["€1,200"]),
        ("It is valid until 4 March.", ["4 March"]),
        ("It is valid until 3 March 2026.", ["3 March 2026"]),
        ("Come on Thursday at 6pm.", ["Thursday", "6pm"]),
        ("Send four documents.", ["four"]),
        ("Ask Kramerica about it.", ["Kramerica"]),
        ("Call 030 7654321.", ["030 7654321"]),
        ("Write to ada@example.org.", ["ada@example.org"]),
        ("Look at example.com.evil.net/x.", ["example.com.evil.net/x"]),
        ("Look at evil.com.", ["evil.com"]),
    ],
)
def test_what_no_source_says(grounds: Grounds, text: str, wrong: list[str]) -> None:
    assert missing(grounds, text) == wrong


def test_a_fact_may_be_in_any_of_the_sources(grounds: Grounds) -> None:
    assert missing(grounds, "Vandelay and Zobel agree.") == []
    assert missing(Grounds([GERMAN]), "Vandelay and Zobel agree.") == ["Vandelay"]


def test_support_names_the_source_and_its_words(grounds: Grounds) -> None:
    found = grounds.support("The three documents go to jo@example.org.")
    assert found is not None
    assert (found.source, found.quote) == (0, "Please send the three documents to jo@example.org.")
    other = grounds.support("Herr Zobel hat die Unterlagen zugesagt.")
    assert other is not None
    assert other.source == 1
    assert "Zobel" in other.quote


def test_a_sentence_that_turns_its_source_around_has_none(grounds: Grounds) -> None:
    assert grounds.support("We will not ship before the contract is signed.") is not None
    assert grounds.support("We will ship before the contract is signed.") is None


@pytest.mark.parametrize(
    "sentence",
    ["", "Yes.", "The weather was lovely in the mountains.", "Vandelay raised its offer to $1,900."],
)
def test_a_sentence_that_says_something_else_has_none(grounds: Grounds, sentence: str) -> None:
    assert grounds.support(sentence) is None


def test_without_sources_nothing_is_supported() -> None:
    empty = Grounds([])
    assert missing(empty, "Ask Vandelay for $5.") == ["Vandelay", "$5"]
    assert empty.support("The documents are ready.") is None


@given(st.text(max_size=200))
def test_a_text_supports_its_own_facts(text: str) -> None:
    assert Grounds([text]).unsupported(text) == ()


def test_long_sources_take_time_in_proportion() -> None:
    linear(
        lambda size: Grounds(["The pump in Oslo failed 12 times. " * size]).support("The pump failed."),
        200,
        1000,
    )
