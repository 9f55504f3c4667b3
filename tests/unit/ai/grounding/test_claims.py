"""Facts in texts: what is found, where, and which spellings mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.grounding.claims import Claim, ClaimKind, claims, is_negated, words
from tests.fakes.effort import linear


def found(text: str) -> list[tuple[str, str]]:
    return [(str(each.kind), each.text) for each in claims(text)]


def keys(text: str) -> frozenset[str]:
    (one,) = claims(text)
    return one.keys


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("see https://example.com/a?b=1 now", "link", "https://example.com/a?b=1"),
        ("at www.example.com.", "link", "www.example.com"),
        ("on example.org/page, yes", "link", "example.org/page"),
        ("to jo.e+x@mail.example.com!", "address", "jo.e+x@mail.example.com"),
        ("to +49 30 1234567 please", "phone", "+49 30 1234567"),
        ("on (030) 123 45 67", "phone", "(030) 123 45 67"),
        ("to DE89 3704 0044 0532 0130 00 today", "account", "DE89 3704 0044 0532 0130 00"),
        ("card 4111 1111 1111 1111", "account", "4111 1111 1111 1111"),
        ("it costs $1,200.50 now", "amount", "$1,200.50"),
        ("es kostet 1.200,50 € jetzt", "amount", "1.200,50 €"),
        ("about 2 million dollars", "amount", "2 million dollars"),
        ("by 3 March 2025 at last", "date", "3 March 2025"),
        ("by March 3rd, 2025 at last", "date", "March 3rd, 2025"),
        ("am 3. März fertig", "date", "3. März"),
        ("on 2025-03-03", "date", "2025-03-03"),
        ("by 3/3/25 then", "date", "3/3/25"),
        ("am 3.3. fertig", "date", "3.3"),
        ("until Thursday then", "date", "Thursday"),
        ("we meet in March then", "date", "March"),
        ("meet at 5pm there", "time", "5pm"),
        ("meet at 17:30 there", "time", "17:30"),
        ("um 9 Uhr dort", "time", "9 Uhr"),
        ("all 45 of them", "number", "45"),
        ("about 12% of it", "number", "12%"),
        ("send three of them", "number", "three"),
        ("schicke zwölf davon", "number", "zwölf"),
        ("then ask Zebulon about it", "name", "Zebulon"),
        ("Zebulon said so", "name", "Zebulon"),
    ],
)
def test_one_fact_of_each_kind(text: str, kind: str, told: str) -> None:
    assert found(text) == [(kind, told)]


@pytest.mark.parametrize(
    "text",
    [
        "Please send it when you can.", "I'm sure that we will.", "Thanks for the update!", "No, not yet.",
        "Vielen Dank für Ihre Nachricht.", "Die Rechnung geht morgen an die Buchhaltung.",
        "Bonjour, merci pour votre réponse.", "Hola, gracias por todo.", "One of us may come.", "",
    ],
)  # fmt: skip
def test_everyday_sentences_claim_nothing(text: str) -> None:
    assert found(text) == []


def test_a_name_of_two_words_and_one_that_could_be_a_word() -> None:
    assert found("We asked Bill Mark Jones.") == [("name", "Bill"), ("name", "Mark"), ("name", "Jones")]


def test_spellings_of_one_fact_share_a_key() -> None:
    same = [
        ("$1,200", "1200 USD"), ("€ 1.200,50", "1,200.50 EUR"), ("$2 million", "2,000,000 dollars"),
        ("3/4/2025", "April 3, 2025"), ("3/4/2025", "March 4th, 2025"), ("5pm", "17:00"), ("2:30", "2:30 pm"),
        ("+49 30 1234567", "0049 30 1234567"), ("three", "3"), ("https://www.example.com/", "example.com"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ]  # fmt: skip
    for one, other in same:
        assert keys(one) & keys(other), (one, other)


def test_different_facts_share_none() -> None:
    different = [
        ("$1,200", "€1,200"), ("$1,200", "$12,000"), ("3 March 2025", "3 March 2026"), ("5pm", "5am"),
        ("three", "4"), ("example.com", "example.org"), ("+49 30 1234567", "+49 30 1234568"),
    ]  # fmt: skip
    for one, other in different:
        assert not keys(one) & keys(other), (one, other)


@pytest.mark.parametrize(
    "text", ["It is not done", "We can't come", "Das geht nicht", "Ce n'est pas prêt", "sin duda", "never"]
)
def test_negations_of_four_languages(text: str) -> None:
    assert is_negated(text)


def test_a_note_is_no_negation() -> None:
    assert not is_negated("Please note the knot in this notebook")


def test_words_lose_case_and_possession() -> None:
    assert words("Ann’s O'Brien e-mail") == ["ann", "o'brien", "e-mail"]


@given(st.text(alphabet=st.sampled_from("aA1 .,-:/@$€%(May3pm)\n#‹é中"), max_size=120))
def test_claims_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for each in claims(text):
        assert isinstance(each, Claim)
        assert each.start >= end
        assert text[each.start : each.end] == each.text != ""
        assert each.keys
        assert each.kind in ClaimKind
        end = each.end


@pytest.mark.parametrize(
    "piece", ["1 ", "(", "a.", "1.1.", "A", "[x", "@", "a@", "a-", "9 9-", "$1,", "May ", "1:1"]
)
def test_no_text_is_slow_to_read(piece: str) -> None:
    linear(lambda size: claims(piece * size), 4_000, 16_000)


@pytest.mark.parametrize(
    ("text", "number"),
    [("Zijn er twaalf stoelen?", "12"), ("Sono quindici sedie.", "15"), ("São dezoito cadeiras.", "18")],
)
def test_numbers_in_words_of_more_languages(text: str, number: str) -> None:
    assert any(number in one.keys for one in claims(text))


def test_words_of_english_are_no_numbers_of_italian() -> None:
    assert not claims("the rent is due today")
