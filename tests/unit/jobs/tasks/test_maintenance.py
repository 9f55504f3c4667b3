"""The maintenance jobs as the runner does them: what they say, and that twice is as good as once."""

from pathlib import Path

import pytest

from fluffy_core.domain.health import Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import TransientError
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import maintenance
from fluffy_core.services.home import local_time
from fluffy_core.services.sync import health as sync_health
from fluffy_core.store import alerts, health, ledger, settings
from fluffy_core.store.database import Database
from fluffy_core.store.sources import Account
from tests.fakes import stored
from tests.fakes.jobs import NO_PIM, Clock, all_jobs, nowhere, paths
from tests.fakes.stored import Letter


class Desk:
    """Asks for maintenance jobs and does them."""

    def __init__(self, store: Database, clock: Clock, home: Path) -> None:
        self.store = store
        self.clock = clock
        self.registry = Registry(maintenance.kinds(paths(home), nowhere, NO_PIM))
        self.runner = Runner(store, self.registry, Bus(), clock=clock)

    def do(self, name: str, **args: object) -> Job:
        with self.store.transaction() as tx:
            wanted = self.registry.new_job(name, args, run_after=self.clock())
            job_id = ledger.enqueue(tx, wanted, now=self.clock())
        assert job_id is not None
        self.runner.run(job_id)
        job = ledger.get(self.store, job_id)
        assert job is not None
        return job

    def dump(self) -> list[object]:
        """Everything but the jobs themselves."""
        tables = self.store.all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name NOT LIKE 'search%' AND name <> 'jobs' ORDER BY name"
        )
        return [(name, self.store.all(f"SELECT * FROM {name}")) for (name,) in tables]


@pytest.fixture
def desk(store: Database, clock: Clock, tmp_path: Path) -> Desk:
    with store.transaction() as tx:
        settings.put(tx, local_time.ZONE, "UTC")
    stored.keep(store, [Letter("One"), Letter("Two", day=1)])
    return Desk(store, clock, tmp_path)


def test_cleaning_up_says_what_went(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        tx.execute("INSERT INTO addresses (email) VALUES ('nobody@x.example')")
    job = desk.do("cleanup-old-data", day="2025-03-10")
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Removed 1 unused address")
    before = desk.dump()
    again = desk.do("cleanup-old-data", day="2025-03-11")
    assert (again.result, desk.dump()) == ("Nothing to tidy up", before)


def test_counting_says_how_much(desk: Desk) -> None:
    job = desk.do("aggregate-analytics", day="2025-03-10")
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Counted the mail of 2 days")
    before = desk.dump()
    again = desk.do("aggregate-analytics", day="2025-03-11")
    assert (again.result, desk.dump()) == ("No new mail to count", before)


def test_the_same_slot_is_one_job(desk: Desk) -> None:
    for name, args in (
        ("cleanup-old-data", {"day": "2025-03-10"}),
        ("aggregate-analytics", {"day": "2025-03-10"}),
        ("check-sync-health", {"account_id": 1, "slot": "2025-03-10T06:00Z"}),
    ):
        desk.do(name, **args)
        with desk.store.transaction() as tx:
            job = desk.registry.new_job(name, args, run_after=0)
            assert ledger.enqueue(tx, job, now=0) is None


def test_looking_after_an_account_leaves_a_row_and_a_sentence(desk: Desk, clock: Clock) -> None:
    job = desk.do("check-sync-health", account_id=1, slot="a")
    row = health.get(desk.store, job_account(job))
    assert row is not None
    assert job.state is JobState.SUCCEEDED
    assert job.result.startswith(row.finding.words)
    assert row.checked_at == clock.now
    clock.now += 6 * 3600
    desk.do("check-sync-health", account_id=1, slot="b")
    later = health.get(desk.store, job_account(job))
    assert later is not None
    assert (later.finding, later.since, later.checked_at) == (row.finding, row.since, clock.now)


def job_account(job: Job) -> AccountId:
    return AccountId(int(str(job.args["account_id"])))


def test_an_account_that_fails_is_a_job_that_succeeded_with_an_alert(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([Finding(HealthState.FAILING, "Refused.", "Sign in."), Finding(HealthState.WELL, "Fine.")])
    monkeypatch.setitem(sync_health.CHECKS, "files", lambda _store, _account: next(answers))
    assert desk.do("check-sync-health", account_id=1, slot="a").result == "Refused. Sign in."
    assert len(alerts.listed(desk.store)) == 1
    assert desk.do("check-sync-health", account_id=1, slot="b").result == "Fine."
    assert alerts.listed(desk.store) == ()


def test_a_check_without_network_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(_store: Database, _account: Account) -> Finding:
        raise TransientError("No network.")

    monkeypatch.setitem(sync_health.CHECKS, "files", offline)
    job = desk.do("check-sync-health", account_id=1, slot="a")
    assert (job.state, job.error) == (JobState.WAITING_RETRY, "No network.")
    assert health.listed(desk.store) == ()


def test_an_account_that_was_removed(desk: Desk) -> None:
    job = desk.do("check-sync-health", account_id=99, slot="a")
    assert (job.state, job.result) == (JobState.SUCCEEDED, "The account was removed meanwhile")


@pytest.mark.parametrize("name", ["cleanup-old-data", "aggregate-analytics"])
def test_a_closing_program_interrupts_them(desk: Desk, name: str) -> None:
    desk.runner.stopping = lambda: True
    before = desk.dump()
    assert desk.do(name, day="2025-03-10").state is JobState.QUEUED
    if name == "aggregate-analytics":
        assert desk.dump() == before
    desk.runner.stopping = lambda: False
    (waiting,) = all_jobs(desk.store)
    assert desk.runner.run(waiting.id) is JobState.SUCCEEDED
