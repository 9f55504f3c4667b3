"""The job ledger's rows: the truth about every job, whatever the queue file says."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fluffy_core.domain import job_words
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.errors import SignInError
from fluffy_core.events import Changed
from fluffy_core.store import alerts, undo
from fluffy_core.store.database import Database, Transaction

COLUMNS = (
    "id, name, key, args, queue, priority, state, attempt, run_after, created_at, started_at, finished_at, "
    "progress_done, progress_total, progress_text, error, result, failure, heartbeat_at, eta_at, pauses"
)


@dataclass(frozen=True, slots=True)
class Note:
    """How far a job is; `total` 0 means unknown."""

    done: int
    total: int
    text: str
    eta_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What a try came to: a result for one that succeeded, else an error and its kind (`job_words`)."""

    told: str = ""
    failure: str = ""


NOTHING_SAID = Ending()


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be written down. `args` hold ids and dates only; `key` makes it idempotent."""

    name: str
    key: str
    args: Mapping[str, object]
    queue: Queue
    priority: int
    run_after: float


def job_of(row: Sequence[Any]) -> Job:
    """A row as a value. Whatever somebody wrote into the file by hand, this does not fail (`bury_broken`)."""
    values = list(row)
    values[3] = _args(values[3])
    values[4] = values[4] if values[4] in _QUEUES else Queue.SLOW
    values[6] = values[6] if values[6] in _STATES else JobState.DEAD
    values[4], values[6] = Queue(values[4]), JobState(values[6])
    return Job(*values)


_QUEUES, _STATES = frozenset(Queue), frozenset(JobState)


def _args(text: str) -> Mapping[str, object]:
    """The arguments in a row; none where they cannot be read, which the registry then refuses."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


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


_as_json = json.JSONEncoder(sort_keys=True).encode


def enqueue_instead(tx: Transaction, jobs: Mapping[str, NewJob], *, now: float) -> None:
    """Write jobs of one kind down at once, {prefix: job}, in place of those that wait under the prefixes.

    A waiting job whose key begins with a prefix is taken away, and the new one becomes as urgent as it was:
    many changes of one thing are one job, which a stream of changes cannot put off for ever.
    """
    if not jobs:
        return
    waited = _take_superseded(tx, jobs)
    rows = []
    for prefix, job in jobs.items():
        run_after, priority = waited.get(prefix, (job.run_after, job.priority))
        row = (job.name, job.key, _as_json(job.args), job.queue)
        rows.append((*row, max(priority, job.priority), min(run_after, job.run_after), now))
    tx.executemany(
        "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at) "
        "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT (name, key) DO UPDATE SET "
        "priority = excluded.priority, run_after = min(run_after, excluded.run_after), handed_over = 0 "
        "WHERE state = 'queued' AND priority < excluded.priority",
        rows,
    )
    tx.jobs_enqueued = True
    tx.changed(Changed.JOBS)


def _take_superseded(tx: Transaction, jobs: Mapping[str, NewJob]) -> dict[str, tuple[float, int]]:
    """Take away what waits under the prefixes; when and how urgently it was to run, by prefix."""
    name = next(iter(jobs.values())).name
    rows = tx.all(  # a cross join keeps its order: one search for each prefix, however many jobs wait
        "SELECT w.value, j.id, j.key, j.run_after, j.priority FROM json_each(?) w CROSS JOIN jobs j "
        f"WHERE j.name = ? AND j.key >= w.value AND j.key < w.value || char({sys.maxunicode}) "
        "AND j.state = 'queued'",
        (json.dumps(list(jobs)), name),
    )
    rows = [row for row in rows if row[2] != jobs[row[0]].key]
    tx.executemany("DELETE FROM jobs WHERE id = ?", [(row[1],) for row in rows])
    found: dict[str, tuple[float, int]] = {}
    for prefix, _, _, run_after, priority in rows:
        earliest, highest = found.get(prefix, (run_after, priority))
        found[prefix] = (min(earliest, run_after), max(highest, priority))
    return found


