"""A whole program on a real server: push alone brings new mail, and a lost network is found again."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from fluffy_core.connectors.network.gateway import Endpoint, Gateway
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC, JobState
from fluffy_core.errors import UnreachableError
from fluffy_core.services.accounts import accounts, lookout, network
from fluffy_core.services.accounts import overview as accounts_overview
from fluffy_core.services.home import activity
from fluffy_core.services.sync import push as pushing
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.jobs import wait
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.stages import letter
from tests.faults.victim import settings

__all__ = ["certificate", "full_dovecot"]
PATIENCE = 60.0


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return f"{request.node.name.replace('_', '-')[:40]}@example.com"


@pytest.fixture
def other(full_dovecot: Dovecot, user: str) -> Iterator[IMAPClient]:
    """Another mail program of the same user, with one message delivered."""
    with full_dovecot.other_client(user) as client:
        client.append("INBOX", letter(1))
        yield client


@pytest.fixture
def core(
    full_dovecot: Dovecot, user: str, other: IMAPClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Core]:
    """A home with the account, not at work yet."""
    monkeypatch.setattr(pushing, "DEBOUNCE", 0.1)
    monkeypatch.setattr(lookout, "SHORTEST", 0.1)
    server = Server("127.0.0.1", full_dovecot.plain_port, "insecure-loopback")
    with Core.open(settings(tmp_path / "home")) as opened:
        accounts.add(
            opened.store, opened.gateway, user, settings=AccountSettings(server, user), password=PASSWORD
        )
        yield opened


def stored(core: Core) -> int:
    (count,) = core.store.one("SELECT count(*) FROM messages") or (0,)
    return int(count)


def listening(core: Core) -> bool:
    return len(core.works.push.listening()) == 1


def quiet(core: Core) -> bool:
    """Whether every sync that was asked for is done."""
    states = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING_RETRY)
    return not activity.jobs(core.store, states=states, names=(FIRST_SYNC, LATER_SYNC))


def test_push_alone_brings_what_was_delivered(core: Core, other: IMAPClient) -> None:
    core.start_workers()
    wait(lambda: listening(core) and quiet(core), seconds=PATIENCE)
    assert stored(core) == 1
    for number in (2, 3):
        other.append("INBOX", letter(number))
        wait(lambda number=number: stored(core) == number, seconds=PATIENCE)  # type: ignore[misc]
    (one,) = accounts_overview.listed(core.store)
    newest = accounts_overview.runs(core.store, one.id)[0]
    assert one.last_sync is not None
    assert newest.title == "Fetching new mail"


def test_going_offline_lets_go_of_the_connection_and_online_catches_up(core: Core, other: IMAPClient) -> None:
    core.start_workers()
    wait(lambda: listening(core) and quiet(core), seconds=PATIENCE)
    network.set_offline(core.store, True)
    wait(lambda: not core.works.push.listening(), seconds=PATIENCE)
    other.append("INBOX", letter(2))
    assert accounts_overview.listed(core.store)[0].words == "Offline"
    network.set_offline(core.store, False)
    wait(lambda: stored(core) == 2, seconds=PATIENCE)


def test_a_network_that_was_gone_is_noticed_and_the_first_sync_goes_on(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is gone nothing dies and nothing is asked by the clock; once it is back nobody has to ask."""
    reach = Gateway._reach
    gone = threading.Event()
    gone.set()

    def broken(self: Gateway, endpoint: Endpoint) -> socket.socket:
        if gone.is_set():
            self._rules.reached(endpoint, False)
            raise UnreachableError("The network is gone.")
        return reach(self, endpoint)

    monkeypatch.setattr(Gateway, "_reach", broken)
    core.start_workers()
    wait(lambda: accounts_overview.listed(core.store)[0].words == "Cannot be reached", seconds=PATIENCE)
    with core.store.transaction() as tx:
        tx.execute("UPDATE jobs SET run_after = 1e11 WHERE name = ?", (FIRST_SYNC,))
    gone.clear()
    wait(lambda: stored(core) == 1, seconds=PATIENCE)
    (first,) = activity.jobs(core.store, names=(FIRST_SYNC,))
    wait(lambda: quiet(core), seconds=PATIENCE)
    assert first.attempt <= 1


def test_the_threads_that_wait_end_with_the_workers(core: Core) -> None:
    core.start_workers()
    wait(lambda: listening(core), seconds=PATIENCE)
    assert core.jobs.stop()
    assert not [one.name for one in threading.enumerate() if one.name.startswith(("push", "lookout"))]
