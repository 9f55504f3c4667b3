"""What puts the ledger right after a kill, a clock set back, or a row written by hand."""

from collections.abc import Collection

from fluffy_core.domain import job_words
from fluffy_core.domain.jobs import JobState, Queue
from fluffy_core.events import Changed
from fluffy_core.store import ledger
from fluffy_core.store.database import Transaction
from fluffy_core.store.ledger import Ending

CLOCK_SLACK = 5.0
"""Seconds by which a row may lie in the future before the clock counts as set back."""


def recover(tx: Transaction, *, now: float, alive: Collection[str] = ()) -> int:
    """Put running jobs whose lease nobody holds back in line; how many there were.

    `alive` are the leases held in this process, the only one that runs jobs. An interrupted try does not
    count against the job's retries.
    """
    marks = ", ".join("?" * len(alive))
    rows = tx.all(
        "UPDATE jobs SET run_after = min(run_after, ?), interruptions = interruptions + 1, "
        f"attempt = max(attempt - 1, 0), {ledger.STOPPED} 'queued' END "
        f"WHERE state = 'running' AND lease_owner NOT IN ({marks}) RETURNING id",
        (now, now, *alive),
    )
    if rows:
        tx.changed(Changed.JOBS)
        tx.jobs_enqueued = True
    return len(rows)


def redate(tx: Transaction, *, now: float) -> int:
    """After the clock was set back: let jobs written down in what is the future now keep their delay only.

    Without it a retry in ten seconds, asked for just before the clock went back a day, would wait a day.
    """
    rows = tx.all(
        "UPDATE jobs SET run_after = ? + max(0, run_after - max(created_at, coalesce(started_at, 0))), "
        "created_at = min(created_at, ?), started_at = NULL WHERE state IN ('queued', 'waiting-retry') "
        "AND max(created_at, coalesce(started_at, 0)) > ? RETURNING 1",
        (now, now, now + CLOCK_SLACK),
    )
    tx.jobs_enqueued |= bool(rows)
    return len(rows)


def bury_broken(tx: Transaction, *, now: float) -> int:
    """Make open jobs dead whose state or queue is none: somebody wrote into the file by hand; how many."""
    states, queues = ", ".join(map(repr, map(str, JobState))), ", ".join(map(repr, map(str, Queue)))
    ending = Ending("Its entry was damaged and cannot be understood.", job_words.DAMAGED_ENTRY)
    rows = tx.all(
        "UPDATE jobs SET state = 'dead', finished_at = ?, error = ?, failure = ?, lease_owner = '', "
        f"handed_over = 0, queue = CASE WHEN queue IN ({queues}) THEN queue ELSE 'slow' END "
        f"WHERE state NOT IN ('succeeded', 'dead', 'cancelled') AND (state NOT IN ({states}) "
        f"OR queue NOT IN ({queues})) RETURNING name",
        (now, ending.told, ending.failure),
    )
    for (name,) in rows:
        ledger.alert(tx, name, ending, now=now)
    if rows:
        tx.changed(Changed.JOBS)
    return len(rows)
