"""What a message asks for, and which sentence asks most."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.sentences import asks
from fluffy_core.ai.sentences.sentences import plain
from fluffy_core.domain.intelligence import SpeechAct
from tests.unit.ai.threads import TUESDAY


def found(body: str) -> list[str]:
    return [each.sentence.text for each in asks.find(body, TUESDAY)]


def test_requests_and_questions_in_the_order_written() -> None:
    body = "Hi Max,\n\nthe proofs came. Are the colours right? Please sign by Friday.\n\nThanks,\nJane"
    every = asks.find(body, TUESDAY)
    assert [(each.act, each.due) for each in every] == [
        (SpeechAct.QUESTION, ""),
        (SpeechAct.REQUEST, "2025-05-09"),
    ]
    strongest = asks.strongest(every)
    assert strongest is not None
    assert strongest.sentence.text == "Please sign by Friday."


def test_the_first_of_equals_is_the_strongest() -> None:
    strongest = asks.strongest(asks.find("Is it red? Is it blue?", TUESDAY))
    assert strongest is not None
    assert strongest.sentence.text == "Is it red?"
    assert asks.strongest([]) is None


def test_politeness_asks_nothing() -> None:
    assert found("How are you?\n\nIf you have any questions, please call me.\n\nThanks in advance!") == []


def test_a_question_its_writer_answers_is_none() -> None:
    assert found("Why do we print on Monday? Because the machine is free then.") == []
    assert found("Why do we print on Monday? It is a holiday.") == ["Why do we print on Monday?"]


def test_proposals_count_as_questions_only() -> None:
    assert found("Let's use the blue one.") == []
    assert found("Shall we use the blue one?") == ["Shall we use the blue one?"]


def test_footers_ask_nothing() -> None:
    assert found("Please do not reply to this message.\nClick here to unsubscribe.") == []


def test_only_the_head_of_a_long_message_is_read() -> None:
    body = "Nothing here. " * 700 + "Could you call me?"
    assert found(body) == []
    assert all(text == "Nothing here." for text in [each.text for each in asks.told(body)])


def test_days_are_utc() -> None:
    assert asks.day_of(TUESDAY) == date(2025, 5, 6)


@given(
    st.lists(
        st.sampled_from(["Could you call?", "please\nsend it", "Hi,", "\n\n", "- ", "Thanks", "Kannst du"])
    )
)
def test_an_ask_is_a_part_of_the_body(parts: list[str]) -> None:
    body = " ".join(parts)
    assert all(text in plain(body) for text in found(body))


HINT = "It would be an honour to have you join us."
"""No rule sees an ask in it, the words alone nearly do."""
TIP = "Keep your head up."
"""Worded as a request; the words alone doubt that it is one."""


def test_words_leave_some_sentences_in_doubt() -> None:
    body = f"Please call me to discuss the offer. {TIP} We print on Monday. Is it red?\n\n{HINT}\n"
    assert asks.in_doubt(body, known=True) == [TIP, HINT]
    assert asks.in_doubt(body, known=False) == [TIP]


@pytest.mark.parametrize(
    "sure",
    [
        "Will you keep it?",  # a question to you
        "Why not?",
        "I will send it to you tomorrow to discuss.",  # what the writer promises
        "Halte bitte den Kopf oben.",
        "Keep Your Head Up",  # a heading
    ],
)
def test_what_is_clear_or_not_english_is_in_no_doubt(sure: str) -> None:
    assert asks.in_doubt(sure, known=True) == []


def test_meaning_takes_away_and_adds() -> None:
    body = f"{TIP} {HINT} Could you send the proofs?"
    rest = "Could you send the proofs?"

    def judged(meant: asks.Meant) -> list[str]:
        return [each.sentence.text for each in asks.find(body, TUESDAY, meant)]

    assert judged({}) == found(body) == [TIP, rest]
    assert judged({TIP: 0.29, HINT: 0.79}) == [rest]
    assert judged({TIP: 0.3, HINT: 0.8}) == [TIP, HINT, rest]
    (_, added, _) = asks.find(body, TUESDAY, {TIP: 0.3, HINT: 0.8})
    assert added.act is SpeechAct.REQUEST
