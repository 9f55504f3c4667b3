"""Permissions that users gave at their providers (OAuth): asking for one, using it, taking it back.

Everything secret about one is a JSON text in the place of the account's password; only this module reads it.
"""

import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.oauth_providers import PROVIDERS, Provider, provider
from fluffy_core.connectors.sign_in.redirect import WAIT_SECONDS
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import KnownError, SignInError, UsageError
from fluffy_core.store import accounts, alerts, sources
from fluffy_core.store.database import Database

if TYPE_CHECKING:  # it loads httpx, which every start would pay for
    from fluffy_core.connectors.sign_in.oauth import SignIn, Tokens

KINDS = frozenset(one.kind for one in PROVIDERS)
"""Kinds of account that sign in here."""
EARLY = 300.0
"""Seconds before its end that an access token is renewed; a short-lived one at half its life."""
_GONE = "There is no such account any more."


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is stored. Without `refresh` nothing can be renewed, and `problem` says why.

    `until` (Unix seconds) is when `access` wants to be renewed.
    """

    access: str = ""
    refresh: str = ""
    until: float = 0.0
    scopes: tuple[str, ...] = ()
    secret: str = ""
    problem: str = ""

    def is_good(self, rejected: str) -> bool:
        """Whether the access token can be used now."""
        return bool(self.access) and self.access != rejected and time.time() < self.until

    def text(self) -> str:
        """For storing."""
        return json.dumps(asdict(self))


def _read(text: str) -> _Kept:
    found = json.loads(text) if text else {}
    known = {one.name: found[one.name] for one in fields(_Kept) if one.name in found}
    return _Kept(**{**known, "scopes": tuple(known.get("scopes", ()))})


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission that was just given: `services` are those that it suffices for."""

    kind: AccountKind
    client: Client
    services: tuple[Service, ...]
    tokens: "Tokens" = field(repr=False)

    def text(self) -> str:
        """What is stored of it."""
        kept = _Kept(scopes=tuple(sorted(self.tokens.scopes)), secret=self.client.secret)
        return _renewed(kept, self.tokens).text()

    def token(self, rejected: str = "") -> str:
        """A `Token` for an account that is none yet. Raises SignInError when it was refused."""
        if rejected:
            raise SignInError("The provider does not accept the permission that it just gave. Sign in again.")
        return self.tokens.access


class PendingSignIn:
    """Waits for the user to allow something in the browser, at `url`."""

    def __init__(self, wanted: "_Wanted", sign_in: "SignIn") -> None:
        self.url = sign_in.url
        self._wanted = wanted
        self._sign_in = sign_in

    def finish(self, seconds: float = WAIT_SECONDS) -> Grant:
        """The permission, at most `seconds` after the beginning; no port is open after that.

        Raises SignInError when it is not given, or by another account's owner, and TransientError.
        """
        return self._wanted.grant(self._sign_in.wait(seconds))

    def cancel(self) -> None:
        """End the wait, from another thread too."""
        self._sign_in.cancel()

    def close(self) -> None:
        """Let go of it without having waited; safe to call twice."""
        self._sign_in.close()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, and of whom."""

    provider: Provider
    client: Client
    services: tuple[Service, ...]
    address: str = ""

    def grant(self, tokens: "Tokens") -> Grant:
        name, who = self.provider.name, tokens.address
        if self.address and who and who.casefold() != self.address.casefold():
            raise SignInError(f"You signed in as {who}, not as {self.address}. Nothing was kept.")
        if not tokens.refresh:
            raise SignInError(
                f"{name} gave no lasting permission. Take the old one back at {self.provider.permissions}, "
                "then sign in again."
            )
        services = self.provider.allowed(self.services, tokens.scopes)
        if not services:
            raise SignInError(f"{name} was allowed none of what was asked for. Sign in again, and allow it.")
        return Grant(self.provider.kind, self.client, services, tokens)


def client_of(clients: Mapping[AccountKind, Client], kind: AccountKind) -> Client:
    """Who this program is at a provider. Raises UsageError where nobody registered it."""
    if kind not in clients:
        where = f"FLUFFY_{kind.upper()}_CLIENT_ID"
        raise UsageError(
            f"FluffyMail has no client id of its own for {kind.capitalize()} yet. docs/own-client-id.md says "
            f"how to get one in ten minutes; then set {where}, or use --client-id."
        )
    return clients[kind]


def client_used(store: Database, account_id: AccountId) -> Client | None:
    """Who this program was when the user gave the account's permission; None without one."""
    settings = accounts.get(store, account_id)
    if settings is None or settings.kind not in KINDS:
        return None
    return Client(settings.client_id, _read(accounts.password(store, account_id)).secret)


def begin(
    gateway: Gateway,
    kind: AccountKind,
    services: Collection[Service],
    *,
    client: Client,
    address: str = "",
    push: bool = False,
) -> PendingSignIn:
    """Ask for a permission; the user gives it in the browser, as `address`.

    `push` asks to be told of new mail, too. What was allowed before stays so, and the provider's page asks
    for the rest only. Whoever calls this has to `finish` or `close`. Raises UsageError for accounts with
    passwords, BlockedError while offline.
    """
    from fluffy_core.connectors.sign_in.oauth import SignIn

    there = gateway.reaching(gateway.roots.hosts(kind))
    at = provider(kind, gateway.roots)
    sign_in = SignIn(there, at, client, scopes=at.scopes_of(services, push=push), hint=address)
    return PendingSignIn(_Wanted(at, client, tuple(services), address), sign_in)


