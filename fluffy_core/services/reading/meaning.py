"""What stands for a message in meaning search and for those who learn, and how it comes into the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluffy_core.ai.embedding import passages
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.services.reading import conversations
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store import reading, vectors
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.vectors import Cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD_CHARS = 600
"""Characters of subject and new text that a message's first vector stands for."""
PORTION = 8
"""Messages that are embedded and kept together: about a second's work."""
EVERY = 1_000_000
BATCH = 4000
"""Messages that are looked for at once."""


def head(message: ThreadMessage) -> str:
    """The text of a message's first vector: its subject and the beginning of what is new."""
    return f"{message.subject}\n{message.body}"[:HEAD_CHARS]


@dataclass(slots=True)
class Made:
    """Vectors of some messages, ready to be written in one transaction."""

    ids: list[int] = field(default_factory=list)
    heads: "NDArray[np.float32] | None" = None
    cuts: list[Cut] = field(default_factory=list)
    passages: "NDArray[np.float32] | None" = None

    def write(self, tx: Transaction) -> None:
        """Keep them, unless somebody else did meanwhile."""
        if self.heads is not None and vectors.missing(tx, self.ids) == self.ids:
            vectors.put(tx, self.ids, self.heads)
        if self.passages is not None and len(vectors.uncut(tx, [one.message_id for one in self.cuts])) == len(
            self.cuts
        ):
            vectors.put_passages(tx, self.cuts, self.passages)


def make(
    store: Database | Transaction, messages: Sequence[ThreadMessage], embed: Embeds, *, most: int = EVERY
) -> Made:
    """Vectors of these messages that have none: of all heads, and of the newest's passages, at most `most`.

    Raises ModelError or TransientError when the model gives no answer.
    """
    by_id = {int(one.id): one for one in messages}
    made = Made(ids=vectors.missing(store, list(by_id)))
    for number in sorted(vectors.uncut(store, list(by_id)), key=lambda one: -by_id[one].date):
        one = Cut(number, places(by_id[number]))
        most -= len(one.places)
        if most >= 0:
            made.cuts.append(one)
    texts = [head(by_id[number]) for number in made.ids]
    texts += [by_id[one.message_id].body[start:stop] for one in made.cuts for start, stop in one.places]
    if made.ids or made.cuts:
        rows = embed(texts)
        made.heads, made.passages = rows[: len(made.ids)], rows[len(made.ids) :]
    return made


def places(message: ThreadMessage) -> list[passages.Passage]:
    """The passages of a message that need vectors of their own: none where its head holds the whole text."""
    return passages.cut(message.body) if len(message.subject) + len(message.body) >= HEAD_CHARS else []


def catch_up(
    store: Database, embed: Embeds, *, told: Callable[[int, int], None], going_on: Callable[[], bool]
) -> None:
    """Embed what has no vectors yet: personal mail first, then lists, then bulk, the newest first.

    After each portion `told` hears (messages covered, all messages), and `going_on` says whether there is
    time for the next.
    """
    while waiting := vectors.without_passages(store, BATCH):
        for at in range(0, len(waiting), PORTION):
            facts = reading.messages(store, waiting[at : at + PORTION])
            made = make(store, [conversations.as_seen(one) for one in facts], embed)
            with store.transaction() as tx:
                made.write(tx)
            told(*vectors.coverage(store))
            if not going_on():
                return


def coverage_words(done: int, total: int) -> str:
    """How far meaning search reaches, as "Meaning search covers 8,200 of 10,000 messages"."""
    return f"Meaning search covers {done:,} of {total:,} messages"


def gap(store: Database) -> list[str]:
    """That meaning search does not reach all mail yet, in a sentence; nothing when it does."""
    done, total = vectors.coverage(store)
    return [f"{coverage_words(done, total)}."] if done < total else []
