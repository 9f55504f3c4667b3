"""What a message passes on."""

import pytest

from fluffy_core.mail.zones import forwards
from tests.fakes.effort import within

NEWS = "The bridge is closed on Friday."
HEADERS = "From: Jane Doe\nSent: Monday, April 3, 2023 4:19 PM\nTo: John Roe\nSubject: Bridge"


@pytest.mark.parametrize(
    "text",
    [
        f"FYI\n\n-----Original Message-----\n{HEADERS}\n\n{NEWS}\n\nJane",
        f"---------- Forwarded message ---------\n{HEADERS}\n\n{NEWS}\n\nBest regards,\nJane Doe",
        f"FYI\n\n-----Original Message-----\n{HEADERS}\n\n> {NEWS}\n>\n> Jane\n",
        f"See below.\n\n________________________________\n{HEADERS}\n\n{NEWS}\n\n> older words\n",
    ],
)
def test_the_new_text_of_what_is_forwarded(text: str) -> None:
    assert forwards.passed_on(text) == NEWS


def test_a_note_that_only_passes_on_comes_with_what_it_passes_on() -> None:
    inner = f"-----Original Message-----\n{HEADERS}\n\n{NEWS}"
    assert forwards.passed_on(f"FYI\n\n-----Original Message-----\n{HEADERS}\n\nAs promised.\n\n{inner}") == (
        f"As promised.\n\n{NEWS}"
    )


def test_a_whole_letter_comes_alone() -> None:
    letter = " ".join([NEWS] * 10)
    inner = f"-----Original Message-----\n{HEADERS}\n\nolder words of somebody else"
    assert (
        forwards.passed_on(f"FYI\n\n-----Original Message-----\n{HEADERS}\n\n{letter}\n\n{inner}") == letter
    )


@pytest.mark.parametrize("text", ["", NEWS, f"On 3 April 2023, Jane wrote:\n> {NEWS}", f"> {NEWS}"])
def test_an_answer_passes_nothing_on(text: str) -> None:
    assert forwards.passed_on(text) == ""


def test_long_chains_end_soon() -> None:
    within(8, forwards.passed_on, f"-----Original Message-----\n{HEADERS}\n\nhi\n\n" * 4_000)