def forget_finished(tx: Transaction, name: str, key: str) -> None:
    """Let a job that came to its end be asked for again under the same key."""
    tx.execute(
        "DELETE FROM jobs WHERE name = ? AND key = ? AND state IN ('succeeded', 'dead', 'cancelled')",
        (name, key),
    )


def get(store: Database | Transaction, job_id: JobId) -> Job | None:
    """The job, or None."""
    row = store.one(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (job_id,))
    return None if row is None else job_of(row)


def claim(tx: Transaction, job_id: JobId, *, lease: str, now: float) -> Job | None:
    """Take a waiting job; None when somebody has it or it needs nobody any more.

    `lease` names this one try: whoever holds another one can no longer decide the job's fate.
    """
    row = tx.one(
        "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_owner = ?, handed_over = 0, "
        "started_at = ?, heartbeat_at = ?, eta_at = NULL, error = '', failure = '', progress_text = '', "
        "cancel_requested = 0 "
        f"WHERE id = ? AND state IN ('queued', 'waiting-retry') AND run_after <= ? RETURNING {COLUMNS}",
        (lease, now, now, job_id, now),
    )
    if row is not None:
        tx.changed(Changed.JOBS)
    return None if row is None else job_of(row)


def progress(tx: Transaction, job_id: JobId, note: Note, *, now: float) -> None:
    """Note how far a running job is, which also shows that it lives."""
    tx.execute(
        "UPDATE jobs SET progress_done = ?, progress_total = ?, progress_text = ?, eta_at = ?, "
        "heartbeat_at = ? WHERE id = ? AND state = 'running'",
        (note.done, note.total, note.text, note.eta_at, now, job_id),
    )


def heartbeats(tx: Transaction, seen: Mapping[str, float]) -> None:
    """Note when the jobs held under these leases were last seen alive."""
    tx.executemany(
        "UPDATE jobs SET heartbeat_at = ? WHERE state = 'running' AND lease_owner = ?",
        [(at, lease) for lease, at in seen.items()],
    )


def cancelled(store: Database) -> frozenset[str]:
    """The leases of running jobs that the user wants to end."""
    rows = store.all("SELECT lease_owner FROM jobs WHERE state = 'running' AND cancel_requested = 1")
    return frozenset(row[0] for row in rows)


def may_go_on(store: Database | Transaction, job_id: JobId, *, lease: str) -> bool:
    """False when the job is no longer held under this lease, or the user cancelled it."""
    row = store.one(
        "SELECT 1 FROM jobs WHERE id = ? AND state = 'running' AND lease_owner = ? AND cancel_requested = 0",
        (job_id, lease),
    )
    return row is not None


def finish(
    tx: Transaction, job_id: JobId, state: JobState, *, lease: str, now: float, ending: Ending = NOTHING_SAID
) -> bool:
    """Bring a running job to its end; False when it is not held under this lease any more.

    One that dies is alerted about, once for its kind and day; that an account refuses us, once for that.
    """
    result, error = (ending.told, "") if state is JobState.SUCCEEDED else ("", ending.told)
    row = tx.one(
        "UPDATE jobs SET state = ?, finished_at = ?, result = ?, error = ?, failure = ?, lease_owner = '', "
        "eta_at = NULL WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING name, args",
        (state, now, result, error, ending.failure, job_id, lease),
    )
    tx.changed(Changed.JOBS)
    if row is not None and state is JobState.DEAD:
        _tell(tx, row[0], ending, args=row[1], now=now)
    return row is not None


def _tell(tx: Transaction, name: str, ending: Ending, *, args: str, now: float) -> None:
    account_id = json.loads(args).get("account_id") if ending.failure == SignInError.__name__ else None
    if account_id is None:
        alert(tx, name, ending, now=now)
    elif not alerts.is_told(tx, about := alerts.about_account(account_id)):
        alerts.note(tx, about, text=ending.told, cure=job_words.cure(ending.failure), now=now)


def alert(tx: Transaction, name: str, ending: Ending, *, now: float) -> None:
    """Tell the user that a job of this kind is dead."""
    text = f"{job_words.title(name)} failed: {ending.told}"
    alerts.note(tx, about_kind(name), text=text, cure=job_words.cure(ending.failure), now=now)


