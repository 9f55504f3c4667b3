"""The sync jobs as the runner does them: success, trouble of every kind, pause, cancel and the clock."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import (
    BlockedError,
    FluffyError,
    SignInError,
    TransientError,
    UnreachableError,
    UntrustedServerError,
)
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import sync as tasks
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts import network
from fluffy_core.services.sync.pages import FIRST_PAGE
from fluffy_core.store import accounts, alerts, ledger
from fluffy_core.store.database import Database
from tests.fakes.jobs import Clock
from tests.fakes.synced import ADDRESS, Synced

FIRST, LATER = "sync-emails-initial", "sync-emails-incremental"


class Desk:
    """Asks for sync jobs of one account and does them."""

    def __init__(self, store: Database, clock: Clock, scratch: Path) -> None:
        self.synced = Synced(store)
        self.store = store
        self.clock = clock
        self.registry = Registry(tasks.kinds(scratch, self.synced.connect))
        self.runner = Runner(store, self.registry, Bus(), clock=clock)
        self.asked = 0

    def ask(self, name: str) -> Job:
        self.asked += 1
        word = "start_date" if name == FIRST else "cursor"
        args = {"account_id": self.synced.id, word: "" if name == FIRST else str(self.asked)}
        with self.store.transaction() as tx:
            wanted = self.registry.new_job(name, args, run_after=self.clock())
            job_id = ledger.enqueue(tx, wanted, now=self.clock())
        assert job_id is not None
        job = ledger.get(self.store, job_id)
        assert job is not None
        return job

    def do(self, name: str) -> Job:
        return self.work(self.ask(name))

    def work(self, job: Job) -> Job:
        self.runner.run(job.id)
        found = ledger.get(self.store, job.id)
        assert found is not None
        return found


@pytest.fixture
def desk(store: Database, clock: Clock, tmp_path: Path) -> Desk:
    return Desk(store, clock, tmp_path)


def test_the_first_sync_says_what_it_brought(desk: Desk) -> None:
    ids = desk.synced.deliver(4)
    desk.synced.server.damaged[ids[0]] = "Out of sorts."
    job = desk.do(FIRST)
    assert (job.state, job.result) == (
        JobState.SUCCEEDED, "Partial: 3 of 4 messages; the rest is tried again"
    )  # fmt: skip
    desk.synced.server.damaged.clear()
    assert desk.do(LATER).result == "1 new message"
    assert desk.synced.here() == desk.synced.there()


def test_catching_up_waits_for_the_first_sync(desk: Desk) -> None:
    desk.synced.deliver(1)
    first = desk.ask(FIRST)
    assert desk.do(LATER).result == "The first sync is still under way"
    desk.work(first)
    assert desk.do(LATER).result == "0 new messages"


def test_catching_up_ends_what_a_first_sync_gave_up(desk: Desk) -> None:
    desk.synced.deliver(2)
    desk.synced.server.faults.append(UntrustedServerError("Expired."))
    assert desk.do(FIRST).state is JobState.DEAD
    assert desk.do(LATER).result == "2 new messages"


def test_a_wait_that_the_server_asks_for_is_obeyed(desk: Desk) -> None:
    desk.synced.server.faults.append(TransientError("Later.", retry_after=37))
    job = desk.do(LATER)
    assert (job.state, job.error) == (JobState.WAITING_RETRY, "Later.")
    assert job.run_after == pytest.approx(desk.clock() + 37, abs=1)


def test_a_refused_password_ends_the_job_with_a_cure_and_is_not_tried_by_the_clock(desk: Desk) -> None:
    assert [one.id for one in network.worth_asking(desk.store)] == [desk.synced.id]
    desk.synced.server.faults.append(SignInError("The server refuses the password."))
    job = desk.do(LATER)
    assert (job.state, job.error) == (JobState.DEAD, "The server refuses the password.")
    (alert,) = alerts.listed(desk.store)
    assert "Sign in to the account again" in alert.cure
    assert network.worth_asking(desk.store) == []
    settings = AccountSettings(Server("127.0.0.1", 1), ADDRESS)
    with desk.store.transaction() as tx:
        accounts.put(tx, desk.synced.id, settings, password="right")
    assert len(network.worth_asking(desk.store)) == 1


def test_an_account_that_refuses_us_is_one_alert_however_many_jobs_meet_it(desk: Desk) -> None:
    for name in (LATER, FIRST, LATER):
        desk.synced.server.faults.append(SignInError("The server refuses the password."))
        desk.do(name)
    (alert,) = alerts.listed(desk.store)
    assert (alert.about, alert.times, alert.serious) == (f"account {desk.synced.id}", 1, False)
    desk.do(LATER)
    assert alerts.listed(desk.store) == ()


def test_an_account_that_is_gone_is_nothing_to_do(desk: Desk) -> None:
    job = desk.ask(LATER)
    with desk.store.transaction() as tx:
        accounts.remove(tx, desk.synced.id)
    assert desk.work(job).result == "The account was removed meanwhile"


def test_offline_nothing_is_asked_and_nothing_fails(desk: Desk) -> None:
    network.set_offline(desk.store, True)
    desk.synced.server.faults.append(TransientError("It was asked."))
    job = desk.do(LATER)
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Not asked: every connection is switched off")


def test_a_cancelled_sync_keeps_the_pages_it_has(desk: Desk) -> None:
    desk.synced.deliver(FIRST_PAGE * 3)
    job = desk.ask(FIRST)
    stop_after_a_page(desk, lambda: cancel(desk, job))
    assert desk.work(job).state is JobState.CANCELLED
    assert desk.synced.messages() == FIRST_PAGE
    assert desk.do(LATER).result == f"{FIRST_PAGE * 2:,} new messages"
    assert desk.synced.here() == desk.synced.there()


def test_a_paused_sync_goes_on_where_it_was(desk: Desk) -> None:
    desk.synced.deliver(FIRST_PAGE * 3)
    job = desk.ask(FIRST)
    stop_after_a_page(desk, lambda: setattr(desk.runner, "held", lambda _job: True))
    assert desk.work(job).state is JobState.QUEUED
    assert desk.synced.messages() == FIRST_PAGE
    desk.runner.held = lambda _job: False
    assert desk.work(job).result == f"{FIRST_PAGE * 3:,} new messages"


def stop_after_a_page(desk: Desk, stop: Callable[[], object]) -> None:
    """Do something as soon as the first page is stored."""
    done: list[bool] = []

    def after(_changes: object, _enqueued: bool) -> None:
        if desk.synced.messages() and not done:
            done.append(True)
            stop()

    desk.store.add_after_commit(after)


def cancel(desk: Desk, job: Job) -> None:
    with desk.store.transaction() as tx:
        ledger.cancel(tx, job.id, now=desk.clock())


@pytest.mark.parametrize("error", [TransientError("Broken."), UntrustedServerError("Expired.")])
def test_after_trouble_the_next_sync_brings_the_rest(desk: Desk, error: FluffyError) -> None:
    desk.synced.deliver(3)
    desk.synced.server.faults.append(error)
    desk.do(LATER)
    desk.do(LATER)
    assert desk.synced.here() == desk.synced.there()
    assert [one.messages for one in accounts_service.listed(desk.store)] == [3]


def later(desk: Desk, seconds: float) -> None:
    """Let time pass, for what the server was promised as well."""
    desk.clock.now += seconds
    until = accounts.throttled_until(desk.store, desk.synced.id)
    with desk.store.transaction() as tx:
        accounts.set_throttled(tx, desk.synced.id, max(0.0, until - seconds) if until else 0.0)


def test_a_first_sync_that_is_throttled_again_and_again_ends_all_the_same(desk: Desk) -> None:
    desk.synced.deliver(FIRST_PAGE + 5)
    job = desk.ask(FIRST)
    for _ in range(10):
        desk.synced.server.faults.append(TransientError("Slow down.", retry_after=60))
        job = desk.work(job)
        assert (job.state, job.attempt) == (JobState.WAITING_RETRY, 0)
        assert network.worth_asking(desk.store) == []
        later(desk, 61)
    job = desk.work(job)
    assert (job.state, job.result) == (JobState.SUCCEEDED, f"{FIRST_PAGE + 5:,} new messages")
    assert accounts.throttled_until(desk.store, desk.synced.id) == 0
    assert accounts.synced_at(desk.store, desk.synced.id) > 0


def test_while_the_server_wants_a_pause_nobody_asks_it(desk: Desk) -> None:
    first, desk_server = desk.ask(FIRST), desk.synced.server
    with desk.store.transaction() as tx:
        accounts.set_throttled(tx, desk.synced.id, time.time() + 3600)
    desk_server.faults.append(SignInError("It was asked."))
    waiting = desk.work(first)
    assert (waiting.state, waiting.attempt) == (JobState.WAITING_RETRY, 0)
    assert waiting.error.startswith("Throttled until ")
    assert waiting.run_after == pytest.approx(desk.clock() + 3600, abs=1)
    with desk.store.transaction() as tx:
        ledger.cancel(tx, first.id, now=desk.clock())
    refused = desk.do(LATER)
    assert (refused.state, refused.result) == (JobState.SUCCEEDED, waiting.error.rstrip("."))
    assert len(desk_server.faults) == 1
    assert accounts.synced_at(desk.store, desk.synced.id) == 0


def test_a_first_sync_that_is_cut_off_by_going_offline_goes_on_when_online(desk: Desk) -> None:
    desk.synced.deliver(FIRST_PAGE * 20)
    job = desk.ask(FIRST)

    def cut() -> None:
        desk.synced.server.faults.append(BlockedError("Working offline."))
        network.set_offline(desk.store, True)

    stop_after_a_page(desk, cut)
    job = desk.work(job)
    assert (job.state, job.attempt, job.failure) == (JobState.WAITING_RETRY, 0, "UnreachableError")
    assert FIRST_PAGE <= desk.synced.messages() < FIRST_PAGE * 20
    desk.clock.now = max(desk.clock.now, job.run_after)
    job = desk.work(job)
    assert (job.state, job.attempt) == (JobState.WAITING_RETRY, 0), "still offline"
    assert "it goes on when they are allowed again" in job.error
    with desk.store.transaction() as tx:
        tx.execute("UPDATE jobs SET run_after = 1e11")
    network.set_offline(desk.store, False)
    desk.clock.now = time.time()
    assert desk.work(job).result == f"{FIRST_PAGE * 20:,} new messages"
    assert desk.synced.here() == desk.synced.there()


def test_one_sync_waits_for_a_network_that_is_gone_and_later_ones_do_not_pile_up(desk: Desk) -> None:
    desk.synced.server.faults += [UnreachableError("No way."), UnreachableError("No way.")]
    assert desk.do(LATER).state is JobState.WAITING_RETRY
    second = desk.do(LATER)
    assert (second.state, second.error) == (
        JobState.CANCELLED, "No way. An earlier sync goes on as soon as it can."
    )  # fmt: skip
    desk.synced.deliver(1)
    assert desk.do(LATER).result == "1 new message", "and whoever asks anew is not put off"


def test_a_host_that_is_not_ours_is_no_reason_to_wait(desk: Desk) -> None:
    desk.synced.server.faults.append(BlockedError("h belongs to none of the accounts."))
    assert desk.do(FIRST).state is JobState.DEAD
