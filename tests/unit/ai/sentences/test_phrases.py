"""The wordings file: it compiles, and the words beside each expression never hide a match."""

import re

import pytest

from fluffy_core.ai.sentences.phrases import Wording, said, wordings

SENTENCES = [
    "Please send the contract",
    "Could you call me? I'll send it tomorrow",
    "We have decided to go ahead",
    "Let's meet on Monday",
    "How about lunch on Friday? I would appreciate your comments",
    "Let me know what you think",
    "You need to sign it",
    "It would be great if you could come",
    "Your feedback is welcome",
    "Are you free on Tuesday? We agreed on that",
    "I can send the file",
    "I plan to finish it",
    "I suggest another date",
    "My suggestion is to wait",
    "We need to talk",
    "If you have any questions call me",
    "Do not reply to this mail",
    "Click here to unsubscribe",
    "Bitte schick mir das",
    "Ich brauche die Rechnung",
    "Könntest du das prüfen? Ich werde es senden",
    "Ich schicke es morgen",
    "Wir haben uns entschieden",
    "Lass uns reden",
    "Wir sollten das klären",
    "Mein Vorschlag ist Montag",
    "Hast du am Montag Zeit für ein Treffen um 10? Was hältst du davon? Ich würde das gerne besprechen",
    "Bei Fragen melden",
    "Es ist wichtig",
    "Ich bitte um Rückmeldung",
    "Wir nehmen das zweite",
    "Das Treffen wurde abgesagt",
    "You'll have it from me by Friday.",
]


@pytest.mark.parametrize("name", sorted(wordings()))
def test_the_needed_words_never_hide_a_match(name: str) -> None:
    wording = wordings()[name]
    for sentence in SENTENCES:
        assert wording.fits(said(sentence)) == wording.matches(sentence), sentence


def test_words_are_lower_case_with_apostrophes() -> None:
    assert said("I'll e-mail Jörg, OK?").words == {"i'll", "e-mail", "jörg", "ok"}


def test_a_wording_is_only_tried_on_its_words() -> None:
    wording = Wording(((frozenset({"apple"}), re.compile("a")),), head=False, words=frozenset({"apple"}))
    assert not wording.fits(said("a pear"))
    assert wording.fits(said("an apple"))


def test_head_sections_match_at_the_start_only() -> None:
    assert wordings()["answer"].matches("Yes, fine")
    assert not wordings()["answer"].matches("They said yes")


def test_case_does_not_matter() -> None:
    assert wordings()["request"].fits(said("PLEASE sign it"))
    assert wordings()["urgent"].matches("This is URGENT")
    assert wordings()["answer"].matches("JA, gerne")


@pytest.mark.parametrize("name", sorted(wordings()))
def test_the_file_is_written_in_lower_case(name: str) -> None:
    """Texts are compared in lower case, so that an expression with a capital would never match."""
    for needed, pattern in wordings()[name].patterns:
        without_escapes = re.sub(r"\\.", "", pattern.pattern)
        assert without_escapes == without_escapes.lower()
        assert all(word == word.lower() for word in needed)
