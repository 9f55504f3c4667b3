"""Accounts in memory; those with a token ask an interface at each call that knows which are good."""

from contextlib import closing
from pathlib import Path

import pytest

from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.rest import Rest
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Roots
from fluffy_core.domain.sync import CardPage, EventPage, RemoteCalendar
from fluffy_core.errors import AnswerError, FluffyError
from tests.fakes.memory_account import MemoryAccount, MemoryServer
from tests.fakes.oauth_server import CLIENT, SECRET


def roots(url: str) -> Roots:
    """Everything at one server."""
    return Roots(url, url, url, url, url, url)


def core_of(home: Path, url: str) -> Core:
    """The core of a home whose providers are all at one server, and which is registered there."""
    client = Client(CLIENT, SECRET)
    clients = {AccountKind.GOOGLE: client, AccountKind.MICROSOFT: client}
    paths = Paths(home=home, models=home / "no-models", resources=resources_folder())
    key_file = home.with_suffix(".key")
    return Core.open(Settings(paths=paths, key_file=key_file, roots=roots(url), clients=clients))


class Asks:
    """Asks the interface with a token."""

    def __init__(self, gateway: Gateway, login: Login, path: str) -> None:
        self._gateway, self._login, self._path = gateway, login, path

    def ask(self) -> None:
        if self._login.token is None:
            assert self._login.password
            return
        root = self._gateway.roots.gmail
        with closing(Rest(self._gateway, root, reason="mail", token=self._login.token)) as rest:
            rest.ask("GET", f"api/{self._path}")


class TokenAccount(MemoryAccount):
    """A mail account."""

    def __init__(self, server: MemoryServer, asks: Asks) -> None:
        super().__init__(server)
        self._asks = asks

    def _begin(self) -> None:
        self._asks.ask()
        super()._begin()


class TokenPim(Asks):
    """Calendars, or people."""

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        self.ask()
        return (RemoteCalendar("1", "Mine", mine=True),)

    def events(self, calendar: RemoteCalendar, **_: object) -> EventPage:
        self.ask()
        return EventPage((), cursor="1")

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        self.ask()
        return CardPage(())

    def close(self) -> None:
        """Nothing is open."""


class Provider:
    """The server's side. Services in `broken` refuse everything for good."""

    def __init__(self) -> None:
        self.server = MemoryServer()
        self.broken: dict[str, FluffyError] = {}

    def mail(self, gateway: Gateway, settings: AccountSettings, *, login: Login) -> TokenAccount:
        self._check("mail")
        return TokenAccount(self.server, Asks(gateway, login, "mail"))

    def calendar(self, gateway: Gateway, settings: AccountSettings, *, login: Login) -> TokenPim:
        self._check("calendar")
        return TokenPim(gateway, login, "calendar")

    def contacts(self, gateway: Gateway, settings: AccountSettings, *, login: Login) -> TokenPim:
        self._check("contacts")
        return TokenPim(gateway, login, "contacts")

    def _check(self, name: str) -> None:
        if name in self.broken:
            raise self.broken[name]


SWITCHED_OFF = AnswerError("127.0.0.1 refuses the request (403). It says: not switched on.", status=403)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Every account that is connected speaks to this one."""
    found = Provider()
    for name in ("mail", "calendar", "contacts"):
        monkeypatch.setattr(f"fluffy_core.services.accounts.providers.{name}", getattr(found, name))
    return found
