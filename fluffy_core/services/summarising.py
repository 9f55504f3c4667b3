"""`summarize-email-thread`: the fast summary of a thread, and vectors for meaning search on the way."""

from collections.abc import Sequence

from fluffy_core.ai import summarize
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Summary
from fluffy_core.services import conversations, meaning
from fluffy_core.services.searching import Embeds
from fluffy_core.store import messages, summaries
from fluffy_core.store.database import Database, Transaction

ALIKE_FROM = 3
"""Messages from which on sentences are compared by embeddings; below, shared words tell enough."""
EMBEDDED = 40
"""Messages of a thread that get vectors on the way, the newest; the rest waits for an idle hour."""
PASSAGES = 12
"""So do passages beyond these: they take about 25 ms each."""


class Work:
    """What one job worked out for one thread, ready to be written in one transaction."""

    def __init__(self, thread_id: ThreadId, last: int, summary: Summary | None) -> None:
        self.thread_id = thread_id
        self.last = last
        self.summary = summary
        self.made = meaning.Made()

    def write(self, tx: Transaction) -> None:
        """Keep summary and vectors; a thread that grew meanwhile gets its own job."""
        self.made.write(tx)
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
        done.made = meaning.make(store, thread[-EMBEDDED:], embed, most=PASSAGES)
    return done


def sentence(done: Work) -> str:
    """What the job did, in words."""
    points: Sequence[object] = done.summary.points if done.summary else ()
    return f"Summed up in {len(points)} points" if points else "Too short to need a summary"
