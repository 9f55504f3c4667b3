"""Connecting accounts, looking how they stand, and changing them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject

from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from fluffy_core import (
    AccountId,
    AccountOverview,
    AccountSettings,
    AccountView,
    Added,
    BlockedError,
    Client,
    Estimate,
    Folder,
    Forgotten,
    Grant,
    Login,
    Looked,
    PendingSignIn,
    Servers,
    Service,
    UsageError,
    account_care,
    account_changes,
    account_check,
    account_states,
    accounts,
    estimate,
    network,
    number_of,
    permissions,
)

Failed = Callable[[Exception], object]


@dataclass(frozen=True)
class Draft:
    """An account that is being connected: nothing of it is kept yet."""

    address: str
    settings: AccountSettings


@dataclass(frozen=True)
class Proof:
    """What an account signs in with: a password, or a permission that was just given."""

    password: str = field(default="", repr=False)
    grant: Grant | None = field(default=None, repr=False)


def find_servers(
    context: Context, receiver: QObject, address: str, *,
    found: Callable[[Servers], object], failed: Failed,
) -> Op[Servers]:  # fmt: skip
    """Where the mail of an address is; while offline, that nobody can be asked is what is said."""
    core = context.core

    def work() -> Servers:
        try:
            return accounts.servers_of(core.gateway, address)
        except UsageError as error:
            if network.is_offline(core.store):
                raise BlockedError("Working offline.") from error
            raise

    op = QueryOp(context.background, receiver, work)
    return op.success(found).failure(failed).run()


def look(
    context: Context, receiver: QObject, draft: Draft, *,
    proof: Proof, met: Callable[[bool], object], told: tuple[Callable[[Looked], object], Failed],
) -> Op[Looked]:  # fmt: skip
    """Try to sign in; `met` is called in another thread when the server was reached."""
    gateway, settings = context.core.gateway, draft.settings

    def work() -> Looked:
        return account_check.look(gateway, settings, password=proof.password, grant=proof.grant, met=met)

    op = QueryOp(context.background, receiver, work)
    return op.success(told[0]).failure(told[1]).run()


def add(
    context: Context, receiver: QObject, draft: Draft, *,
    proof: Proof, added: Callable[[Added], object], failed: Failed,
) -> Op[Added]:  # fmt: skip
    """Sign in and keep the account; among the reads, since it waits for a server and writes should not."""
    core = context.core

    def work() -> Added:
        return accounts.add(
            core.store,
            core.gateway,
            draft.address,
            settings=draft.settings,
            password=proof.password,
            grant=proof.grant,
        )

    return QueryOp(context.background, receiver, work).success(added).failure(failed).run()


def narrowed(draft: Draft, looked: Looked, folders: tuple[str, ...], *, since: str) -> Draft:
    """With the folders that were chosen; the usual ones need no names, so that new ones join them."""
    named = () if set(folders) == set(looked.usual) else folders
    return replace(draft, settings=replace(draft.settings, folders=named, since=since))


def states(
    context: Context, receiver: QObject, *, told: Callable[[tuple[AccountView, ...]], object], failed: Failed
) -> Op[tuple[AccountView, ...]]:
    """How every account stands."""
    store = context.core.store
    op = QueryOp(context.background, receiver, lambda: account_states.states(store, now=time.time()))
    return op.success(told).failure(failed).run()


def begin(context: Context, draft: Draft, client: Client) -> PendingSignIn:
    """Ask a provider for everything that is fetched of an account; not on the main thread."""
    kind = draft.settings.kind
    chosen = client if client.id else permissions.client_of(context.core.settings.clients, kind)
    return permissions.begin(context.core.gateway, kind, tuple(Service), client=chosen, address=draft.address)


def granted(context: Context, draft: Draft, grant: Grant) -> Draft:
    """What is known of the account stays, where there is one already; not on the main thread."""
    _, known = accounts.existing(context.core.store, grant.kind, draft.address)
    settings = replace(known, services=grant.services, user=draft.address, client_id=grant.client.id)
    return replace(draft, settings=settings)


def look_granted(
    context: Context, receiver: QObject, draft: Draft, *,
    grant: Grant, told: Callable[[tuple[Draft, Looked]], object], failed: Failed,
) -> Op[tuple[Draft, Looked]]:  # fmt: skip
    """Use a permission once."""
    gateway = context.core.gateway

    def work() -> tuple[Draft, Looked]:
        wanted = granted(context, draft, grant)
        return wanted, account_check.look(gateway, wanted.settings, grant=grant, met=lambda _encrypted: None)

    return QueryOp(context.background, receiver, work).success(told).failure(failed).run()


def sync(context: Context, receiver: QObject, *ids: AccountId) -> None:
    """Fetch what is new now."""

    def work() -> None:
        for one in ids:
            context.core.fetch(one)

    _change(context, receiver, work, done="Fetching new mail")


def sync_all(context: Context, receiver: QObject) -> None:
    """Fetch what is new of every account."""
    store = context.core.store

    def work() -> str:
        found = accounts.listed(store)
        if network.is_offline(store):
            return "You work offline: go online to fetch new mail"
        for one in found:
            context.core.fetch(one.id)
        if not found:
            return "There are no accounts yet"
        return f"Fetching new mail of {number_of(len(found), 'account')}"

    def tell(words: str) -> None:
        context.notices.done.emit(words, False)

    ChangeOp(context.background, receiver, work).success(tell).run()


def sync_whole(context: Context, receiver: QObject, account_id: AccountId) -> None:
    """Compare everything with the server and fetch it anew."""
    store = context.core.store
    words = "Everything is compared with the server anew; your notes, tags and corrections stay"
    _change(context, receiver, lambda: account_changes.again(store, account_id), done=words)


def settle_gone(
    context: Context, receiver: QObject, account_id: AccountId, *, folder_id: str, keep: bool
) -> None:
    """Keep what went from a folder at once, or let it go."""
    store = context.core.store
    words = "Kept as it is" if keep else "Let go; it is still found by search"
    work = partial(account_care.settle_gone, store, account_id, folder_id, keep=keep)
    _change(context, receiver, work, done=words)


def remove(context: Context, receiver: QObject, state: AccountOverview) -> None:
    """Forget an account; its mail stays. Among the reads: a provider is told, and writes should not wait."""
    core = context.core

    def tell(gone: Forgotten) -> None:
        kept = number_of(gone.messages_kept, "message stays", "messages stay")
        words = f"{state.address} is forgotten; {kept} here"
        context.notices.done.emit(f"{words}. {gone.permission}" if gone.permission else words, False)

    op = QueryOp(context.background, receiver, lambda: accounts.remove(core.store, core.gateway, state.id))
    op.success(tell).run()


def sign_in(
    context: Context, receiver: QObject, account_id: AccountId, *,
    password: str, done: Callable[[], object], failed: Failed,
) -> None:  # fmt: skip
    """Another password, kept when it works."""
    core = context.core

    def work() -> None:
        account_care.sign_in(core.store, core.gateway, account_id, password=password)

    QueryOp(context.background, receiver, work).success(lambda _none: done()).failure(failed).run()


@dataclass(frozen=True)
class Fetched:
    """What is fetched of an account, and what there is."""

    settings: AccountSettings
    looked: Looked


def fetched(
    context: Context, receiver: QObject, account_id: AccountId, *,
    told: Callable[[Fetched], object], failed: Failed,
) -> None:  # fmt: skip
    """What is fetched of an account; asks its server for its folders."""
    core = context.core

    def work() -> Fetched:
        settings = account_care.settings(core.store, account_id)
        folders: tuple[Folder, ...] = account_care.folders(core.store, core.gateway, account_id)
        return Fetched(settings, Looked(folders, tuple(one.name for one in accounts.chosen(folders, ()))))

    QueryOp(context.background, receiver, work).success(told).failure(failed).run()


def change(
    context: Context, receiver: QObject, account_id: AccountId, *, folders: tuple[str, ...], since: str
) -> None:
    """Fetch other folders, or from another day on."""
    core = context.core
    connect = partial(accounts.connect, core.store, core.gateway)
    op = QueryOp(
        context.background,
        receiver,
        lambda: account_changes.change(core.store, account_id, connect, since=since, folders=folders),
    )
    op.success(lambda _found: context.notices.done.emit("Changed; the rest is fetched", False)).run()


def estimated(
    context: Context, receiver: QObject, draft: Draft, *,
    proof: Proof, told: Callable[[Estimate], object], failed: Failed,
) -> Op[Estimate]:  # fmt: skip
    """What an account that is none yet would bring; nothing is stored."""
    gateway, settings = context.core.gateway, draft.settings
    token = proof.grant.token if proof.grant is not None else None
    login = Login(settings.user, proof.password, token)
    op = QueryOp(context.background, receiver, lambda: estimate.preview(gateway, settings, login))
    return op.success(told).failure(failed).run()


def _change(context: Context, receiver: QObject, work: Callable[[], object], *, done: str) -> None:
    op = ChangeOp(context.background, receiver, work)
    op.success(lambda _result: context.notices.done.emit(done, False)).run()
