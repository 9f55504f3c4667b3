"""A writing style from letters: forms, figures, what is usual, and how to write to somebody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.drafts import style
from fluffy_core.ai.drafts.style import Observed
from fluffy_core.domain.styles import Circle, Figures, Letter, Manner, Named, Scope, Style, Trait
from tests.fakes.effort import linear

ANN = Named("Ann", "Ode")
MAX = Named("Max", "Roe")
PERSON, COMPANY, EVERYONE = (
    Circle(Scope.PERSON, "ann@firm.example"),
    Circle(Scope.COMPANY, "firm.example"),
    Circle(),
)


def letter(text: str, signature: str = "", *, language: str = "en", one_reader: bool = True) -> Letter:
    return Letter(text, signature, language, ANN if one_reader else Named(), MAX, one_reader)


def seen(text: str, signature: str = "", *, language: str = "en", one_reader: bool = True) -> Observed:
    found = style.observe(letter(text, signature, language=language, one_reader=one_reader))
    assert found is not None
    return found


def test_a_letter_shows_how_it_greets_and_closes() -> None:
    found = seen("Hi Ann,\n\nthank you for the plan. It is good.\n\nBest,\nMax")
    assert found.forms == {
        Trait.GREETING: "Hi {first},", Trait.SIGN_OFF: "Best,\n{first}", Trait.OPENING: "thanks"
    }  # fmt: skip
    assert (found.figures.words, found.figures.sentence_words) == (8, 4)


def test_what_was_taken_for_a_signature_is_the_sign_off() -> None:
    assert seen("It is here and it is good.", "Kind regards,\nMax Roe\nRoe & Co.").forms == {
        Trait.GREETING: "", Trait.SIGN_OFF: "Kind regards,\n{first} {last}", Trait.OPENING: ""
    }  # fmt: skip


def test_a_signature_to_every_mail_is_no_sign_off() -> None:
    signature = "-- \nMax Roe\nRoe & Co."
    assert seen("It is here.", signature).forms[Trait.SIGN_OFF] == ""
    assert seen("It is here.\n\nCheers\nMax", signature).forms[Trait.SIGN_OFF] == "Cheers\n{first}"


def test_a_crowd_is_greeted_by_no_habit() -> None:
    assert Trait.GREETING not in seen("Hi all,\n\nit is here.").forms
    assert Trait.GREETING not in seen("Hi Ann,\n\nit is here.", one_reader=False).forms


@pytest.mark.parametrize(
    ("language", "text", "address"),
    [
        ("de", "Hast du dein Buch bei dir? Ich brauche es.", "du"),
        ("de", "Haben Sie Ihr Buch bei sich? Ich schicke Ihnen die Liste.", "Sie"),
        ("de", "Sie ist da. Ihr Buch auch.", ""),  # "she", at the start of sentences
        ("de", "Das Buch ist da.", ""),
        ("fr", "Tu as ton livre ? Je te l'apporte.", "tu"),
        ("fr", "Avez-vous votre livre ? Je vous l'apporte.", "vous"),
        ("en", "Have you got your book?", ""),
    ],
)
def test_how_the_reader_is_addressed(language: str, text: str, address: str) -> None:
    found = seen(text, language=language)
    assert found.forms.get(Trait.ADDRESS, "") == address


def test_liveliness_is_counted() -> None:
    lively = seen("Hey Ann!\n\nI can't wait, it's great! Maybe we'll meet!\n\nCheers!\nMax").figures
    stiff = seen("Dear Ms. Ode,\n\nThe contract is attached. It is complete.\n\nSincerely,\nMax Roe").figures
    assert (lively.exclamations, stiff.exclamations) == (1.0, 0.0)
    assert lively.contractions > stiff.contractions == 0.0
    assert lively.hedges > stiff.hedges == 0.0
    assert lively.formality < 0.3
    assert stiff.formality > 0.7


def test_lists_are_noticed() -> None:
    assert seen("We need:\n\n- paper\n- glue\n").figures.bullets == 1.0
    assert seen("We need paper - and glue.\n").figures.bullets == 0.0


@pytest.mark.parametrize("one", [letter("", "Max"), letter("  \n "), letter("Det är här.", language="sv")])
def test_what_shows_nothing(one: Letter) -> None:
    assert style.observe(one) is None


def made(
    count: int, greeting: str = "Hi {first},", *, circle: Circle = EVERYONE, language: str = "en",
    **forms: str,
) -> Style:  # fmt: skip
    """So many letters that greet and close in one way."""
    each = Observed(
        {
            Trait.GREETING: greeting,
            Trait.SIGN_OFF: "Best,\n{first}",
            **{Trait(name): form for name, form in forms.items()},
        },
        Figures(words=20, formality=0.3),
    )
    return style.summarised([each] * count, language=language, circle=circle)


def test_a_style_is_what_letters_have_in_common() -> None:
    letters = [seen(f"Hi Ann,\n\n{'word ' * count}\n\nBest,\nMax") for count in (10, 20, 30, 40)]
    found = style.summarised([*letters, seen("Hello Ann,\n\nword.")], language="en", circle=PERSON)
    assert (found.letters, found.usual(Trait.GREETING), found.usual(Trait.SIGN_OFF)) == (
        5, "Hi {first},", "Best,\n{first}"
    )  # fmt: skip
    assert found.lengths == (10, 20, 30)
    assert found.figures.words == pytest.approx(20.2)


def test_nothing_has_no_habits() -> None:
    found = style.summarised([], language="en", circle=EVERYONE)
    assert (found.letters, found.usual(Trait.GREETING), found.lengths) == (0, None, (0, 0, 0))
    one = style.summarised([seen("It is here.")], language="en", circle=EVERYONE)
    assert one.lengths == (3, 3, 3)


def test_titles_are_kept_for_their_person_only() -> None:
    letters = [seen("Sehr geehrte Frau Ode,\n\nes ist da.", language="de")]
    own = style.summarised(letters, language="de", circle=PERSON)
    wide = style.summarised(letters, language="de", circle=COMPANY)
    assert own.usual(Trait.GREETING) == "Sehr geehrte Frau {last},"
    assert wide.usual(Trait.GREETING) == "Guten Tag {first} {last},"


def test_the_narrowest_circle_with_enough_letters_decides() -> None:
    person = made(style.ENOUGH, "Hey {first},", circle=PERSON)
    company, everyone = made(9, "Hello {first},", circle=COMPANY), made(99)
    found = style.manner([person, company, everyone], "en")
    assert (found.greeting, found.scope, found.letters) == ("Hey {first},", Scope.PERSON, style.ENOUGH)
    few = made(style.ENOUGH - 1, "Hey {first},", circle=PERSON)
    assert style.manner([few, company, everyone], "en").greeting == "Hello {first},"
    assert style.manner([few, everyone], "en").greeting == "Hi {first},"


def test_what_a_circle_does_not_show_the_next_does() -> None:
    to_crowds = style.summarised(
        [Observed({Trait.OPENING: "thanks"}, Figures())] * 5, language="en", circle=PERSON
    )
    found = style.manner([to_crowds, made(9)], "en")
    assert (found.greeting, found.sign_off, found.thanks) == ("Hi {first},", "Best,\n{first}", True)


@pytest.mark.parametrize(
    ("language", "address", "greeting", "sign_off"),
    [
        ("en", "", "Hello {first},", "Best regards,\n{first}"),
        ("de", "", "Guten Tag {first} {last},", "Viele Grüße\n{first} {last}"),
        ("de", "Sie", "Guten Tag {first} {last},", "Viele Grüße\n{first} {last}"),
        ("de", "du", "Hallo {first},", "Viele Grüße\n{first}"),
        ("fr", "tu", "Salut {first},", "À bientôt,\n{first}"),
    ],
)
def test_without_letters_the_language_has_its_ways(
    language: str, address: str, greeting: str, sign_off: str
) -> None:
    found = style.manner([], language, address=address)
    assert (found.greeting, found.sign_off) == (greeting, sign_off)


def test_who_says_du_is_answered_so_but_not_against_the_own_habit() -> None:
    everyone = made(9, "Guten Tag {first} {last},", language="de", address="Sie")
    new = style.manner([everyone], "de", address="du")
    assert (new.address, new.greeting) == ("du", "Hallo {first},")
    own = made(1, "Guten Tag {first} {last},", circle=PERSON, language="de", address="Sie")
    assert style.manner([own, everyone], "de", address="du").address == "Sie"


def test_no_answer_in_an_unknown_language() -> None:
    with pytest.raises(KeyError):
        style.manner([], "sv")


def test_a_manner_carries_what_is_usual() -> None:
    lists = style.summarised(
        [Observed({Trait.GREETING: ""}, Figures(words=30, bullets=1.0, formality=0.8))] * 4,
        language="en", circle=PERSON,
    )  # fmt: skip
    expected = Manner("en", "", "Best regards,\n{first}", "", False, (30, 30, 30), True, 0.8, Scope.PERSON, 4)
    assert style.manner([lists], "en") == expected


def test_reading_letters_takes_linear_time() -> None:
    def read(size: int) -> None:
        style.observe(letter("Hi Ann,\n\n" + "Sie sind da und du auch. " * size, "Best,\n" * size))

    linear(read, 500, 2_000)


WORDS = st.sampled_from(
    ["zebra", "Quixote", "4711", "https://secret.example", "Ann", "Hi", "Best,", "\n", "Max", "!"]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_no_word_of_a_letter_gets_into_its_style(text: str) -> None:
    """What is kept is of the vocabulary: not a word of mine, no name, no number."""
    found = style.observe(letter(text, text))
    kept = json.dumps([list(found.forms.values()) if found else []])
    assert not any(word in kept for word in ("zebra", "Quixote", "4711", "secret", "Ann", "Max"))
