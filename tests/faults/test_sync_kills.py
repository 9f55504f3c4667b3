"""A sync killed at any of its commit points ends, once resumed, exactly like one that nobody disturbed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.services import account_changes, accounts
from tests.conftest import PROJECT
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.stages import letter
from tests.faults import snapshot
from tests.faults.victim import settings

__all__ = ["certificate", "full_dovecot"]

COUNT = 430
"""Messages: three pages."""
LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
POINTS = ("sync.", "sync_pages.", "sync_gone.", "network.") if LONG else ("sync._begin", "sync_pages.")
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


@pytest.fixture
def mailbox(full_dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[IMAPClient]:
    """The mailbox of another mail program's user."""
    with full_dovecot.other_client("kills@example.com") as client:
        client.select_folder("INBOX")
        for number in range(COUNT):
            client.append("INBOX", letter(number, days_ago=number))
        yield client


def add(home: Path, server: Dovecot, user: str = "kills@example.com") -> None:
    """A home with the account."""
    wanted = AccountSettings(Server("127.0.0.1", server.plain_port, "insecure-loopback"), user)
    with Core.open(settings(home)) as core:
        accounts.add(core.store, core.gateway, user, settings=wanted, password=PASSWORD)


def points(file: Path) -> list[str]:
    return sorted({one for one in file.read_text().split() if one.startswith(POINTS)})


def alike(expected: snapshot.Snapshot, home: Path) -> dict[str, object]:
    found = snapshot.differences(expected, snapshot.take(home))
    return {name: one for name, one in found.items() if name not in ANYHOW}


def test_kills_at_every_commit_point(full_dovecot: Dovecot, mailbox: IMAPClient, tmp_path: Path) -> None:
    homes = {}
    quiet, met = tmp_path / "quiet", tmp_path / "first"
    add(quiet, full_dovecot)
    assert victim(quiet, "--list", str(met)) == 0
    expected = snapshot.take(quiet)
    assert len(expected["messages"]) == COUNT
    assert {"sync._begin", "sync_pages._put"} <= set(points(met))
    for point in points(met):
        for when in ("before", "after"):
            homes[point, when] = home = tmp_path / f"{point}-{when}"
            add(home, full_dovecot)
            victim(home, "--die", f"{point}:{when}:{1 if point == 'sync_pages.store' else 0}")
            assert victim(home) == 0
            assert alike(expected, home) == {}, (point, when)
    change(mailbox)
    for _ in range(2):
        assert victim(quiet) == 0
    expected = snapshot.take(quiet)
    for (point, when), home in homes.items():
        victim(home, "--die", f"{point}:{when}:0")
        for _ in range(2):
            assert victim(home) == 0
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
            assert victim(home, "--die", f"{point}:{when}:1") == -signal.SIGKILL, (point, when)
            assert victim(home) == 0
            assert victim(home) == 0
            assert alike(expected, home) == {}, (point, when)


def change(mailbox: IMAPClient) -> None:
    """Mail comes, goes and is read."""
    uids = mailbox.search()
    mailbox.add_flags(uids[:9], [rb"\Seen"])
    mailbox.delete_messages(uids[20:30])
    mailbox.expunge()
    for number in range(COUNT, COUNT + 12):
        mailbox.append("INBOX", letter(number))
