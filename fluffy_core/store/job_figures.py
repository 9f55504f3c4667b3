"""The ledger as it is looked at: lists, counts and rates."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.domain.jobs import Job, JobFigures, JobState
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs to list: of these states and names (all when empty), of this account when one is given."""

    states: Sequence[JobState] = ()
    names: Sequence[str] = ()
    account_id: int | None = None


def listed(store: Database, wanted: Wanted, limit: int) -> tuple[Job, ...]:
    """Jobs, newest change first."""
    parts, values = [], list[object]()
    for column, chosen in (("state", wanted.states), ("name", wanted.names)):
        if chosen:
            parts.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += chosen
    if wanted.account_id is not None:
        parts.append("CASE WHEN json_valid(args) THEN json_extract(args, '$.account_id') END = ?")
        values.append(wanted.account_id)
    where = f"WHERE {' AND '.join(parts)}" if parts else ""
    rows = store.all(
        f"SELECT {ledger.COLUMNS} FROM jobs {where} "
        "ORDER BY coalesce(finished_at, started_at, created_at) DESC, id DESC LIMIT ?",
        (*values, limit),
    )
    return tuple(ledger.job_of(row) for row in rows)


def counts(store: Database) -> dict[str, dict[str, int]]:
    """Counts by job name and state: {name: {state: count}}."""
    counted: dict[str, dict[str, int]] = {}
    for name, state, count in store.all("SELECT name, state, count(*) FROM jobs GROUP BY name, state"):
        counted.setdefault(name, {})[state] = count
    return counted


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
