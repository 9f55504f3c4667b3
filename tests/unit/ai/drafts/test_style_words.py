"""The vocabulary of writing styles is whole in every language that drafts are written in."""

import pytest

from fluffy_core.ai.drafts import salutations, style_words
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.grounding import placeholders
from fluffy_core.ai.grounding.placeholders import Facts
from fluffy_core.domain.styles import Named
from fluffy_core.mail.zones import language as languages

ALL = [found for code in style_words.languages() if (found := style_words.vocabulary(code))]
ENGLISH = ALL[style_words.languages().index("en")]
each = pytest.mark.parametrize("words", ALL, ids=style_words.languages())


def test_the_languages() -> None:
    assert style_words.languages() == ("de", "en", "es", "fr", "it", "nl", "pt")
    assert style_words.vocabulary("sv") is None
    assert style_words.vocabulary("wishes") is None


@each
def test_every_language_says_what_english_says(words: Vocabulary) -> None:
    assert words.placeholders.keys() == ENGLISH.placeholders.keys()
    assert words.questions.keys() <= words.placeholders.keys() | {"document"}
    for name in ENGLISH.lines:
        assert words.line(name), name
        assert words.line(name, informal=True), name


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("say that I am away", "I am away"),
        ("dis que je suis en congé", "je suis en congé"),
        ("di che sono via", "sono via"),
        ("say no", ""),
        ("shorter", ""),
        ("mention the budget", ""),
    ],
)
def test_a_hint_may_hold_the_words_themselves(hint: str, said: str) -> None:
    assert style_words.told(hint) == said


@pytest.mark.parametrize(
    ("hint", "wish"),
    [
        ("shorter", "shorter"), ("kürzer", "shorter"), ("plus court", "shorter"), ("más breve", "shorter"),
        ("più breve", "shorter"), ("korter", "shorter"), ("mais curto", "shorter"),
        ("decline", "no"), ("sag ab", "no"), ("refuse", "no"), ("rechaza", "no"), ("di di no", "no"),
        ("zeg nee", "no"), ("recusar", "no"), ("friendlier", "friendly"), ("freundlicher", "friendly"),
        ("plus amical", "friendly"), ("más amable", "friendly"), ("più gentile", "friendly"),
        ("vriendelijker", "friendly"), ("mais simpático", "friendly"),
    ],
)  # fmt: skip
def test_wishes_in_every_language(hint: str, wish: str) -> None:
    assert style_words.wishes(hint) == {wish}


@each
def test_scores_are_scores(words: Vocabulary) -> None:
    assert all(0 <= score <= 1 for score in (*words.greetings.values(), *words.sign_offs.values()))
    assert words.gendered <= words.greetings.keys()


@each
def test_defaults_are_forms_of_the_vocabulary(words: Vocabulary) -> None:
    ann = Named("Ann", "Ode")
    for tone in ("", "formal", "informal", "friendly"):
        greeting = salutations.write_greeting(words.default("default_greeting", tone=tone), ann)
        closing = salutations.write_sign_off(words.default("default_sign_off", tone=tone), ann)
        assert salutations.read_greeting(greeting, ann, words), greeting
        assert salutations.read_sign_off(closing.split("\n"), ann, words), closing


@each
def test_sentences_are_in_their_language_and_state_no_facts(words: Vocabulary) -> None:
    facts = Facts([], words)
    for name, line in words.lines.items():
        told = placeholders.bare(line)
        assert languages.detect(told) in ("", words.language), name
        assert facts.filled(line) == (line, 0), name


@each
def test_placeholders_are_seen_as_such(words: Vocabulary) -> None:
    text = " ".join(words.placeholders.values())
    assert set(placeholders.found(text)) == set(words.placeholders.values())


@pytest.mark.parametrize(
    ("told", "wishes"),
    [
        (("shorter",), {"shorter"}),
        (("a bit shorter and more formal, please",), {"shorter", "formal"}),
        (("Kürzer!",), {"shorter"}),
        (("sag nein", "förmlich"), {"no", "formal"}),
        (("No.",), {"no"}),
        (("ja",), {"yes"}),
        (("there is no rush",), set()),
        (("", "", ""), set()),
        (("follow up",), {"follow_up"}),
        (("plus court",), {"shorter"}),
        (("decline",), {"no"}),
        (("declined",), set()),
    ],
)
def test_what_hints_ask_for(told: tuple[str, ...], wishes: set[str]) -> None:
    assert style_words.wishes(*told) == wishes
