"""Words cut short: whole words, whole numbers, whole links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain import excerpts


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 10, "short"),
        ("one two three", 8, "one two"),
        ("one two three", 7, "one two"),
        ("pay to DE89 3704 0044 0532 now", 20, "pay to"),
        ("pay to DE89 3704 0044 0532 now", 26, "pay to DE89 3704 0044 0532"),
        ("call +49 (0)30 901820 today", 15, "call"),
        ("see https://example.com/a/long/way now", 20, "see"),
        ("at 10 we met 12 people", 12, "at 10 we met"),
        ("x" * 30, 10, "x" * 10),
        ("1111 2222 3333", 6, "1111"),
    ],
)
def test_the_beginning(text: str, limit: int, kept: str) -> None:
    assert excerpts.beginning(text, limit) == kept


def test_what_is_left_out_is_told() -> None:
    assert excerpts.excerpt("one two three", 8) == "one two …"
    assert excerpts.excerpt("one two", 8) == "one two"


@given(st.text(alphabet="ab1 ", max_size=60), st.integers(1, 30))
def test_it_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    found = excerpts.beginning(text, limit)
    assert text.startswith(found)
    assert len(found) <= limit
