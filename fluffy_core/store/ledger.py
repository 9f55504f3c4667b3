"""The job ledger's rows: the truth about every job, whatever the queue file says."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

_COLUMNS = (
    "id, name, key, args, queue, priority, state, attempt, run_after, created_at, started_at, finished_at, "
    "progress_done, progress_total, progress_text, error, result"
)
WAITING = (JobState.QUEUED, JobState.WAITING_RETRY)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be written down. `args` hold ids and dates only; `key` makes it idempotent."""

    name: str
    key: str
    args: Mapping[str, object]
    queue: Queue
    priority: int
    run_after: float


def _job(row: Sequence[Any]) -> Job:
    values = list(row)
    values[3] = json.loads(values[3])
    values[4] = Queue(values[4])
    values[6] = JobState(values[6])
    return Job(*values)


def enqueue(tx: Transaction, job: NewJob, *, now: float) -> JobId | None:
    """Write a job down; None when its key is known already, finished and dead ones included.

    One that still waits becomes as urgent as it is wanted now.
    """
    row = tx.one(
        "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at) "
        "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT (name, key) DO NOTHING RETURNING id",
        (
            job.name,
            job.key,
            json.dumps(job.args, sort_keys=True),
            job.queue,
            job.priority,
            job.run_after,
            now,
        ),
    )
    if row is None:
        _hasten(tx, job)
        return None
    tx.jobs_enqueued = True
    tx.changed(Changed.JOBS)
    return JobId(row[0])


def _hasten(tx: Transaction, job: NewJob) -> None:
    row = tx.one(
        "UPDATE jobs SET priority = ?, run_after = min(run_after, ?), handed_over = 0 "
        "WHERE name = ? AND key = ? AND state = 'queued' AND priority < ? RETURNING id",
        (job.priority, job.run_after, job.name, job.key, job.priority),
    )
    if row is not None:
        tx.jobs_enqueued = True


def supersede(tx: Transaction, job: NewJob, prefix: str) -> NewJob:
    """Take waiting jobs of this name away whose keys begin with `prefix`; the job, as urgent as they were.

    Many changes of one thing so become one job, which a stream of changes cannot put off for ever.
    """
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    rows = tx.all(
        "DELETE FROM jobs WHERE name = ? AND key >= ? AND key < ? AND key <> ? AND state = 'queued' "
        "RETURNING run_after, priority",
        (job.name, prefix, after, job.key),
    )
    run_after = min([job.run_after, *(row[0] for row in rows)])
    return replace(job, run_after=run_after, priority=max([job.priority, *(row[1] for row in rows)]))


def forget_finished(tx: Transaction, name: str, key: str) -> None:
    """Let a job that came to its end be asked for again under the same key."""
    tx.execute(
        "DELETE FROM jobs WHERE name = ? AND key = ? AND state IN ('succeeded', 'dead', 'cancelled')",
        (name, key),
    )


def get(store: Database | Transaction, job_id: JobId) -> Job | None:
    """The job, or None."""
    row = store.one(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,))
    return None if row is None else _job(row)


def listed(store: Database, states: Sequence[JobState], limit: int) -> tuple[Job, ...]:
    """Jobs in these states (all when empty), newest change first."""
    where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
    rows = store.all(
        f"SELECT {_COLUMNS} FROM jobs {where} "
        "ORDER BY coalesce(finished_at, started_at, created_at) DESC, id DESC LIMIT ?",
        (*states, limit),
    )
    return tuple(_job(row) for row in rows)


def stats(store: Database) -> dict[str, dict[str, int]]:
    """Counts by job name and state: {name: {state: count}}."""
    counted: dict[str, dict[str, int]] = {}
    for name, state, count in store.all("SELECT name, state, count(*) FROM jobs GROUP BY name, state"):
        counted.setdefault(name, {})[state] = count
    return counted


def due(
    tx: Transaction, queue: Queue, *, now: float, limit: int, least: int = 0
) -> list[tuple[JobId, str, int]]:
    """(id, name, priority) of jobs to hand over next, best first; marks them as handed over.

    Jobs of a priority below `least` are left waiting.
    """
    return [
        (JobId(row[0]), row[1], row[2])
        for row in tx.all(
            "UPDATE jobs SET handed_over = 1 WHERE id IN ("
            "SELECT id FROM jobs WHERE queue = ? AND state IN ('queued', 'waiting-retry') "
            "AND handed_over = 0 AND run_after <= ? AND priority >= ? "
            "ORDER BY priority DESC, run_after, id LIMIT ?) RETURNING id, name, priority",
            (queue, now, least, limit),
        )
    ]


