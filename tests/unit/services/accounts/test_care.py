"""Changing an account that is there: folders, how far back, password, and what is said about what went."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import JobState
from fluffy_core.errors import SignInError, UsageError
from fluffy_core.services.accounts import accounts
from fluffy_core.services.accounts import care as account_care
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.gone import ASKED
from fluffy_core.store import accounts as rows
from fluffy_core.store import alerts, ledger, remote, remote_missing
from fluffy_core.store.database import Database
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.synced import Synced
from tests.unit.services.homes import opened

__all__ = ["certificate", "full_dovecot"]

USER = "changes@example.com"
MANY = 60


@pytest.fixture
def synced(store: Database) -> Synced:
    """An account in memory, its messages here."""
    made = Synced(store)
    made.deliver(8)
    made.run()
    return made


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


@pytest.fixture
def account_id(core: Core, full_dovecot: Dovecot) -> AccountId:
    settings = AccountSettings(Server("127.0.0.1", full_dovecot.plain_port, "insecure-loopback"), USER)
    return accounts.add(core.store, core.gateway, USER, settings=settings, password=PASSWORD).id


def count(synced: Synced) -> int:
    return sum(remote.count(synced.store, one.source_id) for one in folders(synced).values())


def folders(synced: Synced) -> dict[str, remote.RemoteFolder]:
    return remote.folders(synced.store, synced.id)


def is_first_asked(store: Database, account_id: AccountId) -> bool:
    return bool(ledger.open_of_account(store, account_id, sync.FIRST))


def test_settings_of_an_account_that_is_gone_are_refused(store: Database) -> None:
    with pytest.raises(UsageError, match="no such account"):
        account_care.settings(store, AccountId(7))


def test_the_folders_are_asked_of_the_server(core: Core, account_id: AccountId) -> None:
    found = account_care.folders(core.store, core.gateway, account_id)
    assert {"Inbox", "Junk", "Old things"} <= {one.name for one in found}


def test_another_password_is_kept_only_when_it_works(core: Core, account_id: AccountId) -> None:
    with core.store.transaction() as tx:
        rows.set_refused(tx, account_id, "The server refuses the password.")
    with pytest.raises(SignInError):
        account_care.sign_in(core.store, core.gateway, account_id, password="wrong")
    assert rows.password(core.store, account_id) == PASSWORD
    assert rows.refused(core.store, account_id)
    account_care.sign_in(core.store, core.gateway, account_id, password=PASSWORD)
    assert rows.refused(core.store, account_id) == ""
    with closing(accounts.connect(core.store, core.gateway, account_id)) as account:
        assert account.folders()


def test_signing_in_gives_jobs_that_had_given_up_another_chance(core: Core, account_id: AccountId) -> None:
    asked = core.jobs.enqueue(sync.LATER, {"account_id": account_id, "cursor": "x"})
    assert asked is not None
    with core.store.transaction() as tx:
        tx.execute("UPDATE jobs SET state = 'dead', failure = 'SignInError' WHERE id = ?", (asked,))
    account_care.sign_in(core.store, core.gateway, account_id, password=PASSWORD)
    job = ledger.get(core.store, asked)
    assert job is not None
    assert job.state is JobState.QUEUED


def test_nobody_signs_in_to_an_account_that_is_gone(core: Core) -> None:
    with pytest.raises(UsageError, match="no such account"):
        account_care.sign_in(core.store, core.gateway, AccountId(9), password=PASSWORD)


@pytest.fixture
def emptied(store: Database) -> Synced:
    """An account whose inbox lost nearly everything at once, and whose user was asked."""
    made = Synced(store)
    ids = made.deliver(MANY + 5)
    made.run()
    for one in ids[:MANY]:
        made.server.remove("Inbox", one)
    made.run()
    made.run()
    assert [one.removal for one in folders(made).values() if one.name == "Inbox"] == [ASKED]
    return made


def inbox(synced: Synced) -> remote.RemoteFolder:
    return next(one for one in folders(synced).values() if one.name == "Inbox")


def done(synced: Synced) -> int:
    row = synced.store.one("SELECT count(*) FROM threads WHERE done = 1")
    return int(row[0]) if row else 0


def test_what_went_at_once_is_let_go(emptied: Synced) -> None:
    before = done(emptied)
    assert account_care.settle_gone(emptied.store, emptied.id, inbox(emptied).id, keep=False) == MANY
    assert inbox(emptied).removal == ""
    assert remote_missing.marked(emptied.store, inbox(emptied).source_id) == []
    assert done(emptied) == before + MANY
    assert alerts.listed(emptied.store) == ()


def test_what_went_at_once_is_kept(emptied: Synced) -> None:
    before = done(emptied)
    account_care.settle_gone(emptied.store, emptied.id, inbox(emptied).id, keep=True)
    assert done(emptied) == before
    assert inbox(emptied).removal == ""
    row = emptied.store.one("SELECT count(*) FROM messages")
    assert row is not None
    assert row[0] == MANY + 5
    emptied.run()
    emptied.run()
    assert inbox(emptied).removal == ""
    assert done(emptied) == before


def test_a_folder_that_is_not_known_has_nothing_to_settle(synced: Synced) -> None:
    assert account_care.settle_gone(synced.store, synced.id, "no such", keep=True) == 0
