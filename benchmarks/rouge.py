"""ROUGE-1, ROUGE-2 and ROUGE-L as F1 (Lin, 2004), without stemming."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise


def rouge(said: str, wanted: str) -> tuple[float, float, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L, each 0 to 1."""
    one, other = _tokens(said), _tokens(wanted)
    grams = [Counter(pairwise(words)) for words in (one, other)]
    both = (Counter(one) & Counter(other)).total()
    pairs = (grams[0] & grams[1]).total()
    words = max(1, len(one) + len(other))
    return (
        2 * both / words,
        2 * pairs / max(1, grams[0].total() + grams[1].total()),
        2 * _common_subsequence(one, other) / words,
    )


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """The longest common subsequence's length; a row of the table is the bits of one number (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    full = (1 << len(one)) - 1
    row = full
    for word in other:
        hit = row & places.get(word, 0)
        row = ((row + hit) | (row - hit)) & full
    return len(one) - row.bit_count()