def from_refresh_token(
    gateway: Gateway, kind: AccountKind, services: Collection[Service], *, client: Client, refresh: str
) -> Grant:
    """A permission that was got elsewhere for the same client. Raises SignInError, TransientError."""
    from fluffy_core.connectors.sign_in.oauth import TokenServer

    there = gateway.reaching(gateway.roots.hosts(kind))
    at = provider(kind, gateway.roots)
    tokens = TokenServer(there, at, client).renew(refresh, at.scopes_of(services))
    return _Wanted(at, client, tuple(services)).grant(replace(tokens, refresh=tokens.refresh or refresh))


def token(store: Database, gateway: Gateway, account_id: AccountId) -> Token:
    """Hands out the access tokens of an account, in any thread."""
    return _Permission(store, gateway, account_id)


class _Permission:
    """Renews early, once for all threads. What the server gave is on the disk before anybody uses it."""

    def __init__(self, store: Database, gateway: Gateway, account_id: AccountId) -> None:
        self._store = store
        self._gateway = gateway
        self._account_id = account_id
        self._lock = store.memory(f"permission of account {account_id}", threading.Lock)

    def __call__(self, rejected: str = "") -> str:
        kept = _read(accounts.password(self._store, self._account_id))
        if kept.is_good(rejected):
            return kept.access
        with self._lock:
            text = accounts.password(self._store, self._account_id)
            kept = _read(text)  # another thread may have renewed it meanwhile
            return kept.access if kept.is_good(rejected) else self._renew(text, kept, rejected)

    def _renew(self, text: str, kept: _Kept, rejected: str) -> str:
        from fluffy_core.connectors.sign_in.oauth import TokenServer

        settings = accounts.get(self._store, self._account_id)
        if settings is None:
            raise SignInError(_GONE)
        if not kept.refresh:
            raise SignInError(kept.problem or "Sign in to this account again.")
        at = provider(settings.kind, self._gateway.roots)
        server = TokenServer(self._gateway, at, Client(settings.client_id, kept.secret))
        try:
            found = _renewed(kept, server.renew(kept.refresh, _asked(at, settings)))
        except SignInError as error:
            if self._refuse(text, kept, settings, words=str(error)):
                raise
            return self._theirs(rejected)
        if not self._put(text, found):
            return self._theirs(rejected)
        if found.access == rejected:
            raise SignInError(f"{at.name} refuses the token that it just gave. Sign in again.")
        return found.access

    def _theirs(self, rejected: str) -> str:
        """Another process renewed it, or the user signed in, while we asked: theirs counts."""
        kept = _read(accounts.password(self._store, self._account_id))
        if kept.is_good(rejected):
            return kept.access
        raise SignInError(kept.problem or _GONE)

    def _put(self, text: str, kept: _Kept) -> bool:
        with self._store.transaction(durable=True) as tx:
            return accounts.change_password(tx, self._account_id, old=text, new=kept.text())

    def _refuse(self, text: str, kept: _Kept, settings: AccountSettings, *, words: str) -> bool:
        """Nobody is asked again until the user signs in; that is said once."""
        ended = replace(kept, access="", refresh="", until=0.0, problem=words)
        with self._store.transaction(durable=True) as tx:
            if not accounts.change_password(tx, self._account_id, old=text, new=ended.text()):
                return False
            accounts.set_refused(tx, self._account_id, words)
            account = sources.account(tx, self._account_id)
            name = account.name if account else ""
            cure = sign_in_again(settings.kind, name)
            alerts.note(tx, alerts.about_account(self._account_id), text=words, cure=cure, now=time.time())
        return True


def sign_in_again(kind: AccountKind, address: str) -> str:
    """What helps an account that its server does not let in, as a sentence."""
    how = "caldav --url URL" if kind is AccountKind.DAV else str(kind)
    return f"Sign in again: `fluffy account add {how} --address {address}`."


def revoke(store: Database, gateway: Gateway, account_id: AccountId) -> str:
    """Take a permission back as far as that can be done from here; what became of it, in a sentence.

    "" for accounts with a password. Never raises: whoever forgets an account forgets it offline too.
    """
    from fluffy_core.connectors.sign_in.oauth import TokenServer

    settings = accounts.get(store, account_id)
    if settings is None or settings.kind not in KINDS:
        return ""
    at = provider(settings.kind, gateway.roots)
    kept = _read(accounts.password(store, account_id))
    by_hand = f"You can take the permission back at {at.permissions}."
    if not kept.refresh:
        return f"{at.name} had ended the permission already."
    try:
        server = TokenServer(gateway, at, Client(settings.client_id, kept.secret))
        if server.revoke(kept.refresh):
            return f"{at.name} was told to end the permission."
    except KnownError as error:
        return f"{at.name} could not be told to end the permission: {error} {by_hand}"
    return f"{at.name} offers programs no way to end a permission. {by_hand}"


def _asked(at: Provider, settings: AccountSettings) -> tuple[str, ...]:
    return at.scopes_of(settings.services, push=bool(settings.subscription))


def _renewed(kept: _Kept, tokens: "Tokens") -> _Kept:
    life = tokens.seconds - min(EARLY, tokens.seconds / 2)
    refresh = tokens.refresh or kept.refresh
    return replace(kept, access=tokens.access, refresh=refresh, until=time.time() + life)