def about_kind(name: str) -> str:
    """What an alert about a kind of job is about."""
    return f"job {name}"


STOPPED = (
    "lease_owner = '', eta_at = NULL, finished_at = CASE WHEN cancel_requested THEN ? END, "
    "state = CASE WHEN cancel_requested THEN 'cancelled' ELSE"
)
"""A cancelled job that stops for another reason is cancelled all the same."""


@dataclass(frozen=True, slots=True)
class Again:
    """The next try of a job: in how many seconds, how many tries count so far, how many pauses in a row."""

    delay: float
    attempt: int
    pauses: int = 0


def retry_later(
    tx: Transaction, job_id: JobId, *, lease: str, now: float, again: Again, ending: Ending
) -> bool:
    """Have a running job wait for another try; False when it is not held under this lease any more."""
    row = tx.one(
        "UPDATE jobs SET run_after = ?, attempt = ?, pauses = ?, error = ?, failure = ?, "
        f"{STOPPED} 'waiting-retry' END "
        "WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING id",
        (
            now + again.delay, again.attempt, again.pauses, ending.told, ending.failure, now, job_id, lease,
        ),
    )  # fmt: skip
    tx.changed(Changed.JOBS)
    tx.jobs_enqueued = True
    return row is not None


def wake(tx: Transaction, failure: str, *, now: float) -> None:
    """Let jobs that wait after this kind of failure be tried now: what it came from is over."""
    rows = tx.all(
        "UPDATE jobs SET run_after = ?, handed_over = 0 WHERE state = 'waiting-retry' AND failure = ? "
        "AND run_after > ? RETURNING id",
        (now, failure, now),
    )
    if rows:
        tx.changed(Changed.JOBS)
        tx.jobs_enqueued = True


def release(tx: Transaction, job_id: JobId, *, lease: str, now: float) -> bool:
    """Give a running job back unharmed: the program stops, the try does not count."""
    row = tx.one(
        "UPDATE jobs SET run_after = min(run_after, ?), attempt = max(attempt - 1, 0), "
        f"{STOPPED} 'queued' END WHERE id = ? AND state = 'running' AND lease_owner = ? RETURNING id",
        (now, now, job_id, lease),
    )
    tx.changed(Changed.JOBS)
    return row is not None


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


_AFRESH = (
    "UPDATE jobs SET state = 'queued', earlier_tries = earlier_tries + attempt, attempt = 0, pauses = 0, "
    "run_after = ?, error = '', failure = '', finished_at = NULL, handed_over = 0 "
)


def again(tx: Transaction, job_id: JobId, *, now: float) -> bool:
    """Give a dead, cancelled or waiting job a fresh set of tries, now."""
    row = tx.one(
        f"{_AFRESH} WHERE id = ? AND state IN ('dead', 'cancelled', 'waiting-retry') RETURNING name",
        (now, job_id),
    )
    return _gone_through(tx, [] if row is None else [row[0]]) > 0


def again_dead(tx: Transaction, name: str = "", *, now: float) -> int:
    """Give every dead job (of one kind) a fresh set of tries; how many there were."""
    rows = tx.all(f"{_AFRESH} WHERE state = 'dead' AND ? IN ('', name) RETURNING name", (now, name))
    return _gone_through(tx, [row[0] for row in rows])


_KEPT = (
    "name, key, args, queue, priority, state, attempt, run_after, error, failure, earlier_tries, "
    "created_at, started_at, finished_at"
)
"""What a discarded job is brought back from."""


def discard(tx: Transaction, *job_ids: JobId) -> int:
    """Forget dead or cancelled jobs; how many of these there were."""
    where = f"id IN ({', '.join('?' * len(job_ids))}) AND state IN ('dead', 'cancelled')"
    return _forget(tx, tx.all(f"DELETE FROM jobs WHERE {where} RETURNING {_KEPT}", job_ids))


