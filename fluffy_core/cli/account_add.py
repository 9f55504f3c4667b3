"""`fluffy account add` for accounts that sign in in the browser, and for servers of calendars."""

import argparse
import sys
import threading
import webbrowser
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

from fluffy_core.cli.accounts import fingerprint, password_of, previewed, secret_in, signed_in
from fluffy_core.cli.answer import Answer
from fluffy_core.config import Settings
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import accounts, permissions
from fluffy_core.services.accounts.permissions import Grant


def google(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Sign in to Google and keep the account."""
    return _provider(settings, arguments, AccountKind.GOOGLE)


def microsoft(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Sign in to Microsoft and keep the account."""
    return _provider(settings, arguments, AccountKind.MICROSOFT)


def caldav(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Sign in to a server of calendars and address books, and keep the account."""
    url = _url(arguments.url, plain=arguments.insecure_loopback)
    with Core.open(settings) as core:
        _, known = accounts.existing(core.store, AccountKind.DAV, arguments.address)
        wanted = replace(
            known,
            dav=url,
            user=arguments.user or known.user or arguments.address,
            certificate=fingerprint(arguments.certificate) or known.certificate,
            services=_services(arguments, known, (Service.CALENDAR, Service.CONTACTS)),
        )
        password = password_of(arguments.password_env, arguments.address)
        added = accounts.add(core.store, core.gateway, arguments.address, settings=wanted, password=password)
    return signed_in(added)


def _provider(settings: Settings, arguments: argparse.Namespace, kind: AccountKind) -> Answer:
    with Core.open(settings) as core:
        account_id, known = accounts.existing(core.store, kind, arguments.address)
        wanted = replace(
            known,
            services=_services(arguments, known, tuple(Service)),
            folders=tuple(arguments.folder) or known.folders,
            since=arguments.since or known.since,
            subscription=arguments.subscription or known.subscription,
        )
        client = _client(core, kind, arguments, account_id=account_id)
        grant = _grant(core, wanted, arguments, client=client)
        if arguments.dry_run:
            login = Login(arguments.address, token=grant.token)
            return previewed(core, arguments.address, wanted, login=login)
        added = accounts.add(core.store, core.gateway, arguments.address, settings=wanted, grant=grant)
    return signed_in(added)


def _services(
    arguments: argparse.Namespace, known: AccountSettings, usual: tuple[Service, ...]
) -> tuple[Service, ...]:
    """What is named, else what was fetched before, else everything."""
    return tuple(one for one in Service if one in arguments.only) or known.services or usual


def _client(
    core: Core, kind: AccountKind, arguments: argparse.Namespace, *, account_id: AccountId | None
) -> Client:
    """The one that is named, else the one that the account has, else that of the environment."""
    if arguments.client_id:
        variable = arguments.client_secret_env
        return Client(arguments.client_id, secret_in(variable) if variable else "")
    if arguments.client_secret_env:
        raise UsageError("A client secret needs its --client-id.")
    used = permissions.client_used(core.store, account_id) if account_id is not None else None
    return used or permissions.client_of(core.settings.clients, kind)


def _grant(core: Core, wanted: AccountSettings, arguments: argparse.Namespace, *, client: Client) -> Grant:
    if arguments.refresh_token_env:
        refresh = secret_in(arguments.refresh_token_env)
        return permissions.from_refresh_token(
            core.gateway, wanted.kind, wanted.services, client=client, refresh=refresh
        )
    pending = permissions.begin(
        core.gateway,
        wanted.kind,
        wanted.services,
        client=client,
        address=arguments.address,
        push=bool(wanted.subscription),
    )
    with closing(pending):
        _show(pending.url, browser=not arguments.no_browser)
        return pending.finish()


def _show(url: str, *, browser: bool) -> None:
    """On stderr, so that stdout stays the answer. The browser may be one that holds up who starts it."""
    if browser:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    words = "Your browser opens. If it does not, open this address:" if browser else "Open this address:"
    print(f"{words}\n{url}", file=sys.stderr, flush=True)


def _url(text: str, *, plain: bool) -> str:
    """The address of a server: encrypted, or plainly not. Raises UsageError."""
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{text} is no address of a server.") from error
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError(f"{text} is no address of a server.")
    if parts.username or parts.password:
        raise UsageError("Leave name and password out of the address: use --user and --password-env.")
    if parts.scheme == "http" and not plain:
        raise UsageError(
            "http:// is not encrypted: only a server on this computer is reached so (--insecure-loopback)."
        )
    return url
