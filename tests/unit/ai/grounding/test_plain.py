"""What is left of a model's output: plain words and contacts that the sources hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.grounding.claims import ClaimKind, claims
from fluffy_core.ai.grounding.grounding import Grounds
from fluffy_core.ai.grounding.plain import plain
from tests.fakes.effort import linear

SOURCE = (
    "See https://example.com/x or call +49 30 1234567, write to jo@example.org, "
    "pay DE89 3704 0044 0532 0130 00."
)


@pytest.mark.parametrize(
    ("output", "left"),
    [
        ("**Bold** and __more__ and `code` and ~~gone~~.", "Bold and more and code and gone."),
        ("# Title\n\n## Another", "Title\n\nAnother"),
        ("<p>Hello <b>you</b></p><script>", "Hello you"),
        ("```\ntext\n```", "text"),
        ("Fine.<|im_end|>\n<|im_start|>assistant", "Fine.\nassistant"),
        ("ok</s>[/INST]<start_of_turn>", "ok"),
        ("a\u202eb\u200bc\x07", "abc"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
    ],
)
def test_markup_and_control_tokens_go(output: str, left: str) -> None:
    assert plain(output, ["Hello Title Another Bold 2 3 4"]) == left


@pytest.mark.parametrize(
    ("output", "left"),
    [
        ("Look at https://evil.example.net/?q=secret now", "Look at [link] now"),
        ("Click [here](https://evil.example.net/a).", "Click here [link]."),
        ("![x](http://evil.example.net/p.png)", "x [link]"),
        ("Write to eve@evil.example.net", "Write to [address]"),
        ("Call +1 555 123 4567", "Call [phone number]"),
        ("Pay GB29 NWBK 6016 1331 9268 19", "Pay [account number]"),
    ],
)
def test_contacts_that_the_mail_does_not_hold_go(output: str, left: str) -> None:
    assert plain(output, [SOURCE]) == left


def test_contacts_that_the_mail_holds_stay_as_text() -> None:
    assert plain(SOURCE, [SOURCE]) == SOURCE
    assert plain("Call 030 1234567 about [it](https://example.com/x)", Grounds([SOURCE])) == (
        "Call 030 1234567 about it https://example.com/x"
    )


@given(st.text(alphabet=st.sampled_from("ab1 .:/@<>|[]()*`#_+\n\u200b"), max_size=80))
def test_nothing_that_leads_elsewhere_is_left(output: str) -> None:
    left = plain(output, [])
    kinds = {ClaimKind.LINK, ClaimKind.ADDRESS, ClaimKind.PHONE, ClaimKind.ACCOUNT}
    assert not kinds & {each.kind for each in claims(left)}
    assert "<|" not in left
    assert "\u200b" not in left


@pytest.mark.parametrize("piece", ["[](", "**", "<a", "`", "[x](", "<|", "a@b.co "])
def test_no_output_is_slow_to_clean(piece: str) -> None:
    linear(lambda size: plain(piece * size, ["x"]), 2_000, 8_000)
