"""Texts cut into passages: a few sentences each, short enough for one vector to say what they mean."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from fluffy_core.ai.sentences import sentences

FULL = 420
"""Characters from which on a passage takes no further sentence: about 100 word pieces of English."""
LONGEST = 640
"""Characters of a passage at most: a longer sentence is cut between words."""


class Passage(NamedTuple):
    """`text[start:stop]`, without white space at its ends."""

    start: int
    stop: int


def cut(text: str) -> list[Passage]:
    """The passages of a text in order; together they hold every character of it but white space.

    They begin and end where sentences do. Text beyond `sentences.MAX_CHARS` is left out.
    """
    text = text[: sentences.MAX_CHARS]
    starts = [each.start for each in sentences.split(text)]
    places = [one for span in pairwise([0, *starts[1:], len(text)]) for one in _chopped(text, *span)]
    return [one for span in _joined(places) if (one := _trimmed(text, *span)).start < one.stop]


def _chopped(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """A span in pieces of at most LONGEST characters, cut at white space where there is some."""
    while stop - start > LONGEST:
        space = max(text.rfind(mark, start + LONGEST // 2, start + LONGEST) for mark in " \n")
        end = space + 1 if space >= 0 else start + LONGEST
        yield start, end
        start = end
    yield start, stop


def _joined(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbours put together until a passage is full."""
    begun = ended = 0
    for start, stop in places:
        if ended > begun and (stop - begun > LONGEST or start - begun >= FULL):
            yield begun, ended
            begun = start
        ended = stop
    yield begun, ended


def _trimmed(text: str, start: int, stop: int) -> Passage:
    inner = text[start:stop]
    return Passage(start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip()))