def discard_dead(tx: Transaction, name: str = "") -> int:
    """Forget every dead job (of one kind); how many there were."""
    where = "state = 'dead' AND ? IN ('', name)"
    return _forget(tx, tx.all(f"DELETE FROM jobs WHERE {where} RETURNING {_KEPT}", (name,)))


def _forget(tx: Transaction, rows: Sequence[Sequence[object]]) -> int:
    if rows:
        label = f"Discarded {f'{len(rows):,} jobs' if len(rows) > 1 else job_words.title(str(rows[0][0]))}"
        undo.note(tx, label, "discard", inverse=[list(row) for row in rows])
    return _gone_through(tx, [str(row[0]) for row in rows])


def bring_back(tx: Transaction, rows: Sequence[Sequence[object]]) -> None:
    """Undo `discard`; what was asked for again meanwhile stays as it is."""
    marks = ", ".join("?" * len(_KEPT.split(", ")))
    tx.executemany(f"INSERT INTO jobs ({_KEPT}) VALUES ({marks}) ON CONFLICT DO NOTHING", rows)
    tx.changed(Changed.JOBS)


def _gone_through(tx: Transaction, names: Sequence[str]) -> int:
    """The user dealt with jobs of these names: an alert about a kind without dead jobs is done with."""
    tx.changed(Changed.JOBS)
    tx.jobs_enqueued |= bool(names)
    for name in set(names):
        if tx.one("SELECT 1 FROM jobs WHERE state = 'dead' AND name = ? LIMIT 1", (name,)) is None:
            alerts.settle(tx, about_kind(name))
    return len(names)


def prune(tx: Transaction, *, before: float) -> int:
    """Forget what succeeded or was cancelled before this moment, and its keys with it; how many rows.

    Dead jobs stay until the user has dealt with them. Whoever prunes leaves keys long enough that nothing
    is asked for twice: every key that names a day or a slot is asked for again within a week.
    """
    rows = tx.all(
        "DELETE FROM jobs WHERE finished_at IS NOT NULL AND finished_at < ? "
        "AND state IN ('succeeded', 'cancelled') RETURNING 1",
        (before,),
    )
    if rows:
        tx.changed(Changed.JOBS)
    return len(rows)


def open_count(store: Database | Transaction, names: Sequence[str] = (), *, least: int = 0) -> int:
    """Jobs of these names (none: any) and of priority `least` or more that still have something to do."""
    of_names = f" AND name IN ({', '.join('?' * len(names))})" if names else ""
    row = store.one(
        "SELECT count(*) FROM jobs WHERE state IN ('queued', 'waiting-retry', 'running') "
        f"AND priority >= ?{of_names}",
        (least, *names),
    )
    return int(row[0]) if row else 0


def open_of_account(store: Database | Transaction, account_id: int, name: str = "") -> list[JobId]:
    """Jobs for an account (of one name) that still have something to do."""
    of_name = "AND name = ? " if name else ""  # an index finds those of a name among very many others
    rows = store.all(
        f"SELECT id FROM jobs WHERE state IN ('queued', 'waiting-retry', 'running') {of_name}"
        "AND json_extract(args, '$.account_id') = ? ORDER BY id",
        (*([name] if name else []), account_id),
    )
    return [JobId(row[0]) for row in rows]


def awaited(store: Database | Transaction, name: str, key: str) -> JobId | None:
    """The job with this key while it has not ended and nobody cancelled it."""
    row = store.one(
        "SELECT id FROM jobs WHERE name = ? AND key = ? AND cancel_requested = 0 "
        "AND state IN ('queued', 'waiting-retry', 'running')",
        (name, key),
    )
    return None if row is None else JobId(row[0])


def state_of(store: Database, name: str, key: str) -> JobState | None:
    """The state of the job with this key, or None."""
    row = store.one("SELECT state FROM jobs WHERE name = ? AND key = ?", (name, key))
    return None if row is None else JobState(row[0])


def error_of(store: Database, name: str, key: str) -> str:
    """Why the job with this key is dead; "" when it is not."""
    row = store.one("SELECT error FROM jobs WHERE name = ? AND key = ? AND state = 'dead'", (name, key))
    return "" if row is None else str(row[0])
