"""A permission whose refresh token rotates outlives a SIGKILL on either side of its one commit point."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.services.accounts import accounts, permissions
from fluffy_core.store import accounts as rows
from tests.conftest import PROJECT
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running
from tests.fakes.provider_accounts import Provider, provider, roots
from tests.faults.victim import settings

__all__ = ["provider"]

POINT = "permissions._put"
OURS = Client(CLIENT, SECRET)


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with running() as (found, _web):
        found.rotates = True
        yield found


@pytest.fixture
def home(tmp_path: Path, provider: Provider, server: OAuthServer) -> Path:
    """A home with an account whose access token is not good any more."""
    home = tmp_path / "home"
    with Core.open(replace(settings(home), roots=roots(server.url))) as core:
        grant = permissions.from_refresh_token(
            core.gateway, AccountKind.GOOGLE, [Service.MAIL], client=OURS, refresh=server.invite()
        )
        wanted = AccountSettings(kind=AccountKind.GOOGLE)
        accounts.add(core.store, core.gateway, "ada@example.com", settings=wanted, grant=grant)
    server.access.clear()
    return home


def victim(home: Path, server: OAuthServer, *options: str) -> int:
    command = [sys.executable, "-m", "tests.faults.permission_victim", str(home), server.url, *options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, timeout=120, check=False)
    assert done.returncode in (0, 1, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return done.returncode


def kept(home: Path) -> str:
    with Core.open(settings(home)) as core:
        return rows.password(core.store, AccountId(1))


def test_killed_after_it_was_stored_the_next_start_uses_it(home: Path, server: OAuthServer) -> None:
    before = len(server.asked_for)
    assert victim(home, server, "--die", f"{POINT}:after:0") == -signal.SIGKILL
    assert len(server.asked_for) == before + 1
    assert [one for one in server.refresh if one in kept(home)] == list(server.refresh)
    assert victim(home, server) == 0
    assert len(server.asked_for) == before + 1


def test_killed_before_it_was_stored_nothing_used_it(home: Path, server: OAuthServer) -> None:
    """A server that lets the older token live on, as both providers do, is then asked once more."""
    server.keeps_old = True
    stored = kept(home)
    assert victim(home, server, "--die", f"{POINT}:before:0") == -signal.SIGKILL
    assert kept(home) == stored
    assert victim(home, server) == 0
    assert kept(home) != stored
