"""Accounts on servers: adding one after it signed in, listing, removing, connecting."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from fluffy_core.connectors.base import CalendarAccount, ContactSource, MailAccount
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.presets import Servers
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import ALL, AccountKind, AccountSettings, Service
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import AnswerError, FolderGoneError, KnownError, SignInError, UsageError
from fluffy_core.services.accounts import how_far_back, permissions, providers
from fluffy_core.services.accounts.permissions import Grant
from fluffy_core.services.imports import ownership
from fluffy_core.services.sync import address_books
from fluffy_core.store import accounts, alerts, job_figures, ledger, remote, sources
from fluffy_core.store.database import Database
from fluffy_core.store.job_figures import Wanted
from fluffy_core.store.sources import Account

LEFT_OUT = frozenset({FolderRole.DRAFTS, FolderRole.JUNK, FolderRole.TRASH})
"""Not fetched unless they are asked for by name."""

_AGAIN = 100
"""Jobs at most that are done once more after a sign-in."""

Connect = Callable[[AccountId], MailAccount]
"""Makes the connector of an account; whoever calls it closes it."""


@dataclass(frozen=True, slots=True)
class Added:
    """An account that signed in: its folders that are fetched, and those that are not.

    `services` are those that work; `missing` says why others do not, `cannot_send` why no mail can be sent.
    """

    id: AccountId
    folders: tuple[str, ...]
    left_out: tuple[str, ...]
    services: tuple[Service, ...] = (Service.MAIL,)
    missing: tuple[str, ...] = ()
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
    kind: AccountKind = AccountKind.IMAP
    services: tuple[Service, ...] = (Service.MAIL,)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of an account that was removed: messages that stay, and its permission in a sentence.

    `permission` is "" for an account with a password.
    """

    messages_kept: int
    permission: str


def servers_of(gateway: Gateway, address: str) -> Servers:
    """Where the mail of an address is. Raises UsageError when nobody says."""
    from fluffy_core.connectors.sign_in import autodiscovery

    domain = address.rpartition("@")[2]
    found = autodiscovery.discover(address, autodiscovery.ways(gateway, domain))
    if found is None:
        raise UsageError(f"Nobody says where the mail of {domain} is. Name its server with --host.")
    return found


def add(
    store: Database,
    gateway: Gateway,
    address: str,
    *,
    settings: AccountSettings,
    password: str = "",
    grant: Grant | None = None,
) -> Added:
    """Sign in once, then keep the account and ask for its first sync; on any error nothing is kept.

    With a password, or with a grant where `permissions` asks for one. A service that the server does not
    have, or that was not allowed, is left out as long as another one works. Adding it again changes its
    settings and how it signs in, and does what had failed for that. Raises as `MailAccount` does, UsageError
    for a folder that there is none of.
    """
    (own,) = ownership.checked([address]) or ("",)
    if not own:
        raise UsageError("An account needs its address.")
    login = Login(settings.user, password)
    if grant is not None:
        settings = replace(settings, kind=grant.kind, user=own, client_id=grant.client.id)
        login, password = Login(own, token=grant.token), grant.text()
    there = gateway.reaching(
        settings.hosts | gateway.roots.hosts(settings.kind), certificate=settings.certificate
    )
    looked = _look(there, settings, login, allowed=grant.services if grant else settings.services)
    settings = replace(settings, services=looked.services)
    cannot_send = _trouble_sending(there, settings, login)
    with store.transaction(durable=True) as tx:
        account_id = sources.open_account(tx, settings.kind, own, now=time.time())
        settings = how_far_back.settled(tx, account_id, settings)
        accounts.put(tx, account_id, settings, password=password)
        accounts.set_cannot_send(tx, account_id, cannot_send if settings.smtp else "")
        ownership.add_confirmed(tx, [own])
        alerts.settle(tx, alerts.about_account(account_id))
        tx.emit(AccountConnected(account_id, afresh=True))
        for job in job_figures.listed(store, Wanted((JobState.DEAD,), account_id=account_id), _AGAIN):
            if job.failure == SignInError.__name__:
                ledger.again(tx, job.id, now=time.time())
    wanted = chosen(looked.folders, settings.folders)
    return Added(
        account_id,
        tuple(one.name for one in wanted),
        left_out(looked.folders, wanted),
        looked.services,
        looked.missing,
        cannot_send,
        settings.since,
    )


def left_out(folders: tuple[Folder, ...], wanted: tuple[Folder, ...]) -> tuple[str, ...]:
    """The names of folders whose mail is not fetched; beside one with every message few are."""
    whole = any(one.role is FolderRole.ALL for one in wanted)
    return tuple(one.name for one in folders if one not in wanted and (one.role in LEFT_OUT or not whole))


@dataclass(frozen=True, slots=True)
class _Looked:
    services: tuple[Service, ...]
    folders: tuple[Folder, ...]
    missing: tuple[str, ...]


def _look(
    gateway: Gateway, settings: AccountSettings, login: Login, *, allowed: tuple[Service, ...]
) -> _Looked:
    """Try every service that is wanted once. Raises what the last one raised when none works."""
    folders: tuple[Folder, ...] = ()
    works: list[Service] = []
    missing = [f"{one.capitalize()}: not allowed." for one in settings.services if one not in allowed]
    refusal: Exception = UsageError("An account needs something to fetch.")
    for one in allowed:
        try:
            if one is Service.MAIL:
                with closing(providers.mail(gateway, settings, login=login)) as mail:
                    folders = mail.folders()
            elif one is Service.CALENDAR:
                with closing(providers.calendar(gateway, settings, login=login)) as calendar:
                    calendar.calendars()
            else:
                with closing(providers.contacts(gateway, settings, login=login)) as contacts:
                    contacts.cards()
        except (AnswerError, FolderGoneError, UsageError) as error:
            refusal = error
            missing.append(f"{one.capitalize()}: {error}")
        else:
            works.append(one)
    if not works:
        raise refusal
    if Service.MAIL in works:
        check_names(folders, settings.folders)
    return _Looked(tuple(works), folders, tuple(missing))


NO_SMTP = "It has no server for sending."


def _trouble_sending(gateway: Gateway, settings: AccountSettings, login: Login) -> str:
    """Why an account that lets us in cannot send; reading its mail works without."""
    if _is_mute(settings):
        return NO_SMTP
    try:
        providers.check_sending(gateway, settings, login=login)
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
    settings = _settings(store, account_id, Service.MAIL)
    return providers.mail(gateway, settings, login=login(store, gateway, account_id))


def connect_calendar(store: Database, gateway: Gateway, account_id: AccountId) -> CalendarAccount:
    """The connector for the calendars of an account. Raises UsageError where there are none."""
    settings = _settings(store, account_id, Service.CALENDAR)
    return providers.calendar(gateway, settings, login=login(store, gateway, account_id))


def connect_contacts(store: Database, gateway: Gateway, account_id: AccountId) -> ContactSource:
    """The connector for the address books of an account. Raises UsageError where there are none."""
    settings = _settings(store, account_id, Service.CONTACTS)
    return providers.contacts(gateway, settings, login=login(store, gateway, account_id))


def _settings(store: Database, account_id: AccountId, service: Service) -> AccountSettings:
    found = accounts.get(store, account_id)
    if found is None:
        raise UsageError("There is no such account any more.")
    if service not in found.services:
        raise UsageError(f"Of this account no {service} is fetched.")
    return found


def login(store: Database, gateway: Gateway, account_id: AccountId) -> Login:
    """What an account proves with who it is. Raises UsageError where there is no such account."""
    settings = accounts.get(store, account_id)
    if settings is None:
        raise UsageError("There is no such account any more.")
    if settings.kind in permissions.KINDS:
        return Login(settings.user, token=permissions.token(store, gateway, account_id))
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
        AccountKind(account.kind),
        settings.services,
    )


def _is_mute(settings: AccountSettings) -> bool:
    return settings.kind is AccountKind.IMAP and settings.smtp is None


def existing(store: Database, kind: AccountKind, address: str) -> tuple[AccountId | None, AccountSettings]:
    """The account of this kind and address with its settings; (None, empty ones) when there is none yet."""
    for one in sources.accounts(store):
        if (one.kind, one.name) == (kind, address.strip().lower()):
            return one.id, accounts.get(store, one.id) or AccountSettings(kind=kind)
    return None, AccountSettings(kind=kind, services=())


def find(store: Database, word: str) -> Account:
    """The account on a server that an id, an address, or "kind:address" names. Raises UsageError."""
    wanted = word.lower()
    found = [
        one
        for one in sources.accounts(store)
        if one.kind != AccountKind.FILES and wanted in (str(one.id), one.name, f"{one.kind}:{one.name}")
    ]
    if not found:
        raise UsageError(f"There is no account {word}. `fluffy account list` shows which there are.")
    if len(found) > 1:
        which = ", ".join(f"{one.id} ({one.kind})" for one in found)
        raise UsageError(f"{word} has several accounts. Name one by its number: {which}.")
    return found[0]


def remove(store: Database, gateway: Gateway, account_id: AccountId) -> Forgotten:
    """Forget an account, its password and its jobs; its messages stay here.

    A permission at a provider is taken back if that can be done now; nothing of it stays here in any case.
    """
    permission = permissions.revoke(store, gateway, account_id)
    with store.transaction(durable=True) as tx:
        address_books.forget_account(tx, account_id)
        kept = len(sources.message_ids(tx, account_id))
        for job_id in ledger.open_of_account(tx, account_id):
            ledger.cancel(tx, job_id, now=time.time())
        alerts.settle(tx, alerts.about_account(account_id))
        accounts.remove(tx, account_id)
    return Forgotten(kept, permission)
