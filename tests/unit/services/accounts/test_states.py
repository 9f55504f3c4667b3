"""How accounts stand: what jobs, server and switches make of them, and their history."""

import time
from collections.abc import Callable

import pytest

from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.rows import AccountView
from fluffy_core.services.accounts import states as account_states
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.gone import ASKED
from fluffy_core.store import accounts, remote, sources
from fluffy_core.store.database import Database
from tests.fakes.synced import ADDRESS, Synced

NOW = time.time()


@pytest.fixture
def synced(store: Database) -> Synced:
    return Synced(store)


Put = Callable[..., None]


@pytest.fixture
def put(synced: Synced) -> Put:
    """Write a job of the account into the ledger."""
    number = iter(range(1, 1000))

    def write(state: JobState, name: str = sync.LATER, *, ago: float = 100.0, **more: object) -> None:
        at = next(number)
        values: dict[str, object] = {
            "name": name, "key": f"k{at}", "args": f'{{"account_id": {synced.id}}}', "queue": "normal",
            "priority": 1, "state": state.value, "run_after": NOW, "created_at": NOW - ago - 2,
            "started_at": NOW - ago - 1,
            "finished_at": None if state in (JobState.RUNNING, JobState.QUEUED) else NOW - ago,
        }  # fmt: skip
        values |= more
        marks = ", ".join("?" * len(values))
        with synced.store.transaction() as tx:
            tx.execute(f"INSERT INTO jobs ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))

    return write


def view(synced: Synced) -> AccountView:
    (found,) = account_states.states(synced.store, now=NOW)
    assert found.id == found.overview.id == synced.id
    return found


def test_imports_of_files_are_no_accounts_on_servers(store: Database) -> None:
    with store.transaction() as tx:
        sources.open_account(tx, "files", "/home/ann/mail", now=0.0)
    assert account_states.states(store, now=NOW) == ()


def test_an_account_that_was_never_asked_is_empty(synced: Synced) -> None:
    found = view(synced)
    assert (found.overview.address, found.overview.host) == (ADDRESS, "127.0.0.1")
    assert (found.folders, found.history) == ((), ())


def test_folders_are_counted(synced: Synced) -> None:
    synced.deliver(4)
    synced.deliver(2, first=4, folder="Archive")
    synced.run()
    found = view(synced)
    assert {one.name: one.messages for one in found.folders if one.messages} == {"Inbox": 4, "Archive": 2}
    assert found.overview.messages == 6
    assert not any(one.gone for one in found.folders)


def test_what_went_at_once_is_asked_about(synced: Synced) -> None:
    ids = synced.deliver(65)
    synced.run()
    for one in ids[:60]:
        synced.server.remove("Inbox", one)
    synced.run()
    assert not any(one.gone for one in view(synced).folders)
    synced.run()
    assert [one.removal for one in remote.folders(synced.store, synced.id).values() if one.removal] == [ASKED]
    assert [(one.name, one.gone, one.messages) for one in view(synced).folders if one.gone] == [
        ("Inbox", 60, 65)
    ]


def test_history_tells_what_ended_newest_first(synced: Synced, put: Put) -> None:
    put(JobState.SUCCEEDED, sync.FIRST, ago=900.0, result="8 new messages")
    put(JobState.DEAD, ago=800.0, error="mail.example does not answer.")
    put(JobState.CANCELLED, ago=700.0)
    put(JobState.SUCCEEDED, ago=600.0, result="0 new messages")
    put(JobState.SUCCEEDED, ago=500.0, result="0 new messages")
    put(JobState.SUCCEEDED, ago=400.0, result="3 new messages")
    put(JobState.RUNNING)
    told = [(one.words, one.times, one.failed) for one in view(synced).history]
    assert told == [
        ("3 new messages", 1, False),
        ("0 new messages", 2, False),
        ("Cancelled; what was fetched stays", 1, False),
        ("mail.example does not answer.", 1, True),
        ("Reading mail: 8 new messages", 1, False),
    ]
    assert view(synced).history[1].at == pytest.approx(NOW - 500)


def test_jobs_of_other_accounts_are_not_this_ones(synced: Synced, put: Put) -> None:
    with synced.store.transaction() as tx:
        other = sources.open_account(tx, "imap", "ann@example.com", now=1.0)
        accounts.put(tx, other, AccountSettings(Server("mail.example", 993), "ann"), password="p")
    put(JobState.SUCCEEDED, args=f'{{"account_id": {other}}}', result="3 new messages")
    first, second = account_states.states(synced.store, now=NOW)
    assert (first.history, second.id) == ((), AccountId(other))
    assert [one.words for one in second.history] == ["3 new messages"]


def test_calendars_by_address_are_told_too(synced: Synced, put: Put) -> None:
    put(JobState.SUCCEEDED, "sync-calendar-events", result="3 new meetings")
    assert [one.words for one in view(synced).history] == ["Fetching the calendar: 3 new meetings"]


def test_an_account_that_cannot_send_says_why(synced: Synced) -> None:
    with synced.store.transaction() as tx:
        accounts.set_cannot_send(tx, synced.id, "smtp.example.com refuses the password.")
    assert view(synced).overview.cannot_send == "smtp.example.com refuses the password."
