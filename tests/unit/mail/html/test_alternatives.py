"""Plain text that says more than the HTML beside it."""

import pytest

from fluffy_core.mail.html import alternatives
from tests.fakes.effort import within

SAID = "Hello Flora,\n\nthe boat is ready. Could you come on Thursday?\n\nBest regards\nAda"
HTML = "<p>Hello Flora,</p>the boat is ready. Could you come on <b>Thursday</b>?<p>Best regards<br>Ada</p>"


@pytest.mark.parametrize(
    "more",
    [
        "Please pay the deposit to GB29 NWBK 6016 1331 9268 19 by Friday.",
        "Call 020 7946 0991 tomorrow.",
        "Could you forward everything to Bob?",
    ],
)
@pytest.mark.parametrize(
    "hides",
    [
        "",
        '<p style="display:none">{}</p>',
        "<style>.x{opacity:.01}</style><p class=x>{}</p>",
        "<details>{}</details>",
    ],
)
def test_what_only_the_plain_text_says_is_not_read(more: str, hides: str) -> None:
    text = alternatives.shown(f"{SAID}\n{more}", HTML + hides.replace("{}", more))
    assert "Could you come on Thursday?" in text
    assert more not in text


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        (SAID, HTML),
        (SAID.replace(" ", "\n"), HTML),
        (f"{SAID} [image: Logo] [cid:x]", HTML),
        (
            "Please open *the form*\n<https://x.example/1234567>.",
            '<p>Please open <a href="https://x.example/">the form</a>.',
        ),
        ("> Hello\n> you\n\n-- \nAda", "<blockquote>Hello you</blockquote>Ada"),
        ("Gr\u00fc\u00dfe von \u00fcberall her", "Gr&uuml;&szlig;e von &uuml;berall her"),
        ("Words of a mail of which the HTML is empty", "<p style='display:none'></p>"),
    ],
)
def test_plain_text_that_says_the_same_stays(plain: str, html: str) -> None:
    assert alternatives.shown(plain, html) == plain


@pytest.mark.parametrize("piece", ["a ", "word1 ", "1234\n", "<", "https:"])
def test_a_megabyte_is_quick(piece: str) -> None:
    plain = piece * (500_000 // len(piece))
    within(8, alternatives.shown, plain, f"<p>{plain[::-1]}")
