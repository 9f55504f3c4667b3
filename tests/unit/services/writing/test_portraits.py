"""How somebody writes, in words: what is told, and what is not told twice."""

from dataclasses import replace

import pytest

from fluffy_core.domain.styles import Circle, Figures, Scope, Style, Trait
from fluffy_core.services.writing import portraits
from fluffy_core.store import styles
from fluffy_core.store.database import Database

STYLE = Style(
    "en",
    letters=20,
    forms={
        Trait.GREETING: {"Hi {first},": 12, "": 6, "Dear {first} {last},": 2, "Hello {first},": 1},
        Trait.SIGN_OFF: {"Best,\n{initial}": 20},
    },
    figures=Figures(words=24, sentence_words=9.6, formality=0.2),
    lengths=(16, 24, 34),
)
ANN = replace(STYLE, circle=Circle(Scope.PERSON, "ann@firm.example"), letters=5)
FIRM = replace(STYLE, circle=Circle(Scope.COMPANY, "firm.example"), letters=5)


def lines(style: Style) -> dict[str, str]:
    return dict(one.split(": ", 1) for one in portraits.of(style).lines)


def test_forms_are_told_with_their_counts_the_usual_first() -> None:
    told = portraits.of(STYLE)
    assert (told.whom, told.letters) == ("To everyone in English", 20)
    assert (
        lines(STYLE)["greeting"] == "“Hi [first name],” (12), none (6), “Dear [first name] [last name],” (2)"
    )
    assert lines(STYLE)["closing"] == "“Best, / [initial]” (20)"
    assert "addressed as" not in lines(STYLE)


def test_length_and_tone() -> None:
    assert lines(STYLE)["length"] == "24 words, mostly 16 to 34; 10 a sentence"
    assert lines(replace(STYLE, lengths=(1, 1, 1)))["length"] == "1 word, 10 a sentence"
    assert lines(STYLE)["tone"] == "friendly"
    thanks = {Trait.OPENING: {"thanks": 11, "": 9}}
    stiff = Figures(formality=0.9, exclamations=0.5, contractions=2, hedges=2, bullets=1)
    told = lines(replace(STYLE, forms=thanks, figures=stiff))
    assert told["tone"] == (
        "formal, opens with thanks, exclamation marks, short forms, careful wording, lists"
    )


@pytest.mark.parametrize(("language", "name"), [("de", "German"), ("xx", "xx")])
def test_languages_have_names(language: str, name: str) -> None:
    assert portraits.of(replace(ANN, language=language)).whom == f"To ann@firm.example in {name}"


def test_a_company_that_is_one_person_is_told_once_and_everyone_comes_first() -> None:
    rare = replace(STYLE, language="de", letters=2)
    assert portraits.telling([ANN, FIRM, rare, STYLE]) == [STYLE, rare, ANN]
    larger = replace(FIRM, letters=9)
    assert portraits.telling([ANN, larger]) == [larger, ANN]
    assert portraits.telling([ANN, replace(FIRM, language="fr")]) == [ANN, replace(FIRM, language="fr")]


def test_what_is_kept_is_listed_as_far_as_wanted(store: Database) -> None:
    assert portraits.listed(store, most=3) == ()
    with store.transaction() as tx:
        styles.put(tx, [STYLE, ANN, FIRM])
    assert [one.whom for one in portraits.listed(store, most=9)] == [
        "To everyone in English",
        "To ann@firm.example in English",
    ]
    assert len(portraits.listed(store, most=1)) == 1