def pressing(store: Database, priority: int, *, now: float) -> bool:
    """Whether a job of at least this priority runs or is due, in whatever queue."""
    row = store.one(
        "SELECT 1 FROM jobs INDEXED BY jobs_pressing WHERE state IN ('queued', 'running') AND priority >= ? "
        "AND run_after <= ? LIMIT 1",
        (priority, now),
    )
    return row is not None


def anything_due(store: Database, queue: Queue, *, now: float, least: int = 0) -> bool:
    """Whether a queue has a due job of at least priority `least` that is not with the dispatcher."""
    row = store.one(
        "SELECT 1 FROM jobs WHERE queue = ? AND state IN ('queued', 'waiting-retry') AND handed_over = 0 "
        "AND run_after <= ? AND priority >= ? LIMIT 1",
        (queue, now, least),
    )
    return row is not None


def handed_over(store: Database) -> dict[str, int]:
    """How many waiting jobs of each queue are with the dispatcher."""
    return dict(
        store.all(
            "SELECT queue, count(*) FROM jobs INDEXED BY jobs_handed_over "
            "WHERE handed_over = 1 AND state IN ('queued', 'waiting-retry') "
            "GROUP BY queue"
        )
    )


def next_due(store: Database, *, after: float) -> float | None:
    """When the first waiting job becomes due later than `after`; None without one."""
    row = store.one(
        "SELECT min(run_after) FROM jobs INDEXED BY jobs_later "
        "WHERE state IN ('queued', 'waiting-retry') AND handed_over = 0 "
        "AND run_after > ?",
        (after,),
    )
    return None if row is None or row[0] is None else float(row[0])


def claim(tx: Transaction, job_id: JobId, *, lease: str, now: float) -> Job | None:
    """Take a waiting job; None when somebody has it or it needs nobody any more.

    `lease` names this one try: whoever holds another one can no longer decide the job's fate.
    """
    row = tx.one(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_owner = ?, handed_over = 0, "
        "started_at = ?, error = '', progress_text = '', cancel_requested = 0 "
        f"WHERE id = ? AND state IN ('queued', 'waiting-retry') AND run_after <= ? RETURNING {_COLUMNS}",
        (lease, now, job_id, now),
    )
    if row is not None:
        tx.changed(Changed.JOBS)
    return None if row is None else _job(row)


def put_back(tx: Transaction, job_ids: Sequence[int]) -> None:
    """Let handed-over jobs wait in the ledger again."""
    tx.executemany("UPDATE jobs SET handed_over = 0 WHERE id = ?", [(one,) for one in job_ids])


def put_back_all(tx: Transaction, *, keep: Collection[int] = ()) -> int:
    """Let every handed-over job but `keep` wait in the ledger again; how many there were."""
    marks = ", ".join(str(int(one)) for one in keep)
    rows = tx.all(
        f"UPDATE jobs SET handed_over = 0 WHERE handed_over = 1 AND id NOT IN ({marks}) RETURNING id"
    )
    return len(rows)


def progress(tx: Transaction, job_id: JobId, *, done: int, total: int, text: str) -> None:
    """Note how far a running job is."""
    tx.execute(
        "UPDATE jobs SET progress_done = ?, progress_total = ?, progress_text = ? "
        "WHERE id = ? AND state = 'running'",
        (done, total, text, job_id),
    )


def may_go_on(store: Database | Transaction, job_id: JobId, *, lease: str) -> bool:
    """False when the job is no longer held under this lease, or the user cancelled it."""
    row = store.one(
        "SELECT 1 FROM jobs WHERE id = ? AND state = 'running' AND lease_owner = ? AND cancel_requested = 0",
        (job_id, lease),
    )
    return row is not None


def finish(
    tx: Transaction, job_id: JobId, state: JobState, *, lease: str, now: float, told: str = ""
) -> bool:
    """Bring a running job to its end; False when it is not held under this lease any more.

    `told` is the result of one that succeeded, the error of any other.
    """
    result, error = (told, "") if state is JobState.SUCCEEDED else ("", told)
    row = tx.one(
        "UPDATE jobs SET state = ?, finished_at = ?, result = ?, error = ?, lease_owner = '' "
        "WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING id",
        (state, now, result, error, job_id, lease),
    )
    tx.changed(Changed.JOBS)
    return row is not None


_STOPPED = (
    "lease_owner = '', finished_at = CASE WHEN cancel_requested THEN ? END, "
    "state = CASE WHEN cancel_requested THEN 'cancelled' ELSE"
)
"""A cancelled job that stops for another reason is cancelled all the same."""


