"""Headers as Lotus Notes writes them, and what only looks like them."""

import pytest

from fluffy_core.mail.zones import notes, zones
from tests.fakes.effort import within

LAYOUTS = [
    "Jane Doe\n03/02/2001 09:15 AM\nTo: John Roe/HOU/ECT@ECT\ncc: \nSubject: Offer",
    (
        "From: Jane Doe/ENRON@enronXgate on 03/02/2001 09:15 AM\nTo: John Roe/HOU/ECT@ECT\n"
        "cc: Ann Poe\nSubject: Offer"
    ),
    (
        "From:   Jane Doe on 03/02/2001 09:15 AM\n"
        "To:     John Roe/HOU/ECT@ECT cc: Ann Poe/HOU/ECT@ECT Subject: Offer"
    ),
    '"Jane Doe" <jane@x.example> on 03/02/2001 09:15:26 AM\nTo: <john@x.example>\ncc: \nSubject: RE: Offer',
    (
        "\tExample Gas Corp.\n\t\n"
        "\tFrom:  Jane Doe                           03/02/2001 09:15 AM\n\n\n\n"
        "To: John Roe/HOU/ECT@ECT\ncc:  \nSubject: Offer"
    ),
    "Jane Doe@ENRON\n03/02/2001 09:15 AM\nTo: John Roe/HOU/ECT@ECT\ncc: \n\nSubject: Offer",
    "Jane Doe/Example/US\n02.03.2001 09:15\n\nAn\nJohn Roe/Example/DE@Example\nKopie\n\nThema\nAngebot",
    "Jane Doe <jane@x.example>\n03/02/2001 09:15 AM\n\nTo\nJohn Roe/Example/US@Example\ncc\n\nSubject\nOffer",
    "From: Jane Doe\nDate: 03/02/2001 09:15 AM\nTo: John Roe\ncc:\nSubject: Offer",
    "To: John Roe/HOU/ECT@ECT\ncc: \nFrom: Jane Doe/ENRON on 03/02/2001 09:15 AM\nSubject: Offer",
    "Jane Doe on 02/03/2001 09:15:00\nTo: John Roe/LON/ECT@ECT cc:  \nSubject: Offer",
    (
        "-----Forwarded by Jane Doe/Example on 03/02/2001 09:15AM -----\n\nTo: John Roe\n"
        "From: Ann Poe/Example\nDate: 03/01/2001 10:00AM\nSubject: Offer"
    ),
    (
        "----- Forwarded by Jane Doe/Example/US on 03/02/2001 09:15 AM -----\n\n"
        "From:        Ann Poe/Example/US\nTo:        John Roe\n"
        "Date:        03/01/2001 10:00 AM\nSubject:        Offer"
    ),
    (
        "From:        Ann Poe/Example/US@Example\nTo:        John Roe/Example/US@Example, \n"
        "Cc:        Kim Loe\nDate:        03/01/2001 10:00 AM\nSubject:        Re: Offer"
    ),
    (
        "|--------+------------------------>\n|        |   Jane Doe         |\n"
        "|        |   <jane@x.exam>   |\n|        |   03/02/2001       |\n"
        "|        |   09:15 AM         |\n|--------+------------------------>\n"
        "  >-------------------------------|\n  |  To:  John Roe |\n  | cc: |\n"
        "  | Subject: Offer |\n  >--------------------------------|"
    ),
    "Sent by: Ann Poe\n03/02/2001 09:15 AM\nTo: John Roe/HOU/ECT@ECT\ncc: \nSubject: Offer",
    "Jane Doe\nSent by: Ann Poe\n03/02/2001 09:15 AM\nTo: John Roe/HOU/ECT@ECT\ncc: \nSubject: Offer",
    "Jane Doe @ EXAMPLE\n03/02/2001 09:15 AM CST\nTo: John Roe/HOU/ECT@ECT\ncc: \nbcc: \nSubject: Offer",
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_everything_from_the_header_on_is_quoted(layout: str) -> None:
    text = f"Fine with me.\n\n{layout}\n\nWhere is the offer that you wanted to send?\nIt is late."
    assert zones.new_text(text) == "Fine with me."


@pytest.mark.parametrize("layout", [one for one in LAYOUTS if "Jane Doe" in one and "--" not in one])
def test_the_header_says_who_wrote_and_about_what(layout: str) -> None:
    (header,) = zones.quoted_headers(f"Fine with me.\n\n{layout}\n\nWhere is the offer?")
    assert "Jane Doe" in header.from_text
    assert "John" in header.to_text or "john" in header.to_text
    assert "Offer" in header.subject or "Angebot" in header.subject


@pytest.mark.parametrize(
    "text",
    [
        "The trains:\n03/02/2001 09:15 AM\nTo Paris, from London.",
        "03/02/2001 09:15 AM\nTo\nbe or not to be",
        "To: all staff\nFrom: the management\nDate: 03/02/2001\nSubject: lunch\n\nLunch is at noon.",
        "|-----+----->\n| a   | b   |",
        "| one | two |\n|-----|-----|\n| 1   | 2   |",
    ],
)
def test_memos_and_tables_stay(text: str) -> None:
    assert zones.new_text(text) == text


def test_fields_of_one_line() -> None:
    assert list(notes.fields("from", "Jane Doe on 03/02/2001 09:15 AM")) == [
        ("from", "Jane Doe"),
        ("sent", "03/02/2001 09:15 AM"),
    ]
    assert list(notes.fields("to", "John cc: Ann Subject: Re: offer")) == [
        ("to", "John"),
        ("cc", "Ann"),
        ("subject", "Re: offer"),
    ]
    assert list(notes.fields("subject", "Re: cc: offer")) == [("subject", "Re: cc: offer")]


def test_the_sender_stands_above_the_date_and_who_sent_it_for_them() -> None:
    lines = ["Hello", "", "Jane Doe", "Sent by: Ann Poe", "03/02/2001 09:15 AM", "To: John"]
    assert notes.head_above(lines, 5, 0) == (2, "Jane Doe", "03/02/2001 09:15 AM")
    assert notes.head_above(["Hello", "To: John"], 1, 0) is None


def test_a_letterhead_stands_as_far_from_the_margin() -> None:
    assert notes.letterhead(["Hello", "\tExample Corp.", "\t", "\tFrom: Jane"], 3, 0) == 1
    assert notes.letterhead(["Hello", "Example Corp.", "", "From: Jane"], 3, 0) == 3


@pytest.mark.parametrize(
    "unit",
    ["|-----+----->\n", "03/02/2001 09:15 AM\n", "03/02/2001 09:15 AM\nTo\n", "From: a on 1/1/01 1:11\n"],
)
def test_hostile_texts_end_soon(unit: str) -> None:
    within(8, zones.split, unit * (400_000 // len(unit)))
