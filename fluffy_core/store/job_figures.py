"""The ledger as it is looked at: lists, counts and rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import DoneRun, Job, JobFigures, JobState
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs to list: of these states and names (all when empty), of this account when one is given."""

    states: Sequence[JobState] = ()
    names: Sequence[str] = ()
    account_id: int | None = None


EVERYTHING = Wanted()


def listed(store: Database, wanted: Wanted, limit: int) -> tuple[Job, ...]:
    """Jobs, newest change first."""
    where, values = _where(wanted)
    rows = store.all(
        f"SELECT {ledger.COLUMNS} FROM jobs {where} "
        "ORDER BY coalesce(finished_at, started_at, created_at) DESC, id DESC LIMIT ?",
        (*values, limit),
    )
    return tuple(ledger.job_of(row) for row in rows)


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    """The condition and its values."""
    parts, values = [], list[object]()
    for column, chosen in (("state", wanted.states), ("name", wanted.names)):
        if chosen:
            parts.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    if wanted.account_id is not None:
        parts.append("CASE WHEN json_valid(args) THEN json_extract(args, '$.account_id') END = ?")
        values.append(wanted.account_id)
    return (f"WHERE {' AND '.join(parts)}" if parts else ""), values


def counts(store: Database, wanted: Wanted = EVERYTHING) -> dict[str, dict[str, int]]:
    """Counts by job name and state: {name: {state: count}}."""
    where, values = _where(wanted)
    counted: dict[str, dict[str, int]] = {}
    for name, state, count in store.all(
        f"SELECT name, state, count(*) FROM jobs {where} GROUP BY name, state", values
    ):
        counted.setdefault(name, {})[state] = count
    return counted


def history(store: Database, wanted: Wanted, limit: int) -> tuple[DoneRun, ...]:
    """The newest `limit` finished jobs, newest first, those of one kind and day in a row told as one."""
    where, values = _where(wanted)
    rows = store.all(
        "SELECT id, finished_at, date(finished_at, 'unixepoch', 'localtime') AS day, name, state "
        f"FROM jobs INDEXED BY jobs_finished {where} {'AND' if where else 'WHERE'} finished_at IS NOT NULL "
        "ORDER BY finished_at DESC, id DESC LIMIT ?",
        (*values, limit),
    )
    runs = (list(some) for _, some in groupby(rows, itemgetter(slice(2, None))))
    return tuple(DoneRun(JobId(run[0][0]), len(run), run[0][1] or 0.0, run[0][2] or "") for run in runs)


def newest(store: Database) -> tuple[int, float]:
    """How many finished jobs are kept and when the last one ended: the history is the same while they are."""
    row = store.one("SELECT count(*), max(finished_at) FROM jobs WHERE finished_at IS NOT NULL")
    return (row[0], row[1] or 0.0) if row else (0, 0.0)


def by_id(store: Database, ids: Sequence[JobId]) -> dict[JobId, Job]:
    """These jobs, those that are still kept."""
    marks = ", ".join("?" * len(ids))
    rows = store.all(f"SELECT {ledger.COLUMNS} FROM jobs WHERE id IN ({marks})", tuple(ids))
    return {job.id: job for job in map(ledger.job_of, rows)}


def accounts(store: Database) -> tuple[tuple[int, str], ...]:
    """(id, name) of every account that a kept job is about."""
    rows = store.all(
        "SELECT id, name FROM accounts WHERE id IN (SELECT json_extract(args, '$.account_id') FROM jobs "
        "WHERE json_valid(args)) ORDER BY name, id"
    )
    return tuple((int(row[0]), str(row[1])) for row in rows)


def runs(store: Database) -> dict[str, int]:
    """How often a handler of each kind was called, retries included, over the rows that are kept.

    A try that was interrupted by the end of the program is not counted: it goes on in the next one.
    """
    return dict(store.all("SELECT name, sum(attempt + earlier_tries) FROM jobs GROUP BY name"))


def figures(store: Database, *, now: float) -> JobFigures:
    """Depth, age of the oldest, and what was done within the last hour."""
    states: dict[str, int] = dict(store.all("SELECT state, count(*) FROM jobs GROUP BY state"))
    due = store.one(
        "SELECT count(*), min(max(created_at, run_after)) FROM jobs "
        "WHERE state IN ('queued', 'waiting-retry') AND run_after <= ?",
        (now,),
    )
    waiting, oldest = due or (0, None)
    done = store.one(
        "SELECT count(*) FROM jobs INDEXED BY jobs_finished WHERE finished_at > ? AND state = 'succeeded'",
        (now - HOUR,),
    )
    return JobFigures(
        waiting=waiting,
        later=states.get("queued", 0) + states.get("waiting-retry", 0) - waiting,
        running=states.get("running", 0),
        dead=states.get("dead", 0),
        oldest_seconds=0.0 if oldest is None else max(0.0, now - oldest),
        done_last_hour=done[0] if done else 0,
    )
