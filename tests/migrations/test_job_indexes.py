"""job_indexes: the dispatcher's questions are answered by indexes, in new homes and in upgraded ones."""

from pathlib import Path

import pytest

from fluffy_core.domain.jobs import Queue
from fluffy_core.store import job_line, ledger, migrations
from fluffy_core.store.database import Database
from fluffy_core.store.job_line import Line
from tests.fakes import stored
from tests.fakes.effort import least, seconds, within

MANY = "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at) "
ROW = "VALUES ('small', ?, '{}', 'normal', 10, 'queued', 5, 0)"


def plan(store: Database, sql: str) -> str:
    return "; ".join(str(row[3]) for row in store.all(f"EXPLAIN QUERY PLAN {sql}"))


def test_job_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:1])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        tx.execute("CREATE INDEX jobs_due ON jobs (queue)")
        tx.execute(MANY + ROW, ("1",))
    assert migrations.migrate(store) == len(migrations.STEPS) - 1
    indexes = {
        row[0]
        for row in store.all("SELECT name FROM sqlite_schema WHERE tbl_name = 'jobs' AND type = 'index'")
    }
    assert {"jobs_due", "jobs_later", "jobs_handed_over", "jobs_pressing", "jobs_state"} <= indexes
    assert ledger.open_count(store) == 1
    assert job_line.next_due(store, after=1) == 5
    wanted = "SELECT id FROM jobs WHERE queue = 'fast' AND state IN ('queued', 'waiting-retry')"
    wanted += " AND handed_over = 0 AND run_after <= 9 ORDER BY priority DESC, run_after, id LIMIT 3"
    best_first = plan(store, wanted)
    assert "jobs_due" in best_first
    assert "TEMP B-TREE" not in best_first
    store.close()


def test_fifty_thousand_waiting_jobs_cost_no_more_to_ask_about_than_five_hundred(tmp_path: Path) -> None:
    store = stored.empty(tmp_path)

    def add(numbers: range) -> None:
        with store.transaction() as tx:
            tx.executemany(MANY + ROW, [(str(number),) for number in numbers])

    def ask() -> None:
        for _ in range(50):
            assert job_line.handed_over(store) == {}
            assert job_line.next_due(store, after=5) is None
            assert not job_line.pressing(store, 20, now=9)
            assert not job_line.anything_due(store, Queue.NORMAL, Line(9, least=20))
            assert job_line.anything_due(store, Queue.NORMAL, Line(9))

    add(range(500))
    few = least(lambda: seconds(ask), enough=0)
    add(range(500, 50_000))
    within(4 * few, ask)
    store.close()