def retry_later(tx: Transaction, job_id: JobId, *, lease: str, now: float, delay: float, error: str) -> bool:
    """Have a running job wait for another try; False when it is not held under this lease any more."""
    row = tx.one(
        f"UPDATE jobs SET run_after = ?, error = ?, {_STOPPED} 'waiting-retry' END "
        "WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING id",
        (now + delay, error, now, job_id, lease),
    )
    tx.changed(Changed.JOBS)
    tx.jobs_enqueued = True
    return row is not None


def release(tx: Transaction, job_id: JobId, *, lease: str, now: float) -> bool:
    """Give a running job back unharmed: the program stops, the try does not count."""
    row = tx.one(
        "UPDATE jobs SET run_after = min(run_after, ?), attempt = max(attempt - 1, 0), "
        f"{_STOPPED} 'queued' END WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING id",
        (now, now, job_id, lease),
    )
    tx.changed(Changed.JOBS)
    return row is not None


def recover(tx: Transaction, *, now: float, alive: Collection[str] = ()) -> int:
    """Put running jobs whose lease nobody holds back in line; how many there were.

    `alive` are the leases held in this process, the only one that runs jobs. An interrupted try does not
    count against the job's retries.
    """
    marks = ", ".join("?" * len(alive))
    rows = tx.all(
        "UPDATE jobs SET run_after = min(run_after, ?), interruptions = interruptions + 1, "
        f"attempt = max(attempt - 1, 0), {_STOPPED} 'queued' END "
        f"WHERE state = 'running' AND lease_owner NOT IN ({marks}) RETURNING id",
        (now, now, *alive),
    )
    if rows:
        tx.changed(Changed.JOBS)
        tx.jobs_enqueued = True
    return len(rows)


def cancel(tx: Transaction, job_id: JobId, *, now: float) -> bool:
    """Cancel a waiting job, or ask a running one to stop at its next checkpoint."""
    tx.changed(Changed.JOBS)
    waiting = tx.one(
        "UPDATE jobs SET state = 'cancelled', finished_at = ?, handed_over = 0 WHERE id = ? "
        "AND state IN ('queued', 'waiting-retry') RETURNING id",
        (now, job_id),
    )
    running = tx.one(
        "UPDATE jobs SET cancel_requested = 1 WHERE id = ? AND state = 'running' RETURNING id", (job_id,)
    )
    return bool(waiting or running)


def again(tx: Transaction, job_id: JobId, *, now: float) -> bool:
    """Give a dead or cancelled job a fresh set of tries."""
    row = tx.one(
        "UPDATE jobs SET state = 'queued', attempt = 0, run_after = ?, error = '', finished_at = NULL, "
        "handed_over = 0 WHERE id = ? AND state IN ('dead', 'cancelled', 'waiting-retry') RETURNING id",
        (now, job_id),
    )
    tx.jobs_enqueued |= row is not None
    tx.changed(Changed.JOBS)
    return row is not None


def discard(tx: Transaction, job_id: JobId) -> bool:
    """Forget a dead or cancelled job."""
    row = tx.one("DELETE FROM jobs WHERE id = ? AND state IN ('dead', 'cancelled') RETURNING id", (job_id,))
    tx.changed(Changed.JOBS)
    return row is not None


def prune(tx: Transaction, *, before: float) -> int:
    """Forget what succeeded or was cancelled before this moment, and its keys with it; how many rows.

    Dead jobs stay until the user has dealt with them.
    """
    rows = tx.all(
        "DELETE FROM jobs WHERE finished_at IS NOT NULL AND finished_at < ? "
        "AND state IN ('succeeded', 'cancelled') RETURNING 1",
        (before,),
    )
    if rows:
        tx.changed(Changed.JOBS)
    return len(rows)


def open_count(store: Database | Transaction, names: Sequence[str] = ()) -> int:
    """Jobs that still have something to do, of these names only when some are given."""
    of_names = f" AND name IN ({', '.join('?' * len(names))})" if names else ""
    row = store.one(
        f"SELECT count(*) FROM jobs WHERE state IN ('queued', 'waiting-retry', 'running'){of_names}",
        tuple(names),
    )
    return int(row[0]) if row else 0


def state_of(store: Database, name: str, key: str) -> JobState | None:
    """The state of the job with this key, or None."""
    row = store.one("SELECT state FROM jobs WHERE name = ? AND key = ?", (name, key))
    return None if row is None else JobState(row[0])


def error_of(store: Database, name: str, key: str) -> str:
    """Why the job with this key is dead; "" when it is not."""
    row = store.one("SELECT error FROM jobs WHERE name = ? AND key = ? AND state = 'dead'", (name, key))
    return "" if row is None else str(row[0])
