"""A sync killed at any of its commit points ends, once resumed, exactly like one that nobody disturbed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from imapclient import IMAPClient

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.domain.events import AccountConnected
from fluffy_core.services.accounts import accounts
from fluffy_core.services.accounts import changes as account_changes
from fluffy_core.services.imports import ownership
from fluffy_core.store import accounts as stored
from fluffy_core.store import sources
from tests.conftest import PROJECT
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.google_server import Google, google
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.stages import letter
from tests.faults import snapshot
from tests.faults.victim import settings

__all__ = ["certificate", "full_dovecot"]

ADDRESS = "kills@example.com"
COUNT = 430
"""Messages: three pages."""
LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
POINTS = ("sync.", "pages.", "gone.", "network.") if LONG else ("sync._begin", "pages.")
"""What the names of the points to die at begin with."""
ANYHOW = ("jobs",)
"""What may differ: the clock asks for jobs, and a killed try leaves its mark on one."""


def victim(home: Path, *options: str) -> int:
    """Run the process; its return code."""
    command = [sys.executable, "-m", "tests.faults.sync_victim", str(home), *options]
    complaints = home.with_suffix(".stderr")
    with complaints.open("wb") as file:
        code = subprocess.run(
            command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=file, timeout=300, check=False
        ).returncode
    assert code in (0, -signal.SIGKILL), complaints.read_text()[-2000:]
    return code


class Side(Protocol):
    """A mailbox on a server, and a home that has it as an account."""

    options: tuple[str, ...]
    """What the process to be killed needs to know."""

    def add(self, home: Path) -> None:
        """Make a home with the account."""
        ...

    def change(self) -> None:
        """Mail comes, goes and is read."""
        ...


class DovecotSide:
    """On a Dovecot."""

    options: tuple[str, ...] = ()

    def __init__(self, server: Dovecot, client: IMAPClient) -> None:
        self.server = server
        self.client = client
        client.select_folder("INBOX")
        client.delete_messages(client.search())  # of an earlier try
        client.expunge()
        for number in range(COUNT):
            client.append("INBOX", letter(number, days_ago=number))

    def add(self, home: Path) -> None:
        add(home, self.server, ADDRESS)

    def change(self) -> None:
        uids = self.client.search()
        self.client.add_flags(uids[:9], [rb"\Seen"])
        self.client.delete_messages(uids[20:30])
        self.client.expunge()
        for number in range(COUNT, COUNT + 12):
            self.client.append("INBOX", letter(number))


def add(home: Path, server: Dovecot, user: str) -> None:
    """A home with the account."""
    wanted = AccountSettings(Server("127.0.0.1", server.plain_port, "insecure-loopback"), user)
    with Core.open(settings(home)) as core:
        accounts.add(core.store, core.gateway, user, settings=wanted, password=PASSWORD)


class GmailSide:
    """On a loopback Google."""

    def __init__(self, server: Google) -> None:
        self.server = server
        self.options: tuple[str, ...] = ("--google", server.url)
        for number in range(COUNT):
            at = datetime(2026, 1, 31, tzinfo=UTC) - timedelta(days=number)
            server.mail.deliver(letter(number, days_ago=number), at=at)

    def add(self, home: Path) -> None:
        with Core.open(settings(home)) as core, core.store.transaction() as tx:
            number = sources.open_account(tx, AccountKind.GOOGLE, ADDRESS, now=time.time())
            stored.put(tx, number, AccountSettings(kind=AccountKind.GOOGLE), password="")
            ownership.add_confirmed(tx, [ADDRESS])
            tx.emit(AccountConnected(number, afresh=True))

    def change(self) -> None:
        mail = self.server.mail
        ids = list(mail.messages)
        for one in ids[:9]:
            mail.label(one, add=["STARRED"], remove=["UNREAD"])
        for one in ids[20:25]:
            mail.delete(one)
        for one in ids[25:30]:
            mail.label(one, add=["TRASH"], remove=["INBOX"])
        for number in range(COUNT, COUNT + 12):
            mail.deliver(letter(number))


@pytest.fixture(params=["dovecot", "gmail"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "gmail":
        with google() as server:
            yield GmailSide(server)
        return
    dovecot = request.getfixturevalue("full_dovecot")
    with dovecot.other_client(ADDRESS) as client:
        yield DovecotSide(dovecot, client)


def points(file: Path) -> list[str]:
    return sorted({one for one in file.read_text().split() if one.startswith(POINTS)})


def alike(expected: snapshot.Snapshot, home: Path) -> dict[str, object]:
    found = snapshot.differences(expected, snapshot.take(home))
    return {name: one for name, one in found.items() if name not in ANYHOW}


@pytest.mark.timeout(14400 if LONG else 600)
def test_kills_at_every_commit_point(side: Side, tmp_path: Path) -> None:
    homes = {}
    quiet, met = tmp_path / "quiet", tmp_path / "first"
    side.add(quiet)
    assert victim(quiet, *side.options, "--list", str(met)) == 0
    expected = snapshot.take(quiet)
    assert len(expected["messages"]) == COUNT
    assert {"sync._begin", "pages._put"} <= set(points(met))
    for point in points(met):
        for when in ("before", "after"):
            homes[point, when] = home = tmp_path / f"{point}-{when}"
            side.add(home)
            passed = 1 if point == "pages._put" else 0
            assert victim(home, *side.options, "--die", f"{point}:{when}:{passed}") == -signal.SIGKILL
            assert victim(home, *side.options) == 0
            assert alike(expected, home) == {}, (point, when)
    side.change()
    for _ in range(2):
        assert victim(quiet, *side.options) == 0
    expected = snapshot.take(quiet)
    for (point, when), home in homes.items():
        victim(home, *side.options, "--die", f"{point}:{when}:0")
        for _ in range(2):
            assert victim(home, *side.options) == 0
        assert alike(expected, home) == {}, ("later", point, when)


def once_more(home: Path) -> None:
    """Ask for everything anew."""
    with Core.open(settings(home)) as core:
        (account,) = accounts.listed(core.store)
        account_changes.again(core.store, account.id)


def test_kills_while_everything_is_fetched_once_more(full_dovecot: Dovecot, tmp_path: Path) -> None:
    home, user = tmp_path / "home", "once-more@example.com"
    with full_dovecot.other_client(user) as client:
        for number in range(120):
            client.append("INBOX", letter(number, days_ago=number))
    add(home, full_dovecot, user)
    assert victim(home) == 0
    expected = snapshot.take(home)
    met = tmp_path / "met"
    once_more(home)
    assert victim(home, "--list", str(met)) == 0
    for point in points(met):
        for when in ("before", "after"):
            once_more(home)
            passed = min(1, met.read_text().split().count(point) - 1)  # half-way, where it is passed twice
            assert victim(home, "--die", f"{point}:{when}:{passed}") == -signal.SIGKILL, (point, when)
            assert victim(home) == 0
            assert victim(home) == 0
            assert alike(expected, home) == {}, (point, when)
