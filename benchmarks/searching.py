"""Search latency: a mixed set of queries on a large home, by words alone and fused with meaning."""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.results import Row, at_most, percentile
from benchmarks.workshop import Workshop
from fluffy_core import inbox, searching
from fluffy_core.core import Core
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.rows import Section
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store import messages, search, vectors
from fluffy_core.store.database import Database
from fluffy_core.store.vectors import Cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUERIES = 160
SHOWN = 50
"""Results that a screen shows at first."""
EXPLAINED = 12
"""Results that a window shows with their passages at first."""
BARS = {1_000_000: 60.0}
BAR = 20.0
PASSAGES = 2
"""Vectors of a message beside that of its head; real mail has 2.3."""
CENTRES = 200
SPREAD = 0.03
"""Standard deviation of a component around its centre: a cosine of about 0.86 to it."""
MILLION = 1_000_000

_WORD = re.compile(r"[a-z]{3,14}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """A query and what kind it is; only kinds are reported, texts come from people's mail."""

    kind: str
    text: str


def measure(shop: Workshop) -> Iterator[Row]:
    """Latency on the large home, and on one of a million messages when that was asked for."""
    sizes = [shop.sizes.large, *([MILLION] if shop.sizes.million else [])]
    for count in sizes:
        home = shop.filled(count).home
        with Core.open(shop.settings(home)) as core:
            yield from _of_home(core, count)


def _of_home(core: Core, count: int) -> Iterator[Row]:
    store = core.store
    queries = mixed(_samples(store), QUERIES)
    inbox.ids(store, Section.EVERYTHING, "first connection")
    bar = BARS.get(count, BAR)
    yield from report(
        "by words", [(one, timed(store, one.text, None)) for one in queries], count=count, bar=bar
    )
    embed = core.embed_if_installed(interactive=True)
    if embed is None:
        yield Row(
            "search",
            f"search with meaning, {count:,} messages",
            None,
            "ms",
            at_most(bar),
            "model not installed",
        )
        return
    stand_in_vectors(store, embed)
    timed(store, "the model process starts with the first query", embed)
    fused = [(one, timed(store, one.text, embed)) for one in queries]
    yield from report("with meaning", fused, count=count, bar=bar)


def timed(store: Database, text: str, embed: Embeds | None) -> float:
    """Milliseconds from the query to the rows of the first screen."""
    started = time.perf_counter()
    found = searching.messages(store, text, embed=embed)
    searching.hits(store, found.messages[:SHOWN])
    searching.explain(store, found, found.messages[:EXPLAINED])
    return 1000 * (time.perf_counter() - started)


def report(way: str, taken: Sequence[tuple[Query, float]], *, count: int, bar: float) -> Iterator[Row]:
    """Median and 95th percentile, with each kind's median in the details."""
    values = [one for _, one in taken]
    kinds = sorted({query.kind for query, _ in taken})
    each = {kind: percentile([ms for query, ms in taken if query.kind == kind], 0.5) for kind in kinds}
    slowest = max(each, key=lambda kind: each[kind])
    how = f"{len(values)} different queries; slowest kind: {slowest}, {each[slowest]:.1f} ms"
    what = f"search {way}, {count:,} messages"
    details = {"medians": {kind: round(ms, 3) for kind, ms in each.items()}, "worst": round(max(values), 3)}
    yield Row("search", f"{what}, p50", percentile(values, 0.5), "ms", None, "")
    yield Row("search", f"{what}, p95", percentile(values, 0.95), "ms", at_most(bar), how, details)


def _samples(store: Database) -> list[tuple[str, str]]:
    """Senders and texts of messages spread over the home."""
    ids = messages.all_ids(store)
    chosen = sorted(random.Random(5).sample(ids, min(2 * QUERIES, len(ids))))
    return [(one.sender, f"{one.subject} {one.preview}") for one in search.hits(store, chosen)]


def mixed(samples: Sequence[tuple[str, str]], count: int) -> list[Query]:
    """`count` queries as people type them, in turns of every kind, from (sender, text) samples.

    Words are drawn as often as they occur, so common ones are common here too.
    """
    chance = random.Random(9)
    texts = [found for _, text in samples if len(found := _WORD.findall(text)) >= 4]
    senders = [found[0] for sender, _ in samples if (found := _WORD.findall(sender))] or ["ann"]

    def some(number: int) -> str:
        chosen = chance.choice(texts)
        at = chance.randrange(len(chosen) - number + 1)
        return " ".join(chosen[at : at + number])

    makers: dict[str, Callable[[], str]] = {
        "word": lambda: some(1),
        "words": lambda: some(2),
        "three words": lambda: some(3),
        "beginning": lambda: some(1)[:3],
        "phrase": lambda: f'"{some(2)}"',
        "subject": lambda: f"subject:{some(1)}",
        "sender": lambda: f"from:{chance.choice(senders)}",
        "sender and word": lambda: f"from:{chance.choice(senders)} {some(1)}",
        "attachment": lambda: f"has:attachment {some(1)}",
        "dates": lambda: f"after:2002-03 before:2019-11-30 {some(1)}",
        "without": lambda: f"{some(1)} -{some(1)}",
        "category": lambda: f"category:important {some(1)}",
    }
    kinds = list(makers)
    return [Query(kind, makers[kind]()) for kind in (kinds[n % len(kinds)] for n in range(count)) if texts]


def stand_in_vectors(store: Database, embed: Embeds) -> None:
    """Give every message vectors near those of its home's texts: cheap, and hits are found as ever."""
    ids = messages.all_ids(store)
    chosen = random.Random(3).sample(ids, min(CENTRES, len(ids)))
    centres = embed([hit.preview for hit in search.hits(store, sorted(chosen))])
    for start in range(0, len(ids), 5000):
        part: Sequence[MessageId] = ids[start : start + 5000]
        places = [(0, 400), (401, 800)][:PASSAGES]
        cuts = [Cut(number, places) for number in part]
        with store.transaction() as tx:
            vectors.put(tx, part, near(centres, len(part), seed=start))
            vectors.put_passages(tx, cuts, near(centres, PASSAGES * len(part), seed=start + 1))


def near(centres: "NDArray[np.float32]", count: int, *, seed: int) -> "NDArray[np.float32]":
    """`count` unit vectors scattered around the centres."""
    import numpy as np

    chance = np.random.default_rng(seed)
    chosen = centres[chance.integers(0, len(centres), count)]
    rows = chosen + chance.normal(0, SPREAD, chosen.shape)
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit
