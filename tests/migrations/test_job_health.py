"""job_health: jobs of an older home keep what they were, and get signs of life and alerts."""

from pathlib import Path

import pytest

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState
from fluffy_core.store import alerts, job_figures, ledger, migrations
from fluffy_core.store.ledger import Ending
from tests.fakes import stored

ROW = (
    "INSERT INTO jobs (name, key, args, queue, priority, state, attempt, run_after, created_at, finished_at) "
    "VALUES ('small', ?, '{}', 'fast', 20, ?, ?, 5, 1, ?)"
)


def test_job_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[: migrations.STEPS.index(migrations.job_health)])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        tx.execute(ROW, ("a", "queued", 0, None))
        tx.execute(ROW, ("b", "dead", 3, 9.0))
    migrations.migrate(store)
    waiting, dead = (ledger.get(store, JobId(one)) for one in (1, 2))
    assert waiting is not None
    assert dead is not None
    assert (waiting.heartbeat_at, waiting.eta_at, waiting.failure) == (None, None, "")
    assert (dead.state, dead.attempt, dead.failure) == (JobState.DEAD, 3, "")
    assert job_figures.runs(store) == {"small": 3}
    assert alerts.listed(store) == ()
    with store.transaction() as tx:
        assert ledger.claim(tx, JobId(1), lease="a", now=10.0)
        ledger.finish(tx, JobId(1), JobState.DEAD, lease="a", now=11.0, ending=Ending("no", "Bug"))
    assert [one.about for one in alerts.listed(store)] == ["job small"]
    store.close()


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT id FROM jobs WHERE finished_at < 5 AND finished_at IS NOT NULL", "jobs_finished"),
        (
            "SELECT 1 FROM jobs WHERE queue = 'fast' AND state IN ('queued', 'waiting-retry') AND "
            "handed_over = 0 AND run_after <= 9 AND priority >= 0 AND name NOT IN ('a') LIMIT 1",
            "jobs_due",
        ),
        ("SELECT id FROM alerts WHERE about = 'x' AND created_at > 5", "alerts_about"),
    ],
)
def test_what_is_asked_often_is_answered_by_an_index(tmp_path: Path, question: str, index: str) -> None:
    store = stored.empty(tmp_path)
    plan = "; ".join(str(row[3]) for row in store.all(f"EXPLAIN QUERY PLAN {question}"))
    assert index in plan
    store.close()
