"""Sentences of a mail: wrapped lines, lists, greetings, sign-offs, abbreviations, hostile text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.sentences.sentences import SentenceKind, plain, split
from tests.fakes.effort import within


def texts(body: str) -> list[str]:
    return [each.text for each in split(body)]


def test_a_wrapped_paragraph_is_cut_at_full_stops_only() -> None:
    body = (
        "Thank you for the call this morning. Could you send the quote, e.g. as\na PDF, by Thursday? "
        "We start soon."
    )
    assert texts(body) == [
        "Thank you for the call this morning.",
        "Could you send the quote, e.g. as a PDF, by Thursday?",
        "We start soon.",
    ]


def test_offsets_point_at_the_words() -> None:
    body = "Hi Jane,\n\n  the first   point.\n- an item\n"
    found = split(body)
    assert [body[each.start : each.end] for each in found] == ["Hi Jane,", "the first   point.", "an item"]
    assert found[1].text == "the first point."


def test_list_items_stand_alone_without_their_bullets() -> None:
    body = "We need:\n- the logo\n* the fonts, which\n  the printer has\n1. Sign\n2) Return\na) Smile"
    assert texts(body) == [
        "We need:",
        "the logo",
        "the fonts, which the printer has",
        "Sign",
        "Return",
        "Smile",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith and Mrs. Jones agree.",
        "On Jan. 31 the new system will be launched.",
        "They filed sheets in Docket No. RP88-67 to show it.",
        "Join us at 10 a.m. Houston time on Tuesday.",
        "Lawsuits were filed in U.S. District Court in June.",
        "The Example Corp. Savings Plan is closed.",
        "We meet at 5 p.m. on the 3rd.",
        "Wir treffen uns am 12. Mai um 10 Uhr.",
        "Das gilt z.B. für die Rechnung Nr. 17.",
        "Look at www.example.com/a?b=c.html and tell me.",
        "It costs 3.50 or about 4.20 with tax.",
        "J. Doe wrote it.",
        "Version 2.0.1 is out (see docs.example.com).",
    ],
)
def test_dots_inside_a_sentence_do_not_end_it(sentence: str) -> None:
    assert texts(sentence) == [sentence]


def test_other_ends_of_sentences() -> None:
    assert texts("Passt das? ja, gut. Wirklich!! Gut.") == ["Passt das?", "ja, gut.", "Wirklich!!", "Gut."]
    assert texts("明日会えますか？はい。") == ["明日会えますか？", "はい。"]
    assert texts('He said "no." Then he left.') == ['He said "no."', "Then he left."]


def test_greeting_and_sign_off_are_named() -> None:
    body = "Dear Ms. Roe,\n\nplease call me.\n\nBest regards\nJohn Doe\nExample Ltd"
    kinds = [(each.kind, each.text) for each in split(body)]
    assert kinds == [
        (SentenceKind.GREETING, "Dear Ms. Roe,"),
        (SentenceKind.TEXT, "please call me."),
        (SentenceKind.SIGN_OFF, "Best regards"),
        (SentenceKind.SIGN_OFF, "John Doe"),
        (SentenceKind.SIGN_OFF, "Example Ltd"),
    ]


def test_german_greeting_and_sign_off() -> None:
    body = "Hallo zusammen,\n\nkönnt ihr am Montag?\n\nViele Grüße aus Köln\nJana"
    assert [each.kind for each in split(body)] == [
        SentenceKind.GREETING,
        SentenceKind.TEXT,
        SentenceKind.SIGN_OFF,
        SentenceKind.SIGN_OFF,
    ]


def test_a_question_after_thanks_is_not_part_of_the_sign_off() -> None:
    body = "The file is there.\n\nThanks,\nDid you get the invoice too?"
    assert split(body)[-1].kind is SentenceKind.TEXT


def test_a_request_on_the_line_of_the_greeting_is_kept() -> None:
    found = split("Hi Jane, please send the quote.")
    assert [(each.kind, each.text) for each in found] == [
        (SentenceKind.TEXT, "Hi Jane, please send the quote.")
    ]


def test_rules_and_empty_lines_are_nothing() -> None:
    assert split("") == []
    assert split("\n \n----\n=====\n* * *\n") == []


@given(st.text(alphabet="ab.?!:,-*1) \n\tÄß\u200b>", max_size=300))
def test_every_sentence_lies_in_the_body_and_in_order(body: str) -> None:
    at = 0
    for each in split(body):
        assert at <= each.start < each.end <= len(body)
        assert each.text == plain(body[each.start : each.end]) != ""
        at = each.end


@given(st.text(max_size=400))
def test_any_text_is_survived(body: str) -> None:
    assert all(each.text in plain(body) for each in split(body))


@pytest.mark.parametrize(
    "unit",
    [".", "?", "a. ", "\n", "- ", "-", "(1) ", " ", "thanks ", "* \n", "> ", "hi a ", "1. ", "Dr. ", "“”"],
)
def test_a_hostile_megabyte_takes_linear_time(unit: str) -> None:
    within(3, split, unit * (1_000_000 // len(unit)))
