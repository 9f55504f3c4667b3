"""Accounts on servers: adding one after it signed in, listing, removing, connecting."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fluffy_core.connectors.base import CalendarAccount, ContactSource, MailAccount
from fluffy_core.connectors.gateway import Gateway
from fluffy_core.connectors.presets import Servers
from fluffy_core.connectors.sign_in import Login
from fluffy_core.domain.accounts import ALL, AccountKind, AccountSettings
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import KnownError, UsageError
from fluffy_core.services import address_books, how_far_back, ownership, providers
from fluffy_core.store import accounts, ledger, remote, sources
from fluffy_core.store.database import Database
from fluffy_core.store.sources import Account

LEFT_OUT = frozenset({FolderRole.DRAFTS, FolderRole.JUNK, FolderRole.TRASH})
"""Not fetched unless they are asked for by name."""

Connect = Callable[[AccountId], MailAccount]
"""Makes the connector of an account; whoever calls it closes it."""


@dataclass(frozen=True, slots=True)
class Added:
    """An account that signed in: its folders that are fetched, and those that are not.

    `cannot_send` says why no mail can be sent by it, "" when that works.
    """

    id: AccountId
    folders: tuple[str, ...]
    left_out: tuple[str, ...]
    cannot_send: str = ""
    since: str = ALL
    """The day from which on mail is fetched."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account on a server as it is listed; `messages` counts each folder's, `waiting` what failed."""

    id: AccountId
    address: str
    host: str
    messages: int
    waiting: int
    refused: str
    cannot_send: str = ""


def servers_of(gateway: Gateway, address: str) -> Servers:
    """Where the mail of an address is. Raises UsageError when nobody says."""
    from fluffy_core.connectors import autodiscovery

    domain = address.rpartition("@")[2]
    found = autodiscovery.discover(address, autodiscovery.ways(gateway, domain))
    if found is None:
        raise UsageError(f"Nobody says where the mail of {domain} is. Name its server with --host.")
    return found


def add(
    store: Database, gateway: Gateway, address: str, *, settings: AccountSettings, password: str
) -> Added:
    """Sign in once, then keep the account and ask for its first sync; on any error nothing is kept.

    Adding it again changes its settings and password. Raises as `MailAccount` does, UsageError for a folder
    that there is none of.
    """
    (own,) = ownership.checked([address]) or ("",)
    if not own:
        raise UsageError("An account needs its address.")
    there = gateway.reaching(settings.hosts, certificate=settings.certificate)
    login_ = Login(settings.user, password)
    account = providers.mail(there, settings, login=login_)
    try:
        folders = account.folders()
    finally:
        account.close()
    check_names(folders, settings.folders)
    wanted = chosen(folders, settings.folders)
    cannot_send = _trouble_sending(there, settings, login_)
    with store.transaction(durable=True) as tx:
        account_id = sources.open_account(tx, settings.kind, own, now=time.time())
        settings = how_far_back.settled(tx, account_id, settings)
        accounts.put(tx, account_id, settings, password=password)
        accounts.set_cannot_send(tx, account_id, cannot_send if settings.smtp else "")
        ownership.add_confirmed(tx, [own])
        tx.emit(AccountConnected(account_id, afresh=True))
    names = {one.name for one in wanted}
    return Added(
        account_id,
        tuple(one.name for one in wanted),
        tuple(one.name for one in folders if one.name not in names),
        cannot_send,
        settings.since,
    )


NO_SMTP = "It has no server for sending."


def _trouble_sending(gateway: Gateway, settings: AccountSettings, login_: Login) -> str:
    """Why an account that lets us in cannot send; reading its mail works without."""
    if _is_mute(settings):
        return NO_SMTP
    try:
        providers.check_sending(gateway, settings, login=login_)
    except KnownError as error:
        return str(error)
    return ""


def check_names(folders: tuple[Folder, ...], names: tuple[str, ...]) -> None:
    """Raises UsageError for a folder that there is none of."""
    known = {one.name.casefold() for one in folders}
    missing = [name for name in names if name.casefold() not in known]
    if missing:
        there = ", ".join(one.name for one in folders)
        raise UsageError(f"There is no folder {', '.join(missing)}. There are: {there}.")


def chosen(folders: tuple[Folder, ...], names: tuple[str, ...]) -> tuple[Folder, ...]:
    """The folders to fetch, the inbox first; where one holds every message it is that one alone."""
    if names:
        wanted = {name.casefold() for name in names}
        return tuple(one for one in folders if one.name.casefold() in wanted)
    everything = tuple(one for one in folders if one.role is FolderRole.ALL)
    usual = everything or tuple(one for one in folders if one.role not in LEFT_OUT)
    return tuple(sorted(usual, key=lambda one: one.role is not FolderRole.INBOX))


def connect(store: Database, gateway: Gateway, account_id: AccountId) -> MailAccount:
    """The connector for the mail of an account. Raises UsageError where there is none."""
    settings = _settings(store, account_id)
    return providers.mail(gateway, settings, login=login(store, account_id, settings))


def connect_calendar(store: Database, gateway: Gateway, account_id: AccountId) -> CalendarAccount:
    """The connector for the calendars of an account. Raises UsageError where there are none."""
    settings = _settings(store, account_id)
    return providers.calendar(gateway, settings, login=login(store, account_id, settings))


def connect_contacts(store: Database, gateway: Gateway, account_id: AccountId) -> ContactSource:
    """The connector for the address books of an account. Raises UsageError where there are none."""
    settings = _settings(store, account_id)
    return providers.contacts(gateway, settings, login=login(store, account_id, settings))


def _settings(store: Database, account_id: AccountId) -> AccountSettings:
    found = accounts.get(store, account_id)
    if found is None:
        raise UsageError("There is no such account any more.")
    return found


def login(store: Database, account_id: AccountId, settings: AccountSettings) -> Login:
    """What an account proves with who it is."""
    return Login(settings.user, accounts.password(store, account_id))


def listed(store: Database) -> tuple[AccountRow, ...]:
    """Every account on a server."""
    return tuple(_row(store, one) for one in sources.accounts(store) if one.kind != AccountKind.FILES)


def _row(store: Database, account: Account) -> AccountRow:
    settings = accounts.get(store, account.id) or AccountSettings(kind=AccountKind.FILES)
    folders = remote.folders(store, account.id).values()
    return AccountRow(
        account.id,
        account.name,
        settings.imap.host if settings.imap else urlsplit(settings.dav).hostname or "",
        sum(remote.count(store, one.source_id) for one in folders),
        len(remote.aside_reasons(store, account.id)),
        accounts.refused(store, account.id),
        accounts.cannot_send(store, account.id) or (NO_SMTP if _is_mute(settings) else ""),
    )


def _is_mute(settings: AccountSettings) -> bool:
    return settings.kind is AccountKind.IMAP and settings.smtp is None


def find(store: Database, word: str) -> Account:
    """The account on a server that an id or address names. Raises UsageError."""
    for one in sources.accounts(store):
        if one.kind != AccountKind.FILES and word.lower() in (str(one.id), one.name):
            return one
    raise UsageError(f"There is no account {word}. `fluffy account list` shows which there are.")


def remove(store: Database, account_id: AccountId) -> int:
    """Forget an account, its password and its jobs; how many of its messages stay here."""
    with store.transaction(durable=True) as tx:
        address_books.forget_account(tx, account_id)
        kept = len(sources.message_ids(tx, account_id))
        for job_id in ledger.open_of_account(tx, account_id):
            ledger.cancel(tx, job_id, now=time.time())
        accounts.remove(tx, account_id)
    return kept
