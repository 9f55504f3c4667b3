"""Search by words and by meaning, fused by reciprocal rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.store import search, vectors
from fluffy_core.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEANING_HITS = 50
FLOOR = 0.35
"""Cosine below which two texts have little to do with each other (all-MiniLM-L6-v2)."""


class Embeds(Protocol):
    """Turns texts into unit vectors, one row each."""

    def __call__(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Raises ModelError or TransientError when there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Messages in order, and what of the query was not understood."""

    messages: tuple[MessageId, ...]
    notes: tuple[str, ...]


def messages(
    store: Database, text: str, *, embed: Embeds | None = None, limit: int = search.MAX_HITS
) -> Found:
    """The messages for a query, best first; without words, newest first.

    With `embed`, messages close in meaning join in, as far as they satisfy the query's operators.
    """
    query = search.parse(text)
    keyword = search.messages(store, query, limit=limit)
    if embed is None or not query.words:
        return Found(tuple(keyword), tuple(query.notes))
    try:
        vector = embed([" ".join(query.words)])[0]
    except (ModelError, TransientError) as error:
        return Found(tuple(keyword), (*query.notes, f"Searched by words only: {error}"))
    near = [one for one, score in vectors.nearest(store, vector, MEANING_HITS) if score >= FLOOR]
    meaning = search.matching(store, query, near)
    return Found(tuple(search.fuse([keyword, meaning])[:limit]), tuple(query.notes))


def threads(store: Database, text: str, *, embed: Embeds | None = None) -> tuple[ThreadId, ...]:
    """The threads for a query, in the order of their best message."""
    return tuple(search.threads_of(store, messages(store, text, embed=embed).messages))


def hits(store: Database, message_ids: Sequence[MessageId]) -> tuple[search.Hit, ...]:
    """What a list of results shows of each message, in the order given."""
    return search.hits(store, message_ids)
