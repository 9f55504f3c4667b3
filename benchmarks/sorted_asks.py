"""What sorting makes of labelled sentences: by words alone, and with meaning where words leave it in doubt.

The program's own decision (`ai/sentences/asks.py`) runs on weights that were fitted to other sentences, each
sentence being a mail of its own. A sentence that sorting would cut in two is judged by its words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.train_speech_acts import Rows, Table, Trained, train
from fluffy_core.ai.sentences import asks, intent
from fluffy_core.ai.sentences.sentences import plain

Judged = tuple[NDArray[np.float64], NDArray[np.bool_]]


def by_words(known: Rows, asked: Rows, vectors: Table | None) -> Judged:
    """Rules, and words that take away: what is done without an embedder."""
    del vectors
    with weighed(train(known, None)):
        return _judged([bool(asks.find(text, 0)) for _, text in asked])


def from_known(known: Rows, asked: Rows, vectors: Table | None) -> Judged:
    """With meaning, in mail of people whom the reader has had to do with."""
    return _with_meaning(known, asked, vectors, is_known=True)


def from_strangers(known: Rows, asked: Rows, vectors: Table | None) -> Judged:
    """With meaning, in mail of others."""
    return _with_meaning(known, asked, vectors, is_known=False)


@contextmanager
def weighed(words: Trained, meaning: Trained | None = None) -> Iterator[None]:
    """Have the program judge by these weights instead of those it ships with."""
    models = {"words": words.model} | ({} if meaning is None else {"meaning": meaning.model})
    centres = None if meaning is None or meaning.centres is None else meaning.centres / intent.CENTRE_SCALE
    with (
        patch("fluffy_core.ai.sentences.intent._shipped", lambda: models),
        patch("fluffy_core.ai.sentences.intent._centres", lambda: centres),
    ):
        yield


def _with_meaning(known: Rows, asked: Rows, vectors: Table | None, *, is_known: bool) -> Judged:
    if vectors is None:
        raise ValueError("meaning needs vectors")
    texts = [plain(text) for _, text in asked]
    with weighed(train(known, None), train(known, vectors[: len(known)])):
        likely = intent.probabilities(texts, vectors[len(known) :])
        return _judged(
            [_is_ask(text, one, is_known=is_known) for text, one in zip(texts, likely, strict=True)]
        )


def _is_ask(text: str, likely: float, *, is_known: bool) -> bool:
    doubted = text in asks.in_doubt(text, known=is_known)
    return bool(asks.find(text, 0, {text: likely} if doubted else {}))


def _judged(said: list[bool]) -> Judged:
    found = np.array(said)
    return found.astype(np.float64), found
