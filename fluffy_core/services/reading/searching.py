"""Search by words and by meaning, fused by reciprocal rank; each result with the passage that matched."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from fluffy_core.ai.sentences import questions
from fluffy_core.domain import excerpts
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.services.reading import conversations
from fluffy_core.store import reading, search, vectors
from fluffy_core.store.database import Database
from fluffy_core.store.search import Query
from fluffy_core.store.vectors import Near

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
MEANING_HITS = 50
SOME_WORDS = 50
"""Messages that come in with some of the words, where fewer than FEW_HITS have all."""
SOME_NOTE = "No message has all of these words; these have some of them."
LOOSE_NOTE = "No message has these words; these may be related."
FEW_HITS = 5
RELAXED_FROM = 3
"""Words from which on some of those that tell something may do."""
FLOOR = 0.35
"""Cosine below which two texts have little to do with each other (all-MiniLM-L6-v2)."""
CLOSE = 0.5
"""Cosine from which on a text may be called close in meaning: what lies between is often chance."""
CLOSE_WHY, LOOSE_WHY = "close in meaning", "loosely related"
SHOWN = 240
"""Characters of a passage that are shown."""
_NO_MARKS = dict.fromkeys(map(ord, search.MARKS))
_TARGET = re.compile(r"<(?:https?:|mailto:|tel:)", re.IGNORECASE)
_LINK = re.compile(r"\w:/|\bwww\.|@", re.IGNORECASE)


class Embeds(Protocol):
    """Turns texts into unit vectors, one row each."""

    def __call__(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Raises ModelError or TransientError when there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Messages in order, what of the query was not understood, and what `explain` needs."""

    messages: tuple[MessageId, ...]
    notes: tuple[str, ...]
    query: Query
    near: Mapping[MessageId, Near] = field(default_factory=dict)
    late: bool = False
    """Meaning would have been asked, and did not answer in time: asked again it may."""


@dataclass(frozen=True, slots=True)
class Match:
    """Why a message was found: the words of it that matched, those looked for in them, and a reason."""

    message_id: MessageId
    text: str
    marks: tuple[tuple[int, int], ...]
    """Start and stop of each word in `text`."""
    why: str
    """"words", "words, close in meaning", "close in meaning" or "loosely related"."""


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of what was found, in the order of their best message, and which that is."""

    best: Mapping[ThreadId, MessageId]
    found: Found


def messages(
    store: Database, text: str, *, embed: Embeds | None = None, limit: int = search.MAX_HITS
) -> Found:
    """The messages for a query, best first; without words, newest first.

    With `embed`, messages with a passage close in meaning join in, as far as they satisfy the query's
    operators.
    """
    query = search.parse(text)
    if embed is None or not query.words:
        return _fused(store, query, None, limit=limit)
    with _beside(store, partial(_meant, store, query, embed)) as meant:
        return _fused(store, query, meant, limit=limit)


def _fused(store: Database, query: Query, meant: Future[list[Near]] | None, *, limit: int) -> Found:
    """What words find, and what meaning finds."""
    keyword = search.messages(store, query, limit=limit)
    notes, rankings = query.notes, [keyword]
    telling = questions.read(" ".join(query.words)).words if len(keyword) < FEW_HITS else ()
    if len(query.words) >= RELAXED_FROM and telling:
        query = search.relaxed(query, telling)
        some = search.messages(store, query, limit=SOME_WORDS)
        notes = notes + [SOME_NOTE] * bool(some and not keyword)
        rankings.append(some)  # a ranking of its own: what has all the words stands in both, and comes first
    near: dict[MessageId, Near] = {}
    late = False
    if meant is not None:
        try:
            near = {one.message_id: one for one in meant.result()}
            rankings.append(list(near))
        except (ModelError, TransientError) as error:
            notes = [*notes, f"Searched by words only: {error}"]
            late = isinstance(error, TransientError)
    if near and not any(rankings[:-1]) and all(one.score < CLOSE for one in near.values()):
        notes = [*notes, LOOSE_NOTE]
    return Found(tuple(search.fuse(rankings)[:limit]), tuple(notes), query, near, late)


@contextmanager
def _beside(store: Database, work: Callable[[], T]) -> Iterator[Future[T]]:
    """Work in a second thread, the same for every search of a store, so that its connection stays open."""
    thread = store.memory("meaning", partial(ThreadPoolExecutor, 1, thread_name_prefix="meaning"))
    future = thread.submit(work)
    try:
        yield future
    finally:
        wait([future])  # a connection in use must not be closed


def _meant(store: Database, query: Query, embed: Embeds) -> list[Near]:
    store.keep_few_pages(vectors.PAGES_KIB)
    return close(store, query, embed([" ".join(query.words)])[0], limit=MEANING_HITS)


def close(store: Database, query: Query, vector: "NDArray[np.float32]", *, limit: int) -> list[Near]:
    """The messages with passages close in meaning that satisfy the query's operators, closest first."""
    among = search.filtered(store, query)
    found = vectors.nearest(store, vector, limit, among=among)
    near = {one.message_id: one for one in found if one.score >= FLOOR}
    left = query if among is None else replace(query, conditions=[], within=[])
    return [near[one] for one in search.matching(store, left, list(near))]


