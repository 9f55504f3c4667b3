"""The line of waiting jobs: whose turn it is, who is with the dispatcher, who is held back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Pauses, Queue
from fluffy_core.store.database import Database, Transaction


class Due(NamedTuple):
    """A job whose turn has come."""

    id: JobId
    name: str
    priority: int
    queue: Queue


@dataclass(frozen=True, slots=True)
class Line:
    """Who may be handed over: due at `now`, of priority `least` or above, of no kind in `without`."""

    now: float
    limit: int = 1
    least: int = 0
    without: Sequence[str] = ()


def due(tx: Transaction, queue: Queue, line: Line) -> list[Due]:
    """The jobs of a queue to hand over next, at most `limit`, best first; marks them as handed over."""
    rows = tx.all(
        "UPDATE jobs SET handed_over = 1 WHERE id IN ("
        "SELECT id FROM jobs WHERE queue = ? AND state IN ('queued', 'waiting-retry') "
        f"AND handed_over = 0 AND run_after <= ? AND priority >= ?{_no(line.without)} "
        "ORDER BY priority DESC, run_after, id LIMIT ?) RETURNING id, name, priority, run_after",
        (queue, line.now, line.least, *line.without, line.limit),
    )
    rows.sort(key=lambda row: (-row[2], row[3], row[0]))  # RETURNING promises no order
    return [Due(JobId(row[0]), row[1], row[2], queue) for row in rows]


def anything_due(store: Database, queue: Queue, line: Line) -> bool:
    """Whether `due` would find a job."""
    row = store.one(
        "SELECT 1 FROM jobs WHERE queue = ? AND state IN ('queued', 'waiting-retry') AND handed_over = 0 "
        f"AND run_after <= ? AND priority >= ?{_no(line.without)} LIMIT 1",
        (queue, line.now, line.least, *line.without),
    )
    return row is not None


def _no(names: Collection[str]) -> str:
    return f" AND name NOT IN ({', '.join('?' * len(names))})" if names else ""


def pressing(store: Database, priority: int, *, now: float, without: Collection[str] = ()) -> bool:
    """Whether a job of at least this priority runs or is due, in whatever queue.

    The kinds in `without` are paused: they wait, and keep nobody else waiting.
    """
    row = store.one(
        "SELECT 1 FROM jobs INDEXED BY jobs_pressing WHERE state IN ('queued', 'running') AND priority >= ? "
        f"AND run_after <= ?{_no(without)} LIMIT 1",
        (priority, now, *without),
    )
    return row is not None


def more_urgent(store: Database, queue: Queue, priority: int) -> bool:
    """Whether a job of a higher priority was handed over to this queue and waits for a worker."""
    row = store.one(
        "SELECT 1 FROM jobs INDEXED BY jobs_handed_over WHERE handed_over = 1 AND queue = ? "
        "AND priority > ? LIMIT 1",
        (queue, priority),
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


def held_count(store: Database, paused: Pauses, *, below: int) -> int:
    """Waiting jobs that nobody starts: paused ones, and of a priority `below` those that are held back.

    So are those that wait for a network or a server that is gone.
    """
    names = sorted(paused.kinds)
    row = store.one(
        "SELECT count(*) FROM jobs WHERE state IN ('queued', 'waiting-retry') AND (? OR (? AND priority < ?) "
        "OR (state = 'waiting-retry' AND failure = 'UnreachableError')"
        f"{f' OR NOT (TRUE{_no(names)})' if names else ''})",
        (paused.everything, paused.held != "", below, *names),
    )
    return int(row[0]) if row else 0
