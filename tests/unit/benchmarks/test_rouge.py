"""ROUGE of known texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rouge import rouge

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


def test_rouge_of_known_texts() -> None:
    one, two, longest = rouge("the cat sat", "the cat ran away")
    assert one == pytest.approx(4 / 7)
    assert two == pytest.approx(2 / 5)
    assert longest == pytest.approx(4 / 7)
    assert rouge("", "") == (0.0, 0.0, 0.0)
    assert rouge("The CAT, sat.", "the cat sat") == (1.0, 1.0, 1.0)
    assert rouge("sat cat the", "the cat sat")[1] == 0.0


def the_long_way(one: list[str], other: list[str]) -> int:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for at, first in enumerate(one):
        for place, second in enumerate(other):
            table[at + 1][place + 1] = (
                table[at][place] + 1 if first == second else max(table[at][place + 1], table[at + 1][place])
            )
    return table[-1][-1]


@given(WORDS, WORDS)
def test_the_longest_common_subsequence_is_that_of_the_table(one: list[str], other: list[str]) -> None:
    found = rouge(" ".join(one), " ".join(other))[2]
    assert found == pytest.approx(2 * the_long_way(one, other) / max(1, len(one) + len(other)))
