"""Trying an account out before anything is kept: what it needs to be reached, and whether it lets us in."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security
from fluffy_core.connectors.sign_in.presets import Servers
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import AccountSettings, Server, Service
from fluffy_core.domain.sync import Folder
from fluffy_core.services.accounts import accounts, providers
from fluffy_core.services.accounts.permissions import Grant


@dataclass(frozen=True, slots=True)
class Looked:
    """The folders of an account that let us in, and those that are fetched unless others are named."""

    folders: tuple[Folder, ...]
    usual: tuple[str, ...]


def settings_of(servers: Servers, address: str) -> AccountSettings:
    """How the account of an address is reached at its servers."""
    sends = servers.submission
    return AccountSettings(
        _server(servers.imap),
        servers.user_of(address),
        _server(sends) if sends is not None else None,
        files_sent=servers.files_sent,
    )


def look(
    gateway: Gateway,
    settings: AccountSettings,
    *,
    password: str = "",
    grant: Grant | None = None,
    met: Callable[[bool], object],
) -> Looked:
    """Sign in once, with a password or a permission that was just given, and list the folders.

    Nothing is written; without mail among what is fetched there are no folders.
    `met` is called when the server was reached, with whether the connection is encrypted already; one that
    begins in plain text is encrypted before anything secret is said. Raises as `MailAccount` does.
    """

    def tell(endpoint: Endpoint) -> None:
        met(endpoint.security is Security.TLS)

    if Service.MAIL not in settings.services:
        return Looked((), ())
    hosts = settings.hosts | gateway.roots.hosts(settings.kind)
    there = gateway.reaching(hosts, certificate=settings.certificate, met=tell)
    login = Login(settings.user, password, grant.token if grant is not None else None)
    with closing(providers.mail(there, settings, login=login)) as account:
        folders = account.folders()
    return Looked(folders, tuple(one.name for one in accounts.chosen(folders, ())))


def _server(endpoint: Endpoint) -> Server:
    return Server(endpoint.host, endpoint.port, endpoint.security.value)
