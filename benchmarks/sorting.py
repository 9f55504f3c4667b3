"""Sorting mail by words, and by meaning where words leave it in doubt: the work of `categorize-emails`."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.results import Row, at_most
from benchmarks.workshop import Workshop
from fluffy_core.core import Core
from fluffy_core.jobs.triggers import batches
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.services.sorting import categories
from fluffy_core.store import messages
from fluffy_core.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MS_EACH = 6.0
"""Bar: 10,000 messages within a minute."""


@dataclass(slots=True)
class Counted:
    """An embedder that is asked as it is, and how many texts it got."""

    embed: Embeds
    texts: int = 0

    def __call__(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of the texts; raises as the embedder does."""
        self.texts += len(texts)
        return self.embed(texts)


def measure(shop: Workshop) -> Iterator[Row]:
    """Milliseconds a message, the embedder's loading with it."""
    with Core.open(shop.settings(shop.filled(shop.sizes.small).home)) as core:
        yield of_home(core.store, core.models.embed if core.models.is_installed else None)


def of_home(store: Database, embed: Embeds | None) -> Row:
    """The row of a home; nothing is written to it."""
    counted = Counted(embed) if embed else None
    ids = messages.all_ids(store)
    started = time.perf_counter()
    for part in batches(ids):
        categories.sort(store, part)
        if counted:
            categories.look_closer(store, part, counted)
    each = (time.perf_counter() - started) * 1000 / max(1, len(ids))
    what = f"{counted.texts:,} sentences embedded" if counted else "no search model: by words alone"
    details = {"messages": len(ids), "embedded": counted.texts if counted else 0}
    return Row("sorting", "sorting a message", each, "ms", at_most(MS_EACH), what, details)
