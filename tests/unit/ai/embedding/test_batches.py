"""Cutting and grouping texts for an embedder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.embedding.batches import batches, clip
from tests.fakes.effort import within


def test_clip_collapses_whitespace_and_keeps_the_beginning() -> None:
    assert clip("  Dear\r\n\tSam,   hello ") == "Dear Sam, hello"
    assert clip("a" * 5000) == "a" * 2048


def test_clip_replaces_lone_surrogates() -> None:
    assert clip("a\ud800b") == "a?b"


@pytest.mark.parametrize("text", ["x" * 10_000_000, " " * 10_000_000, "\n \t" * 3_000_000])
def test_clip_takes_no_longer_for_a_huge_text(text: str) -> None:
    assert len(within(1, clip, text)) <= 2048


@given(st.text(alphabet=st.characters(), max_size=300))
def test_clip_gives_text_that_can_be_sent_and_is_stable(text: str) -> None:
    once = clip(text)
    assert once.encode("utf-8").decode("utf-8") == once
    assert clip(once) == once


@given(st.lists(st.integers(0, 3000), max_size=80))
def test_every_text_is_in_exactly_one_batch(lengths: list[int]) -> None:
    texts = ["x" * length for length in lengths]
    groups = list(batches(texts))
    assert sorted(index for group in groups for index in group) == list(range(len(texts)))
    assert all(groups)


@given(st.lists(st.integers(0, 3000), max_size=80), st.integers(1, 4))
def test_batches_are_small_and_go_from_short_to_long(lengths: list[int], times: int) -> None:
    texts = ["x" * length for length in lengths]
    groups = list(batches(texts, times=times))
    flat = [len(texts[index]) for group in groups for index in group]
    assert flat == sorted(flat)
    for group in groups:
        assert len(group) <= 8 * times
        assert sum(min(len(texts[index]), 1200) for index in group) <= 1200 * times


def test_eight_short_texts_or_a_long_one() -> None:
    assert [len(group) for group in batches(["Yes."] * 20)] == [8, 8, 4]
    assert [len(group) for group in batches(["word " * 400] * 3)] == [1, 1, 1]
    assert [len(group) for group in batches(["word " * 400] * 5, times=2)] == [2, 2, 1]
