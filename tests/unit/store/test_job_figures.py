"""What was done by day and kind, jobs by their numbers, and the accounts that jobs are about."""

from datetime import datetime

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import DoneRun, JobState
from fluffy_core.store import job_figures
from fluffy_core.store.database import Database
from fluffy_core.store.job_figures import EVERYTHING, Wanted

NOON = datetime(2025, 3, 10, 12).astimezone().timestamp()
"""Of a day in this computer's own zone."""
HOUR, DAY = 3600.0, 86_400.0


def add(store: Database, name: str, at: float, *, state: str = "succeeded", args: str = "{}") -> JobId:
    with store.transaction() as tx:
        count = tx.one("SELECT count(*) FROM jobs")
        row = tx.one(
            "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at, finished_at) "
            "VALUES (?, ?, ?, 'fast', 1, ?, 0, 0, ?) RETURNING id",
            (name, str(count), args, state, at),
        )
    assert row is not None
    return JobId(row[0])


def test_an_empty_ledger_has_no_history(store: Database) -> None:
    assert job_figures.history(store, EVERYTHING, 100) == ()


def test_jobs_of_a_kind_in_a_row_are_one_entry(store: Database) -> None:
    first = add(store, "a", NOON)
    for minute in range(1, 4):
        last = add(store, "b", NOON + minute)
    other = add(store, "a", NOON + 10)
    assert job_figures.history(store, EVERYTHING, 100) == (
        DoneRun(other, 1, NOON + 10, "2025-03-10"),
        DoneRun(last, 3, NOON + 3, "2025-03-10"),
        DoneRun(first, 1, NOON, "2025-03-10"),
    )


def test_a_row_ends_with_the_day_and_with_how_it_ended(store: Database) -> None:
    add(store, "a", NOON - DAY)
    add(store, "a", NOON)
    add(store, "a", NOON + HOUR)
    add(store, "a", NOON + 2 * HOUR, state="cancelled")
    assert [one.times for one in job_figures.history(store, EVERYTHING, 100)] == [1, 2, 1]


def test_the_limit_counts_jobs_not_rows(store: Database) -> None:
    for minute in range(10):
        add(store, "a", NOON + minute)
    assert [one.times for one in job_figures.history(store, EVERYTHING, 4)] == [4]


def test_history_of_one_kind_account_and_state(store: Database) -> None:
    mine = add(store, "a", NOON, args='{"account_id": 7}')
    add(store, "a", NOON, args='{"account_id": 8}')
    add(store, "a", NOON, args="rubbish")
    add(store, "b", NOON, args='{"account_id": 7}')
    add(store, "a", NOON, args='{"account_id": 7}', state="dead")
    wanted = Wanted((JobState.SUCCEEDED,), ("a",), 7)
    assert [one.job_id for one in job_figures.history(store, wanted, 10)] == [mine]
    assert job_figures.counts(store, wanted) == {"a": {"succeeded": 1}}
    assert job_figures.counts(store)["a"] == {"succeeded": 3, "dead": 1}


def test_what_changes_with_the_history(store: Database) -> None:
    assert job_figures.newest(store) == (0, 0.0)
    add(store, "a", NOON)
    assert job_figures.newest(store) == (1, NOON)
    add(store, "a", NOON - DAY)
    assert job_figures.newest(store) == (2, NOON)


def test_jobs_by_number_leave_out_those_that_are_gone(store: Database) -> None:
    kept, other = add(store, "a", NOON), add(store, "b", NOON)
    found = job_figures.by_id(store, [kept, JobId(999)])
    assert list(found) == [kept]
    assert found[kept].name == "a"
    assert set(job_figures.by_id(store, [kept, other])) == {kept, other}
    assert job_figures.by_id(store, []) == {}


def test_only_accounts_that_jobs_are_about(store: Database) -> None:
    with store.transaction() as tx:
        for number, name in ((1, "Post"), (2, "Archive"), (3, "Nobody's")):
            tx.execute(
                "INSERT INTO accounts (id, kind, name, created_at) VALUES (?, 'files', ?, 0)", (number, name)
            )
    add(store, "a", NOON, args='{"account_id": 1}')
    add(store, "a", NOON, args='{"account_id": 2}')
    add(store, "a", NOON, args="not JSON")
    assert job_figures.accounts(store) == ((2, "Archive"), (1, "Post"))
