"""Canaries: passwords, tokens, codes and secrets that sing wherever they are seen out of their column."""

import logging
import traceback
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core import config
from fluffy_core.core import Core
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import KnownError
from fluffy_core.services.accounts import permissions
from tests.fakes.browser import browsing
from tests.fakes.oauth_server import CLIENT, OAuthServer, running
from tests.fakes.provider_accounts import Provider, provider
from tests.fakes.web_server import Asked, Reply, WebServer
from tests.unit.cli.conftest import Fluffy

__all__ = ["provider"]

CANARY = "CANARY"
ADA = "ada@example.com"


class Cage:
    """A home whose every secret is a canary, and everything that was heard of it."""

    def __init__(
        self, fluffy: Fluffy, home: Path, *, server: OAuthServer, web: WebServer, provider: Provider
    ) -> None:
        self._fluffy, self.home = fluffy, home
        self.server, self.web, self.provider = server, web, provider
        self.heard: list[str] = []

    def __call__(self, *words: str) -> int:
        ran = self._fluffy("--home", self.home, *words)
        self.heard += [ran.out, ran.err]
        return ran.code

    def add(self, kind: str = "google") -> int:
        return self("account", "add", kind, "--address", ADA, "--client-id", CLIENT, "--client-secret-env",
                    "OUR_SECRET")  # fmt: skip

    def look(self) -> None:
        """Every command that tells of accounts and their jobs, for people and for programs."""
        for words in ("account list", "jobs list", "jobs alerts", "privacy", "jobs stats", "doctor"):
            self(*words.split())
            self("--json", *words.split())

    def rows(self) -> list[str]:
        """Everything in the database but the column of the secrets."""
        with Core.open(config.load(self.home)) as core:
            names = [one[0] for one in core.store.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            found = [str(core.store.all(f'SELECT * FROM "{one}"')) for one in names if one != OWN]
            columns = [one[0] for one in core.store.all(f"SELECT name FROM pragma_table_info('{OWN}')")]
            others = ", ".join(one for one in columns if one != "password")
            return [*found, str(core.store.all(f"SELECT {others} FROM {OWN}"))]

    def secrets(self) -> str:
        """The column of the secrets."""
        with Core.open(config.load(self.home)) as core:
            return str(core.store.all(f"SELECT password FROM {OWN}"))

    def files(self) -> dict[str, bytes]:
        """The bytes of everything in the home."""
        return {str(one): one.read_bytes() for one in self.home.rglob("*") if one.is_file()}


OWN = "account_settings"


@pytest.fixture
def cage(
    fluffy: Fluffy, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cage]:
    with running() as (server, web), browsing() as browser:
        server.mark = server.secret = CANARY
        for name in ("OAUTH", "GMAIL", "GOOGLE_CALENDAR", "PEOPLE", "GRAPH"):
            monkeypatch.setenv(f"FLUFFY_{name}_ROOT", web.url)
        monkeypatch.setenv("OUR_SECRET", CANARY)
        monkeypatch.setenv("DAV_PASSWORD", CANARY)
        monkeypatch.setattr(webbrowser, "open", browser.open)
        yield Cage(fluffy, tmp_path / "home", server=server, web=web, provider=provider)


def sings(text: str | bytes) -> bool:
    return (CANARY.encode() in text) if isinstance(text, bytes) else (CANARY in text)


def check(cage: Cage, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing sings but the secrets in their place."""
    assert [one for one in cage.heard if sings(one)] == []
    assert [one for one in cage.rows() if sings(one)] == []
    assert [name for name, content in cage.files().items() if sings(content)] == []
    formatter = logging.Formatter()
    assert [text for one in caplog.records if sings(text := formatter.format(one))] == []
    assert [one for one in caplog.records if sings(repr(one.args)) or sings(str(one.exc_info))] == []


@pytest.mark.parametrize("kind", ["google", "microsoft"])
def test_a_sign_in_and_its_use_are_silent(cage: Cage, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    caplog.set_level(logging.DEBUG)
    cage.server.rotates = True
    assert cage.add(kind) == 0
    cage.server.access.clear()
    assert cage("sync") == 0
    cage.look()
    assert sings(cage.secrets())
    assert sings(str(cage.server.asked_for))
    check(cage, caplog)
    assert any(one.name.startswith("http") for one in caplog.records)
    assert cage("account", "remove", ADA) == 0
    assert not sings(cage.secrets())
    check(cage, caplog)


def test_a_password_is_silent(cage: Cage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words = ("--url", "http://127.0.0.1:1/", "--insecure-loopback", "--password-env", "DAV_PASSWORD")
    assert cage("account", "add", "caldav", "--address", ADA, *words) == 0
    cage.look()
    assert sings(cage.secrets())
    check(cage, caplog)


def echo(status: int) -> Reply:
    """A server that tells everybody what it was asked."""
    words = f'"error_description": "Bad: {CANARY}", "refresh_token": "{CANARY}"'
    return Reply(status, f'{{"error": "invalid_grant", {words}}}'.encode())


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 200])
def test_a_server_that_repeats_secrets_is_not_repeated(
    cage: Cage, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    assert cage.add() == 0
    cage.server.access.clear()
    cage.web.struck = lambda asked: asked.path == "/token"
    cage.web.faults.append(echo(status))
    cage("sync")
    cage.look()
    assert cage.add() == 0
    check(cage, caplog)


def test_a_sign_in_that_goes_wrong_is_silent(cage: Cage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for status in (400, 401, 500, 200):
        cage.web.struck = lambda asked: asked.path == "/token"
        cage.web.faults.append(echo(status))
        assert cage.add() == 1
    check(cage, caplog)


def test_an_ended_permission_is_silent_also_in_tracebacks(
    cage: Cage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert cage.add() == 0
    cage.server.refresh.clear()
    cage.server.access.clear()
    assert cage("sync") == 1
    cage.look()
    with Core.open(config.load(cage.home)) as core:
        with pytest.raises(KnownError) as caught:
            permissions.token(core.store, core.gateway, AccountId(1))()
        told = "".join(traceback.format_exception(caught.value))
    assert "Sign in again" in told
    assert not sings(told)
    assert not sings(repr(caught.value.__dict__))
    check(cage, caplog)


def test_tracebacks_of_renewals_are_silent(cage: Cage) -> None:
    assert cage.add() == 0
    with Core.open(config.load(cage.home)) as core:
        ask = permissions.token(core.store, core.gateway, AccountId(1))
        rejected = ask()

        def broken(asked: Asked) -> Reply:
            return Reply(200, f'{{"access_token": "{CANARY}'.encode(), {}, drop_at=20)

        cage.web.handle = broken
        with pytest.raises(KnownError) as caught:
            ask(rejected)
    assert not sings("".join(traceback.format_exception(caught.value)))