def explain(store: Database, found: Found, ids: Sequence[MessageId]) -> dict[MessageId, Match]:
    """Why each of these messages was found; what no passage explains is left out (an operator, a sender).

    Told are the words around those looked for where they stand in the text, else the passage closest in
    meaning.
    """
    snippets = search.snippets(store, found.query, ids)
    by_meaning = [one for one in ids if one in found.near and one not in snippets]
    passages = {
        one: message.body[found.near[one].start : found.near[one].stop or 2 * SHOWN]
        for one, message in texts(store, by_meaning).items()
    }
    matches = {}
    for one in ids:
        close = one in found.near and found.near[one].score >= CLOSE
        if one in snippets:
            text, marks = _marked(snippets[one])
            matches[one] = Match(one, text, marks, f"words, {CLOSE_WHY}" if close else "words")
        elif one in passages:
            matches[one] = Match(
                one,
                excerpts.excerpt(" ".join(passages[one].split()), SHOWN),
                (),
                CLOSE_WHY if close else LOOSE_WHY,
            )
    return matches


def texts(store: Database, ids: Iterable[MessageId]) -> dict[MessageId, ThreadMessage]:
    """Messages as the skills see them: passages count in their new text."""
    return {one.id: conversations.as_seen(one) for one in reading.messages(store, list(ids))}


def _marked(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A snippet's text with single spaces, and where the marked words are.

    Marks of quotes are left out, where the links behind words lead, and what the snippet cuts short: links
    and numbers in groups.
    """
    text, marks, begun = "", [], 0
    words = [word for word in snippet.split() if word.strip(">") and not _is_target(word)]
    for character in " ".join(_without_cut_numbers(words)):
        if character == search.MARKS[0]:
            begun = len(text)
        elif character == search.MARKS[1]:
            marks.append((begun, len(text)))
        else:
            text += character
    return text, tuple(marks)


def _without_cut_numbers(words: list[str]) -> list[str]:
    whole = list(words)
    for first, end in ((True, 0), (False, -1)):
        if whole and (whole[0].startswith("…") if first else whole[-1].endswith("…")):
            whole[end] = whole[end].strip("…")
            while len(whole) > 1 and excerpts.is_of_a_number(whole[end]):
                whole.pop(end)
            whole[end] = f"…{whole[end]}" if first else f"{whole[end]}…"
    return whole


def _is_target(word: str) -> bool:
    bare = word.translate(_NO_MARKS)
    is_cut = (bare.startswith("…") and bare.endswith(">") and "<" not in bare) or (
        bare.endswith("…") and _LINK.search(bare) is not None
    )
    return is_cut or _TARGET.match(bare) is not None


def threads(store: Database, text: str, *, embed: Embeds | None = None) -> Threads:
    """The threads for a query."""
    found = messages(store, text, embed=embed)
    return Threads(search.threads_of(store, found.messages), found)


def explain_threads(store: Database, threads: Threads, ids: Iterable[ThreadId]) -> dict[ThreadId, Match]:
    """Why each of these threads was found: the match of its best message."""
    best = {threads.best[one]: one for one in ids if one in threads.best}
    matches = explain(store, threads.found, list(best))
    return {best[number]: match for number, match in matches.items()}


def hits(store: Database, message_ids: Sequence[MessageId]) -> tuple[search.Hit, ...]:
    """What a list of results shows of each message, in the order given."""
    return search.hits(store, message_ids)
