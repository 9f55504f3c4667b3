"""`summarize-email-thread`: the fast summary of a thread, and vectors for meaning search on the way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluffy_core.ai import summarize
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Summary
from fluffy_core.services import conversations, meaning
from fluffy_core.services.searching import Embeds
from fluffy_core.store import messages, summaries, vectors
from fluffy_core.store.database import Database, Transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIKE_FROM = 3
"""Messages from which on sentences are compared by embeddings; below, shared words tell enough."""


class Work:
    """What one job worked out for one thread, ready to be written in one transaction."""

    def __init__(self, thread_id: ThreadId, last: int, summary: Summary | None) -> None:
        self.thread_id = thread_id
        self.last = last
        self.summary = summary
        self.ids: list[int] = []
        self.vectors: NDArray[np.float32] | None = None

    def write(self, tx: Transaction) -> None:
        """Keep summary and vectors; a thread that grew meanwhile gets its own job."""
        if self.vectors is not None and vectors.missing(tx, self.ids) == self.ids:
            vectors.put(tx, self.ids, self.vectors)
        if self.summary is not None:
            summaries.put(tx, self.thread_id, self.summary, last_message_id=self.last)


def work(store: Database, thread_id: ThreadId, *, embed: Embeds | None) -> Work:
    """Summarise a thread and embed its messages; without `embed` the summary goes by words alone."""
    thread = conversations.load(store, thread_id)
    last = messages.last_of_thread(store, thread_id)
    summary = None
    if thread and conversations.is_summarisable(thread):
        summary = summarize.fast(thread, embed if len(thread) >= ALIKE_FROM else None)
    done = Work(thread_id, last, summary)
    if embed is not None and thread:
        done.ids = vectors.missing(store, [one.id for one in thread])
        by_id = {int(one.id): one for one in thread}
        if done.ids:
            done.vectors = embed([meaning.head(by_id[one]) for one in done.ids])
    return done


def sentence(done: Work) -> str:
    """What the job did, in words."""
    points: Sequence[object] = done.summary.points if done.summary else ()
    return f"Summed up in {len(points)} points" if points else "Too short to need a summary"
