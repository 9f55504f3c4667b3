"""Accounts on servers: nothing is kept that did not sign in, and what is forgotten leaves its mail."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.core import Core
from fluffy_core.domain.accounts import ALL, AccountSettings, Server
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import BlockedError, FluffyError, SignInError, TransientError, UsageError
from fluffy_core.services.accounts import accounts, network
from fluffy_core.services.imports import imports
from fluffy_core.store import accounts as rows
from fluffy_core.store import ledger, sources
from tests.fakes import submission
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.submission import Outbox
from tests.unit.services.homes import opened

__all__ = ["certificate", "full_dovecot"]

USER = "accounts@example.com"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


@pytest.fixture
def settings(full_dovecot: Dovecot) -> AccountSettings:
    return AccountSettings(Server("127.0.0.1", full_dovecot.plain_port, "insecure-loopback"), USER)


def add(core: Core, settings: AccountSettings, *, password: str = PASSWORD) -> accounts.Added:
    return accounts.add(
        core.store, core.gateway, "Accounts@Example.com", settings=settings, password=password
    )


def test_an_account_that_signs_in_is_kept_and_its_first_sync_asked_for(
    core: Core, settings: AccountSettings
) -> None:
    added = add(core, settings)
    assert added.folders == ("Inbox", "Old things", "Sent")
    assert added.left_out == ("Drafts", "Junk")
    (row,) = accounts.listed(core.store)
    assert (row.id, row.address, row.host, row.messages) == (added.id, USER, "127.0.0.1", 0)
    assert added.since == ALL
    assert rows.get(core.store, added.id) == replace(settings, since=ALL)
    assert rows.password(core.store, added.id) == PASSWORD
    assert [one.email for one in imports.own_addresses(core.store) if one.confirmed] == [USER]
    assert ledger.state_of(core.store, "sync-emails-initial", f"{added.id}/") is JobState.QUEUED
    with closing(accounts.connect(core.store, core.gateway, added.id)) as account:
        assert account.folders()


@pytest.mark.parametrize(
    ("password", "port", "folders", "error"),
    [
        ("wrong", 0, (), SignInError),
        (PASSWORD, 1, (), TransientError),
        (PASSWORD, 0, ("Nowhere",), UsageError),
    ],
)
def test_on_an_error_nothing_is_kept(
    core: Core,
    settings: AccountSettings,
    password: str,
    port: int,
    folders: tuple[str, ...],
    error: type[FluffyError],
) -> None:
    assert settings.imap is not None
    server = Server("127.0.0.1", port or settings.imap.port, "insecure-loopback")
    with pytest.raises(error):
        add(core, AccountSettings(server, USER, folders=folders), password=password)
    assert sources.accounts(core.store) == []
    assert core.store.all("SELECT * FROM account_settings") == []
    assert core.store.all("SELECT * FROM jobs") == []


@pytest.mark.parametrize("address", ["", "nobody", "a b@c"])
def test_an_address_has_to_be_one(core: Core, settings: AccountSettings, address: str) -> None:
    with pytest.raises(UsageError):
        accounts.add(core.store, core.gateway, address, settings=settings, password=PASSWORD)


def test_adding_it_again_changes_it(core: Core, settings: AccountSettings) -> None:
    first = add(core, settings)
    with core.store.transaction() as tx:
        rows.set_refused(tx, first.id, "No.")
    again = add(core, AccountSettings(settings.imap, USER, folders=("Sent",)))
    assert (again.id, again.folders) == (first.id, ("Sent",))
    assert rows.refused(core.store, first.id) == ""
    assert len(accounts.listed(core.store)) == 1


def test_a_removed_account_leaves_its_mail_but_no_password_and_no_job(
    core: Core, settings: AccountSettings, full_dovecot: Dovecot
) -> None:
    added = add(core, settings)
    assert accounts.remove(core.store, core.gateway, added.id) == accounts.Forgotten(0, "")
    assert core.store.all("SELECT * FROM account_settings") == []
    assert ledger.state_of(core.store, "sync-emails-initial", f"{added.id}/") is JobState.CANCELLED
    with pytest.raises(UsageError):
        accounts.connect(core.store, core.gateway, added.id)


# --- sending ---


def with_smtp(settings: AccountSettings, endpoint: Endpoint) -> AccountSettings:
    return replace(settings, smtp=Server(endpoint.host, endpoint.port, endpoint.security.value))


def test_the_server_for_sending_is_tried_once(core: Core, settings: AccountSettings) -> None:
    delivery = Outbox(passwords={USER: PASSWORD})
    with submission.serve(delivery) as endpoint:
        added = add(core, with_smtp(settings, endpoint))
    assert (added.cannot_send, accounts.listed(core.store)[0].cannot_send) == ("", "")
    assert [user for _, user in delivery.signed_in] == [USER]
    assert delivery.delivered == []


def test_an_account_that_only_cannot_send_is_kept_and_says_so(core: Core, settings: AccountSettings) -> None:
    delivery = Outbox(passwords={USER: "another"})
    with submission.serve(delivery) as endpoint:
        added = add(core, with_smtp(settings, endpoint))
    assert "refuses the user name or password" in added.cannot_send
    (row,) = accounts.listed(core.store)
    assert row.cannot_send == added.cannot_send
    with submission.serve(Outbox(passwords={USER: PASSWORD})) as endpoint:
        assert add(core, with_smtp(settings, endpoint)).cannot_send == ""
    assert accounts.listed(core.store)[0].cannot_send == ""


def test_without_a_server_for_sending_it_says_so(core: Core, settings: AccountSettings) -> None:
    assert add(core, settings).cannot_send == accounts.NO_SMTP
    assert accounts.listed(core.store)[0].cannot_send == accounts.NO_SMTP
    assert rows.cannot_send(core.store, accounts.listed(core.store)[0].id) == ""


@pytest.mark.parametrize("files_sent", [False, True])
def test_the_connector_sends_by_these_settings(
    core: Core, settings: AccountSettings, files_sent: bool
) -> None:
    delivery = Outbox(passwords={USER: PASSWORD})
    own = f"<{files_sent}@example.com>"
    message = f"From: a@example.com\r\nMessage-ID: {own}\r\n\r\nHello\r\n".encode()
    with submission.serve(delivery) as endpoint:
        added = add(core, replace(with_smtp(settings, endpoint), files_sent=files_sent))
        with closing(accounts.connect(core.store, core.gateway, added.id)) as account:
            account.send(message, sender=USER, recipients=["ann@example.com"])
            account.keep_sent(message)
            kept = account.was_sent(own)
    assert [one.content for one in delivery.delivered] == [message]
    assert kept is not files_sent


def test_offline_nothing_is_even_tried(core: Core, settings: AccountSettings) -> None:
    network.set_offline(core.store, True)
    with pytest.raises(BlockedError):
        add(core, settings)


def test_an_account_is_found_by_id_and_address(core: Core, settings: AccountSettings) -> None:
    added = add(core, settings)
    for word in (str(added.id), USER, USER.upper()):
        assert accounts.find(core.store, word).id == added.id
    with pytest.raises(UsageError, match="account list"):
        accounts.find(core.store, "other@example.com")


def test_a_password_is_in_no_row_but_its_own(core: Core, settings: AccountSettings) -> None:
    add(core, settings)
    tables = [row[0] for row in core.store.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    holding = [name for name in tables if PASSWORD in str(core.store.all(f"SELECT * FROM {name}"))]
    assert holding == ["account_settings"]


def folder(name: str, role: FolderRole) -> Folder:
    return Folder(name, name, role)


def test_the_inbox_comes_first_and_one_folder_with_everything_is_enough() -> None:
    usual = (folder("A", FolderRole.OTHER), folder("Inbox", FolderRole.INBOX), folder("T", FolderRole.TRASH))
    assert [one.name for one in accounts.chosen(usual, ())] == ["Inbox", "A"]
    whole = (*usual, folder("All", FolderRole.ALL))
    assert [one.name for one in accounts.chosen(whole, ())] == ["All"]
    assert [one.name for one in accounts.chosen(whole, ("t", "gone"))] == ["T"]


def test_what_is_in_the_folder_with_everything_is_not_left_out() -> None:
    usual = (folder("A", FolderRole.OTHER), folder("Inbox", FolderRole.INBOX), folder("T", FolderRole.TRASH))
    whole = (*usual, folder("All", FolderRole.ALL))
    assert accounts.left_out(usual, accounts.chosen(usual, ())) == ("T",)
    assert accounts.left_out(whole, accounts.chosen(whole, ())) == ("T",)
    assert accounts.left_out(whole, accounts.chosen(whole, ("Inbox",))) == ("A", "T", "All")


def test_who_says_nothing_about_their_servers_has_to_be_told(core: Core) -> None:
    network.set_offline(core.store, True)
    assert accounts.servers_of(core.gateway, "somebody@gmail.com").imap.host == "imap.gmail.com"
    with pytest.raises(UsageError, match="--host"):
        accounts.servers_of(core.gateway, "somebody@nowhere.example")
