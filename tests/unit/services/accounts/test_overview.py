"""The Accounts page: how every account stands, in which words, and what its last syncs brought."""

import time
from collections.abc import Mapping
from dataclasses import replace

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.ids import AccountId, JobId
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC, JobState, Pauses, Queue
from fluffy_core.domain.rows import AccountOverview, AccountState
from fluffy_core.services.accounts import network
from fluffy_core.services.accounts import overview as accounts_overview
from fluffy_core.services.home import local_time
from fluffy_core.store import accounts, ledger, pauses, settings, sources
from fluffy_core.store.database import Database
from fluffy_core.store.ledger import Again, Ending, NewJob, Note
from tests.fakes import stored
from tests.fakes.stored import Letter
from tests.fakes.synced import ADDRESS, Synced


@pytest.fixture
def synced(store: Database) -> Synced:
    with store.transaction() as tx:
        settings.put(tx, local_time.ZONE, "Europe/Berlin")
    return Synced(store)


def only(store: Database) -> AccountOverview:
    (one,) = accounts_overview.listed(store)
    return one


def ask(synced: Synced, name: str, key: str = "", *, now: float = 10.0) -> JobId:
    args: Mapping[str, object] = {"account_id": synced.id}
    with synced.store.transaction() as tx:
        job = NewJob(name, f"{synced.id}/{key}", args, Queue.SLOW, 30, run_after=now)
        job_id = ledger.enqueue(tx, job, now=now)
    assert job_id is not None
    return job_id


def begin(synced: Synced, name: str, key: str = "", *, now: float = 10.0) -> JobId:
    job_id = ask(synced, name, key, now=now)
    with synced.store.transaction() as tx:
        assert ledger.claim(tx, job_id, lease="mine", now=now)
    return job_id


def end(synced: Synced, job_id: JobId, state: JobState, told: str, *, now: float = 20.0) -> None:
    with synced.store.transaction() as tx:
        assert ledger.finish(tx, job_id, state, lease="mine", now=now, ending=Ending(told))


def test_an_account_that_was_fetched_is_up_to_date(synced: Synced) -> None:
    synced.deliver(3)
    synced.deliver(1, first=3, folder="Archive")
    synced.server.damaged[synced.deliver(1, first=9)[0]] = "Out of sorts."
    assert (only(synced.store).state, only(synced.store).words) == (
        AccountState.FIRST_SYNC, "First sync is about to start"
    )  # fmt: skip
    synced.run()
    with synced.store.transaction() as tx:
        accounts.set_synced(tx, synced.id, 123.0)
    found = only(synced.store)
    assert (found.state, found.words, found.last_sync) == (AccountState.UP_TO_DATE, "Up to date", 123.0)
    assert (found.address, found.kind, found.services) == (ADDRESS, AccountKind.IMAP, (Service.MAIL,))
    assert (found.messages, found.folders, found.waiting) == (4, 3, 1)
    assert (found.job_id, found.done, found.total, found.eta_at) == (None, 0, 0, None)


def test_the_first_sync_says_how_far_it_is(synced: Synced) -> None:
    job_id = begin(synced, FIRST_SYNC)
    ask(synced, LATER_SYNC)
    with synced.store.transaction() as tx:
        ledger.progress(tx, job_id, Note(1200, 12_400, "…", eta_at=900.0), now=11.0)
    found = only(synced.store)
    assert (found.state, found.words) == (AccountState.FIRST_SYNC, "First sync: 1,200 of 12,400")
    assert (found.job_id, found.done, found.total, found.eta_at) == (job_id, 1200, 12_400, 900.0)
    with synced.store.transaction() as tx:
        ledger.progress(tx, job_id, Note(1300, 0, "…"), now=12.0)
    assert only(synced.store).words == "First sync: 1,300"


