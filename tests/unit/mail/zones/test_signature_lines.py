"""Where undelimited signatures start."""

import pytest

from fluffy_core.mail.zones import signature_lines
from tests.fakes.effort import within

PROSE = "Could you have a look at the draft that I sent you on Monday?"


def signature(text: str, sender: str = "") -> list[str]:
    lines = text.split("\n")
    return [line for line in lines[signature_lines.start(lines, 0, len(lines), sender=sender) :] if line]


@pytest.mark.parametrize(
    "block",
    [
        "Jane",
        "Thanks,\nJane",
        "Thanks,\n\nJane Doe",
        "Best regards,\nJane Doe\nSales Manager\nExample Inc.\n+1 415 555 0100",
        "Mit freundlichen Grüßen\n\nErika Muster\nGeschäftsführerin\nBeispiel GmbH\nTel. 030 1234567",
        "Cordialement,\nJeanne Dupont",
        "Saludos,\nJuan",
        "Cordiali saluti\nMario Rossi",
        "Met vriendelijke groet,\nJan Jansen",
        "С уважением,\nИван Петров",
        "Jane Doe\nVendor Management\n713-555-0100\njane@x.example",
        "Sent from my phone",
        "Von meinem iPhone gesendet",
        "Cheers, Jane",
        "- Jane",
        "-Jane Doe\njane@x.example",
        "______________________\nJane Doe\nWeb Manager\nExample Corp\ntel: 202-555-0100",
    ],
)
def test_signatures(block: str) -> None:
    assert signature(f"Hi John,\n\n{PROSE}\n\n{block}") == [line for line in block.split("\n") if line]


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\n\nThanks!",
        f"{PROSE}\n\nThank you.",
        f"{PROSE}\n\nPlease let me know by tomorrow.",
        "The number is 415 555 0100, so please call them before noon and tell them that I will be late.",
        f"{PROSE}\n\n1. Buy the milk and the bread\n2. Call the plumber about the sink",
        "",
    ],
)
def test_no_signature(text: str) -> None:
    assert signature(text) == []


def test_a_list_of_names_is_no_signature() -> None:
    people = "\n".join(
        f"{given} {family}"
        for given in ("Ann", "Bob", "Cid", "Dan")
        for family in ("Fox", "Lee", "Ray", "Sun")
    )
    assert signature(f"These people come:\n\n{people}") == []


def test_the_sender_settles_what_else_is_unclear() -> None:
    assert signature(f"{PROSE}\n\njane", sender="Jane Doe") == ["jane"]
    assert signature(f"{PROSE}\n\nJD", sender='"Doe, Jane" <jd@x.example>') == ["JD"]


def test_sender_words() -> None:
    assert signature_lines.sender_words("Doe, Jane") == {"doe", "jane", "dj", "jd"}
    assert signature_lines.sender_words("jane@x.example") == {"jane"}
    assert signature_lines.sender_words("") == frozenset()


def test_delimiter() -> None:
    lines = ["Hello", "-- ", "Jane", ""]
    assert signature_lines.delimiter(lines, 0, 4) == 1
    assert signature_lines.delimiter(lines, 2, 4) == 4
    assert signature_lines.delimiter(["Hello", "--", "", " "], 0, 4) == 4


@pytest.mark.parametrize("unit", ["1", "1-", "(", "a.", "www.", "x@", "A ", "Thanks ", "-", "+1 "])
def test_lines_of_any_make_take_no_time(unit: str) -> None:
    lines = [(unit * 110)[:110] for _ in range(5_000)]
    within(1, lambda: [signature_lines.start(lines, 0, len(lines), sender="Jane Doe") for _ in range(20)])
