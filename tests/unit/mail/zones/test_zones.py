"""Zones cover the text once, in order; the new text is what the author wrote."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.zones import ZoneKind
from fluffy_core.mail.zones import zones
from tests.fakes.effort import linear, within

BODY, QUOTE, SIGNATURE, DISCLAIMER = ZoneKind.BODY, ZoneKind.QUOTE, ZoneKind.SIGNATURE, ZoneKind.DISCLAIMER

LETTER = """Hi Jane,

the offer is attached. Could you sign it by Friday?

Best regards,
John Roe
Sales Manager
Example Ltd
Phone: +44 20 7946 0000

________________________________
This e-mail is confidential and intended only for the addressee.

On 3 Apr 2012, at 16:19, Jane Doe wrote:

> where is the offer?
"""


def kinds(text: str, **more: str) -> list[ZoneKind]:
    return [zone.kind for zone in zones.split(text, **more)]


def test_a_whole_letter() -> None:
    assert kinds(LETTER) == [BODY, SIGNATURE, DISCLAIMER, QUOTE]
    assert zones.reply_text(LETTER) == "Hi Jane,\n\nthe offer is attached. Could you sign it by Friday?"
    assert zones.signature_text(LETTER).startswith("Best regards,\nJohn Roe")
    assert zones.signature_text(LETTER).endswith("+44 20 7946 0000")
    assert "confidential" in zones.new_text(LETTER)


def test_replies_between_quotes_stay() -> None:
    text = "On 3 Apr 2012, Jane wrote:\n> one?\n\nyes\n\n> two?\n\nno\n"
    assert kinds(text) == [QUOTE, BODY, QUOTE, BODY]
    assert zones.reply_text(text) == "yes\n\nno"


def test_a_forward_alone_has_no_body() -> None:
    text = "---------- Forwarded message ---------\nFrom: Jane\nDate: Monday\nSubject: x\n\nLook at this"
    assert kinds(text) == [QUOTE]
    assert zones.reply_text(text) == ""


def test_a_forward_with_a_phone_signature_has_no_body() -> None:
    text = "\nSent from my iPhone\n\nBegin forwarded message:\n\nFrom: Jane\n\nLook at this"
    assert SIGNATURE in kinds(text)
    assert zones.reply_text(text) == ""


def test_a_list_footer_below_a_quote() -> None:
    text = (
        "I agree.\n\nJohn\n\n> old\n\n_______________________________________________\nthings mailing list\n"
    )
    assert kinds(text + "https://lists.x.example/mailman/listinfo/things\n") == [
        BODY,
        SIGNATURE,
        QUOTE,
        DISCLAIMER,
    ]


@pytest.mark.parametrize("dashes", ["-- ", "--", "--\u00a0", "—"])
def test_a_delimited_signature(dashes: str) -> None:
    text = (
        f"Hello\n\n{dashes}\nJane\nA long line about nothing in particular, as quoted in a book, and so on.\n"
    )
    assert zones.reply_text(text) == "Hello"
    assert zones.signature_text(text).splitlines()[1] == "Jane"


def test_a_short_thank_you_is_no_empty_reply() -> None:
    assert zones.reply_text("Thanks,\nJane") == "Thanks,\nJane"


def test_a_name_below_a_short_answer_is_not_taken_for_the_whole() -> None:
    text = "> which switch is it?\n\nSYSCONFDIR.\n\n--j."
    assert zones.reply_text(text, sender="Jane") == "SYSCONFDIR."


def test_closing_and_name_above_a_delimited_signature_belong_to_it() -> None:
    text = "It is done, have a look.\n\ncheers,\njane.\n\n-- \nJane Doe | gardener\n"
    assert zones.reply_text(text, sender="Jane Doe") == "It is done, have a look."
    assert zones.reply_text(text.replace("jane.\n", ""), sender="Jane Doe") == "It is done, have a look."


def test_the_end_of_a_marked_line_that_was_broken_again_is_quoted() -> None:
    long = "> " + "a rather long line that somebody quoted and that some program broke"
    assert zones.new_text(f"{long}\nagain\n> and more\n\nMy answer") == "My answer"
    assert zones.new_text(
        f"{long}?\nYes.\n> and more\n\nMy answer"
    ) == "Yes.\n> and more\n\nMy answer".replace("> and more\n\n", "")
    assert zones.new_text("> short?\nYes\n> and more") == "Yes"


def test_a_text_that_is_only_a_footer_is_read() -> None:
    text = "You receive this newsletter because you like it. To unsubscribe, click here."
    assert zones.reply_text(text) == text


def test_quoted_headers_nearest_first() -> None:
    text = (
        "Hello\n\nFrom: Jane Doe <jane@x.example>\nSent: Monday\nTo: John\nSubject: Two\n\nhi\n\n"
        "> On 3 Apr 2012, at 16:19, Joan Poe <joan@x.example> wrote:\n> > first"
    )
    nearest, oldest = zones.quoted_headers(text)
    assert (nearest.from_text, nearest.subject, nearest.date_text) == (
        "Jane Doe <jane@x.example>",
        "Two",
        "Monday",
    )
    assert oldest.from_text == "Joan Poe <joan@x.example>"
    assert "2012" in oldest.date_text
    assert zones.quoted_headers("nothing quoted") == ()


def test_quoted_headers_are_bounded() -> None:
    assert len(zones.quoted_headers("From: a@x.example\nTo: b\nSubject: c\n\nx\n\n" * 500)) == 50


SAMPLES = (
    "|Hello|> old|>> older|On 3 Apr 2012, Jane wrote:|From: Jane|To: John|Subject: x|Sent: now|-- "
    "|Thanks,|Jane Doe|-----Original Message-----|+1 415 555 0100|This e-mail is confidential| "
)
LINES = st.sampled_from(SAMPLES.split("|"))


@given(st.one_of(st.text(max_size=300), st.lists(LINES, max_size=30).map("\n".join)))
def test_zones_cover_every_line_once(text: str) -> None:
    found = zones.split(text)
    assert found[0].start == 0
    assert found[-1].end == len(text.split("\n"))
    assert all(zone.start < zone.end for zone in found)
    assert all(above.end == below.start for above, below in pairwise(found))


@pytest.mark.parametrize(
    "unit", [">", "> \n", "On ", "On On On\n", "From:\n", "From: a\nTo: b\n", "wrote:\n", "-----\n"]
)
@pytest.mark.parametrize("more", ["", "Thanks,\nJane\n"])
def test_hostile_texts_take_linear_time(unit: str, more: str) -> None:
    def read(size: int) -> None:
        text = (unit + more) * (size // len(unit + more))
        zones.split(text, sender="Jane")
        zones.quoted_headers(text)

    linear(read, 40_000, 400_000)


@pytest.mark.parametrize(
    "unit", ["x", "a@a.", "1 - ", "<", "[(", "12/12/2000 10:00\nTo: x\n", "confidential\n", " "]
)
def test_other_hostile_megabytes_end_soon(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    within(8, zones.split, text)
    within(8, zones.quoted_headers, text)
