"""Greetings and sign-offs: read into forms of a closed vocabulary, and written from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.drafts import salutations, style_words
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.domain.styles import Named
from tests.fakes.effort import linear

ANN = Named("Ann", "Ode")
MAX = Named("Max", "Roe")


def words(language: str = "en") -> Vocabulary:
    found = style_words.vocabulary(language)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "line", "form"),
    [
        ("en", "Hi Ann,", "Hi {first},"),
        ("en", "hi ann", "Hi {first}"),
        ("en", "Hello Ann Ode:", "Hello {first} {last}:"),
        ("en", "Dear Ms. Ode,", "Dear Ms. {last},"),
        ("en", "Dear Ode,", "Dear {last},"),
        ("en", "Good morning, Ann!", "Good morning, {first}!"),
        ("en", "Good morning,", "Good morning,"),
        ("en", "Hi all,", "Hi all,"),
        ("en", "Hi Ann -", "Hi {first} -"),
        ("en", "Hi Ann–", "Hi {first} –"),
        ("en", "Hey Annie,", "Hey {first},"),  # people have more names than their addresses say
        ("en", "Ann,", "{first},"),
        ("en", "Ann", "{first}"),
        ("en", "Ann, it has come and it is good.", "{first},"),
        ("en", "Hi Ann, it has come and it is good.", "Hi {first},"),
        ("en", "It has come and it is good.", None),
        ("en", "Hi there I am a long line about nothing,", None),
        ("en", "Hello thanks for it,", None),
        ("en", "Bob,", None),
        ("en", "", None),
        ("de", "Hallo Ann,", "Hallo {first},"),
        ("de", "Sehr geehrte Frau Ode,", "Sehr geehrte Frau {last},"),
        ("de", "Sehr geehrte Frau Dr. Ode,", "Sehr geehrte Frau Dr. {last},"),
        ("de", "Sehr geehrte Damen und Herren,", "Sehr geehrte Damen und Herren,"),
        ("de", "Liebe Ann,", "Liebe {first},"),
        ("de", "Guten Tag Ann Ode", "Guten Tag {first} {last}"),
        ("fr", "Bonjour Madame Ode,", "Bonjour Madame {last},"),
        ("fr", "Bonjour,", "Bonjour,"),
        ("fr", "Chère Ann,", "Chère {first},"),
        ("es", "Hola, Ann:", "Hola, {first}:"),
        ("it", "Gentile Ann Ode,", "Gentile {first} {last},"),
    ],
)
def test_reading_a_greeting(language: str, line: str, form: str | None) -> None:
    assert salutations.read_greeting(line, ANN, words(language)) == form


@pytest.mark.parametrize(
    ("language", "lines", "form"),
    [
        ("en", ["Best regards,", "Max"], "Best regards,\n{first}"),
        ("en", ["best,", "", "max roe"], "Best,\n{first} {last}"),
        ("en", ["Thanks, Max"], "Thanks, {first}"),
        ("en", ["Thanks!", "MR"], "Thanks!\n{initials}"),
        ("en", ["Thanks", "M.R."], "Thanks\n{initials}"),
        ("en", ["M"], "{initial}"),
        ("en", ["Max"], "{first}"),
        ("en", ["- Roe"], "{last}"),
        ("en", ["Regards"], "Regards"),
        ("en", ["Regards", "Somebody Else"], "Regards"),
        ("en", ["Thanks for the contract that came."], None),
        ("en", ["It is here."], None),
        ("en", [], None),
        ("de", ["Viele Grüße", "Max"], "Viele Grüße\n{first}"),
        ("de", ["viele grüße aus Berlin", "Max Roe"], "Viele Grüße\n{first} {last}"),
        ("de", ["LG Max"], "LG {first}"),
        (
            "de",
            ["Mit freundlichen Grüßen", "", "Max Roe", "Roe & Co."],
            "Mit freundlichen Grüßen\n{first} {last}",
        ),
        ("fr", ["Bien cordialement,", "Max Roe"], "Bien cordialement,\n{first} {last}"),
    ],
)
def test_reading_a_sign_off(language: str, lines: list[str], form: str | None) -> None:
    assert salutations.read_sign_off(lines, MAX, words(language)) == form


@pytest.mark.parametrize(
    ("form", "to", "line"),
    [
        ("Hi {first},", ANN, "Hi Ann,"),
        ("Hi {first},", Named(), "Hi,"),
        ("Hola, {first}:", Named(), "Hola:"),
        ("Hi {first},", Named("", "Ode"), "Hi Ode,"),
        ("Dear Ms. {last},", ANN, "Dear Ms. Ode,"),
        ("Dear {first} {last},", Named("Ann"), "Dear Ann,"),
        ("{first},", ANN, "Ann,"),
        ("{first},", Named(), ""),
        ("", ANN, ""),
        ("Hi all,", ANN, "Hi all,"),
    ],
)
def test_writing_a_greeting(form: str, to: Named, line: str) -> None:
    assert salutations.write_greeting(form, to) == line


@pytest.mark.parametrize(
    ("form", "me", "lines"),
    [
        ("Best,\n{first}", MAX, "Best,\nMax"),
        ("Best,\n{first}", Named(), "Best,"),
        ("Best,\n{first} {last}", Named("Max"), "Best,\nMax"),
        ("Thanks, {first}", Named(), "Thanks"),
        ("Thanks\n{initials}", MAX, "Thanks\nMR"),
        ("{initial}", MAX, "M"),
        ("{first}", Named(), ""),
        ("", MAX, ""),
    ],
)
def test_writing_a_sign_off(form: str, me: Named, lines: str) -> None:
    assert salutations.write_sign_off(form, me) == lines


@pytest.mark.parametrize(
    ("language", "form", "for_anybody"),
    [
        ("de", "Liebe {first},", "Hallo {first},"),
        ("de", "Lieber Herr {last},", "Hallo {first} {last},"),
        ("de", "Sehr geehrte Frau Dr. {last},", "Guten Tag {first} {last},"),
        ("de", "Hallo Herr {last},", "Hallo {first} {last},"),
        ("de", "Hallo {first},", "Hallo {first},"),
        ("en", "Dear Mr. {last},", "Dear {first} {last},"),
        ("fr", "Chère {first},", "Bonjour {first},"),
        ("it", "Caro {first},", "Ciao {first},"),
        ("en", "{first},", "{first},"),
        ("en", "", ""),
    ],
)
def test_what_fits_one_person_is_made_to_fit_anybody(language: str, form: str, for_anybody: str) -> None:
    assert salutations.neutral(form, words(language)) == for_anybody


def test_a_friend_of_authorities_is_greeted_as_a_friend() -> None:
    assert salutations.neutral("Sehr geehrte {first},", words("de"), informal=True) == "Hallo {first},"


def test_greetings_to_a_crowd() -> None:
    assert salutations.is_to_all("Hi all,", words())
    assert salutations.is_to_all("Hallo zusammen,", words("de"))
    assert not salutations.is_to_all("Hi {first},", words())


def test_formality_is_that_of_the_phrase() -> None:
    scores = [salutations.formality(one, words()) for one in ("Hey {first},", "Hi {first},", "Dear {first},")]
    assert scores == sorted(scores, key=lambda one: one or 0.0)
    assert salutations.formality("Best regards,\n{first}", words()) == 0.7
    assert salutations.formality("Best,\n{first}", words()) == 0.4
    assert salutations.formality("{first},", words()) is None
    assert salutations.formality("", words()) is None


def test_hostile_lines_take_linear_time() -> None:
    def read(size: int) -> None:
        for line in ("Hi " + "a " * size, "a" * size + ",", "," * size, "Best " * size):
            salutations.read_greeting(line, ANN, words())
            salutations.read_sign_off([line] * 20, MAX, words())

    linear(read, 2_000, 8_000)


PEOPLE = st.builds(
    Named,
    st.sampled_from(["Ann", "Jürgen", "Zoë", "O'Neil"]),
    st.sampled_from(["", "Ode", "van Dyck", "Müller-Lüdenscheidt"]),
)


@given(
    language=st.sampled_from(style_words.languages()), person=PEOPLE, name=st.sampled_from(["{first}", ""]),
    mark=st.sampled_from(["", ",", "!", ":", " –"]), pick=st.integers(0, 1_000),
)  # fmt: skip
def test_what_is_written_is_read_as_what_it_was(
    language: str, person: Named, name: str, mark: str, pick: int
) -> None:
    known = words(language)
    phrases = sorted(known.greetings)
    form = phrases[pick % len(phrases)] + (f" {name}" if name else "") + mark
    line = salutations.write_greeting(form, person)
    assert salutations.read_greeting(line, person, known) == form


@given(
    language=st.sampled_from(style_words.languages()), person=PEOPLE, pick=st.integers(0, 1_000),
    between=st.sampled_from(["\n", ",\n"]),
)  # fmt: skip
def test_every_closing_survives_being_written(language: str, person: Named, pick: int, between: str) -> None:
    known = words(language)
    phrases = sorted(known.sign_offs)
    form = phrases[pick % len(phrases)] + between + "{first}"
    lines = salutations.write_sign_off(form, person).split("\n")
    assert salutations.read_sign_off(lines, person, known) == form


@given(st.text(max_size=200), PEOPLE)
def test_any_line_is_read_into_the_vocabulary_or_not_at_all(line: str, person: Named) -> None:
    """Nothing of a letter's own words gets into a form: only phrases, titles, marks and braces."""
    known = words()
    form = salutations.read_greeting(line, person, known)
    if form:
        left = form
        for part in sorted([*known.greetings, *known.titles, *known.everybody], key=len, reverse=True):
            left = left.replace(part, "")
        for part in ("{first}", "{last}"):
            left = left.replace(part, "")
        assert not any(one.isalnum() for one in left)
