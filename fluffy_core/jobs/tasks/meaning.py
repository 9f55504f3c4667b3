"""The idle part of `summarize-email-thread`: vectors for mail that meaning search does not reach yet."""

import time
from collections.abc import Iterator

from fluffy_core.ai.base import Models
from fluffy_core.errors import ModelError
from fluffy_core.jobs.registry import Args
from fluffy_core.jobs.run import JobRun
from fluffy_core.services.reading import meaning
from fluffy_core.services.sorting import closer_look
from fluffy_core.store import ledger, vectors
from fluffy_core.store.database import Database

NAME = "meaning"
SECONDS = 240.0
"""Time that one job takes at most: the next idle half-hour goes on."""


def backlog(store: Database) -> Iterator[Args]:
    """One job, of no thread, while messages are missing.

    Its number changes when mail came or was covered: where there is no model, nobody asks in vain all day.
    """
    covered, total = vectors.coverage(store)
    if covered < total:
        yield {"thread_id": 0, "last_message_id": covered + total, "model": NAME}


def catch_up(run: JobRun, models: Models) -> str:
    """Embed for a while, until another job wants to run; what is done is kept whatever ends the job.

    Where the model came later than the mail, the closer look that sorting had missed is asked for, too.
    """
    until = time.monotonic() + SECONDS

    def is_idle() -> bool:
        return time.monotonic() < until and ledger.open_count(run.store) <= 1

    def told(done: int, total: int) -> None:
        run.progress(done, total, meaning.coverage_words(done, total))
        run.checkpoint()

    try:
        with run.child(models.interrupt):
            meaning.catch_up(run.store, models.embed, told=told, going_on=is_idle)
        text = meaning.coverage_words(*vectors.coverage(run.store))
    except ModelError as error:
        text = f"Meaning search waits: {error}"
    with run.store.transaction() as tx:
        if models.is_installed:
            closer_look.make_up(tx)
        return run.succeed(tx, text)
