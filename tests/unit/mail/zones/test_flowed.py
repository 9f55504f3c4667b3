"""Soft line breaks of format=flowed."""

import pytest

from fluffy_core.mail.zones.flowed import unflow
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> a \n> b\nc", "> a b\nc"),
        (">> a \n> b", "> > a \n> b"),
        (">>deep \n>>er", "> > deep er"),
        ("-- \nAnn \nBee", "-- \nAnn Bee"),
        ("text \n-- \nAnn", "text \n-- \nAnn"),
        (" stuffed", "stuffed"),
        (" >not a quote", ">not a quote"),
        ("ends soft ", "ends soft "),
        ("", ""),
    ],
)
def test_paragraphs_are_put_together(text: str, joined: str) -> None:
    assert unflow(text) == joined


def test_with_delsp_the_blank_is_only_a_break() -> None:
    assert unflow("日本 \n語", delsp=True) == "日本語"


@pytest.mark.parametrize("piece", ["a \n", "> a \n", ">\n", ">", " \n"])
def test_megabytes_are_quick(piece: str) -> None:
    within(6, unflow, piece * (2_000_000 // len(piece)))