def test_what_keeps_an_account_waiting_is_said_the_weightiest_first(synced: Synced) -> None:
    begin(synced, LATER_SYNC)
    assert (only(synced.store).state, only(synced.store).words) == (
        AccountState.FETCHING, "Fetching new mail"
    )  # fmt: skip
    with synced.store.transaction() as tx:
        pauses.write(tx, Pauses(kinds=frozenset({LATER_SYNC})))
    assert only(synced.store).words == "Paused"
    at = 1_741_600_000.0  # 2025-03-10 10:46:40 in Berlin
    with synced.store.transaction() as tx:
        accounts.set_throttled(tx, synced.id, at)
    (found,) = accounts_overview.listed(synced.store, now=at - 60)
    assert (found.state, found.words) == (AccountState.THROTTLED, "Throttled until Monday 10:46")
    assert found.throttled_until == at
    assert (only(synced.store).words, only(synced.store).throttled_until) == ("Paused", 0)
    network.set_offline(synced.store, True)
    assert only(synced.store).words == "Offline"
    with synced.store.transaction() as tx:
        accounts.set_refused(tx, synced.id, "The password is wrong.")
    assert (only(synced.store).words, only(synced.store).refused) == (
        "Sign in again", "The password is wrong."
    )  # fmt: skip


def test_everything_paused_is_paused(synced: Synced) -> None:
    with synced.store.transaction() as tx:
        pauses.write(tx, Pauses(everything=True))
    assert only(synced.store).state is AccountState.PAUSED


def test_a_failure_is_told_until_a_sync_works(synced: Synced) -> None:
    end(synced, begin(synced, LATER_SYNC, "1"), JobState.DEAD, "It burnt down.")
    found = only(synced.store)
    assert (found.state, found.words, found.error) == (
        AccountState.FAILING, "The last sync failed", "It burnt down."
    )  # fmt: skip
    end(synced, begin(synced, LATER_SYNC, "2", now=30.0), JobState.SUCCEEDED, "1 new message", now=31.0)
    with synced.store.transaction() as tx:
        accounts.set_synced(tx, synced.id, 31.0)
    assert (only(synced.store).state, only(synced.store).error) == (AccountState.UP_TO_DATE, "")


def test_the_last_syncs_newest_first(synced: Synced, store: Database) -> None:
    with store.transaction() as tx:
        other = sources.open_account(tx, AccountKind.IMAP, "other@example.com", now=0.0)
    end(synced, begin(synced, FIRST_SYNC), JobState.SUCCEEDED, "Partial: 393 of 394 messages")
    end(synced, begin(synced, LATER_SYNC, "2", now=30.0), JobState.DEAD, "It burnt down.", now=31.0)
    end(synced, begin(synced, "check-sync-health", "3", now=40.0), JobState.SUCCEEDED, "Well.", now=41.0)
    found = accounts_overview.runs(store, synced.id)
    assert [(one.title, one.words, one.error) for one in found] == [
        ("Fetching new mail", "", "It burnt down."),
        ("Reading mail", "Partial: 393 of 394 messages", ""),
    ]
    assert [(one.started_at, one.finished_at, one.state) for one in found] == [
        (30.0, 31.0, JobState.DEAD), (10.0, 20.0, JobState.SUCCEEDED)
    ]  # fmt: skip
    assert len(accounts_overview.runs(store, synced.id, limit=1)) == 1
    assert accounts_overview.runs(store, other) == ()


def test_files_are_no_account_and_calendars_need_no_mail(store: Database) -> None:
    stored.keep(store, [Letter("From a file")])
    assert accounts_overview.listed(store) == ()
    dav = AccountSettings(kind=AccountKind.DAV, services=(Service.CALENDAR,), dav="https://d.example/")
    with store.transaction() as tx:
        account_id: AccountId = sources.open_account(tx, AccountKind.DAV, ADDRESS, now=time.time())
        accounts.put(tx, account_id, replace(dav, since="2024-01-01"), password="")
        accounts.set_cannot_send(tx, account_id, "It has no server for sending.")
    found = only(store)
    assert found.cannot_send == "It has no server for sending."
    assert (found.state, found.host, found.since) == (AccountState.UP_TO_DATE, "", "2024-01-01")


def test_a_server_that_cannot_be_reached_is_no_failure(synced: Synced) -> None:
    job_id = begin(synced, LATER_SYNC, "1")
    with synced.store.transaction() as tx:
        ending = Ending("h cannot be found.", "UnreachableError")
        ledger.retry_later(tx, job_id, lease="mine", now=11.0, again=Again(60, 0, 1), ending=ending)
    end(synced, begin(synced, LATER_SYNC, "2", now=30.0), JobState.CANCELLED, "An earlier one goes on.")
    found = only(synced.store)
    assert (found.state, found.words, found.error) == (
        AccountState.UNREACHABLE, "Cannot be reached", "h cannot be found."
    )  # fmt: skip
