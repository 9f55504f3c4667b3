"""Facts without a source become placeholders in the draft's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.drafts import style_words
from fluffy_core.ai.grounding import placeholders
from fluffy_core.ai.grounding.grounding import Grounds
from fluffy_core.ai.grounding.placeholders import Facts
from tests.fakes.effort import linear

SOURCES = [
    "Hello Max, the contract with Vandelay is 300 EUR until 3 March. Call tomorrow: 030 1234567.",
    "Ann Ode",
]


def facts(language: str = "en", sources: list[str] = SOURCES) -> Facts:
    words = style_words.vocabulary(language)
    assert words is not None
    return Facts(sources, words)


@pytest.mark.parametrize(
    ("sentence", "filled"),
    [
        ("I sent 300 EUR to Vandelay.", "I sent 300 EUR to Vandelay."),
        ("I sent 400 EUR to Vandelay.", "I sent [price] to Vandelay."),
        ("I spoke with Kramer Newman about it.", "I spoke with [name] about it."),
        ("Let us meet on 4 March.", "Let us meet on [date]."),
        ("Let us meet at 5pm.", "Let us meet at [time]."),
        ("Let us meet tomorrow.", "Let us meet tomorrow."),
        ("Let us meet next week.", "Let us meet [date]."),
        ("There are 17 of them.", "There are [number] of them."),
        ("See https://elsewhere.example/x.", "See [link]."),
        ("Write to jo@elsewhere.example.", "Write to [e-mail address]."),
        ("Call 030 7654321.", "Call [phone number]."),
        ("Send it to DE89 3704 0044 0532 0130 00.", "Send it to [account number]."),
        ("Thank you, Ann.", "Thank you, Ann."),
        ("I will tell you by [date].", "I will tell you by [date]."),
        ("I will ask [Kramer Newman] about it.", "I will ask [Kramer Newman] about it."),
    ],
)
def test_facts_in_english(sentence: str, filled: str) -> None:
    text, count = facts().filled(sentence)
    assert text == filled
    assert count == (sentence != filled)


@pytest.mark.parametrize(
    ("language", "sentence", "filled"),
    [
        ("de", "Wir treffen uns am 4. März.", "Wir treffen uns am [Datum]."),
        ("de", "Wir treffen uns nächste Woche.", "Wir treffen uns [Datum]."),
        ("de", "Es kostet 900 Euro.", "Es kostet [Preis]."),
        ("de", "Das Angebot liegt bei.", "Das Angebot liegt bei."),
        ("fr", "On se voit demain.", "On se voit [date]."),
        ("fr", "Cela coûte 900 euros.", "Cela coûte [prix]."),
        ("es", "Nos vemos mañana.", "Nos vemos [fecha]."),
        ("it", "Ci vediamo domani.", "Ci vediamo [data]."),
    ],
)
def test_facts_in_other_languages(language: str, sentence: str, filled: str) -> None:
    assert facts(language).filled(sentence)[0] == filled


def test_several_facts_are_counted() -> None:
    assert facts().filled("Kramer pays 400 EUR on Friday at 5pm.") == (
        "[name] pays [price] on [date] at [time].",
        4,
    )


def test_each_placeholder_is_found_but_those_in_quotes() -> None:
    assert placeholders.found("> what [is] it?\n[date], [price] or [date]") == ("[date]", "[price]", "[date]")
    assert placeholders.found("[over\ntwo lines] and []") == ()
    assert placeholders.bare("It is [date] [price].") == "It is  ."


def test_filling_takes_linear_time() -> None:
    def fill(size: int) -> None:
        facts().filled("Kramer pays 400 EUR tomorrow or next week. " * size)

    linear(fill, 100, 400)


PIECES = st.sampled_from(
    [
        "Kramer",
        "on",
        "400 EUR",
        "the",
        "Friday",
        "at 5pm",
        "contract",
        "www.elsewhere.example",
        "[date]",
        ".",
        "next week",
    ]
)


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_nothing_unsupported_is_left(text: str) -> None:
    """Whatever is filled states nothing that the sources do not hold, and filling again changes nothing."""
    filled, _ = facts().filled(text)
    assert Grounds(SOURCES).unsupported(placeholders.bare(filled)) == ()
    assert facts().filled(filled) == (filled, 0)
