"""Sending killed at any of its commit points ends with one copy at the server, and one among the sent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.outgoing import OutboxState
from fluffy_core.services.accounts import accounts
from fluffy_core.services.writing import outbox
from tests.conftest import PROJECT
from tests.fakes import submission
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.filed import Filed
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.submission import Delivered, Outbox
from tests.faults.victim import settings

__all__ = ["certificate", "full_dovecot"]

LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
POINTS = ("outbox.", "outgoing.", "network.") if LONG else ("outbox.", "outgoing.")
"""What the names of the points to die at begin with."""
S = OutboxState


@pytest.fixture
def delivery() -> Outbox:
    """What the SMTP server took."""
    return Outbox()


@pytest.fixture
def smtp(delivery: Outbox) -> Iterator[Endpoint]:
    """A server for sending, in plain text on loopback."""
    with submission.serve(delivery) as endpoint:
        yield endpoint


def victim(home: Path, *options: str) -> int:
    """Run the process; its return code."""
    command = [sys.executable, "-m", "tests.faults.outbox_victim", str(home), *options]
    complaints = home.with_suffix(".stderr")
    with complaints.open("wb") as file:
        code = subprocess.run(
            command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=file, timeout=120, check=False
        ).returncode
    assert code in (0, -signal.SIGKILL), complaints.read_text()[-2000:]
    return code


class Scene:
    """One mailbox, one home and what its SMTP server took."""

    def __init__(self, home: Path, server: Dovecot, endpoint: Endpoint, *, taken: Outbox) -> None:
        self.home = home
        self.user = f"{home.name}@example.com"
        self._server = server
        self._outbox = taken
        taken.passwords[self.user] = PASSWORD
        wanted = AccountSettings(
            Server("127.0.0.1", server.plain_port, "insecure-loopback"),
            self.user,
            Server("127.0.0.1", endpoint.port, "insecure-loopback"),
        )
        with Core.open(settings(home)) as core:
            added = accounts.add(core.store, core.gateway, self.user, settings=wanted, password=PASSWORD)
            assert added.cannot_send == ""

    def delivered(self) -> list[Delivered]:
        return [one for one in self._outbox.delivered if one.sender == self.user]

    def count(self, folder: str) -> int:
        with self._server.other_client(self.user) as client:
            client.select_folder(folder, readonly=True)
            return len(client.search())

    def state(self) -> OutboxState | None:
        with Core.open(settings(self.home)) as core:
            rows = outbox.listed(core.store, done=True)
            assert len(rows) <= 1
            return rows[0].state if rows else None

    def act(self, what: Callable[..., object]) -> None:
        """The user decides about the message."""
        with Core.open(settings(self.home)) as core:
            what(core.store, 1)

    def stored(self) -> int:
        with Core.open(settings(self.home)) as core:
            (count,) = core.store.one("SELECT count(*) FROM messages") or (0,)
            return int(count)


def points(file: Path) -> list[str]:
    return sorted({one for one in file.read_text().split() if one.startswith(POINTS)})


def decided(scene: Scene) -> OutboxState | None:
    """Start again until it is settled; the user, who can ask the recipient, decides what nobody can tell."""
    victim(scene.home)
    state = scene.state()
    if state is S.UNCERTAIN:
        assert scene.count("Sent") == 0
        scene.act(outbox.confirm if scene.delivered() else outbox.retry)
        victim(scene.home)
    assert len(scene.delivered()) <= 1
    return scene.state()


@pytest.mark.parametrize("files_itself", [False, pytest.param(True, marks=pytest.mark.long)])
def test_kills_at_every_commit_point_of_sending(
    full_dovecot: Dovecot, smtp: Endpoint, delivery: Outbox, tmp_path: Path, files_itself: bool
) -> None:
    def scene(name: str) -> Scene:
        found = Scene(tmp_path / f"{name}-{files_itself}".lower(), full_dovecot, smtp, taken=delivery)
        if files_itself:
            delivery.delivered = Filed(full_dovecot, found.user)
        return found

    quiet, met = scene("quiet"), tmp_path / "met"
    assert victim(quiet.home, "--send", "--list", str(met)) == 0
    assert (quiet.state(), len(quiet.delivered()), quiet.count("Sent"), quiet.stored()) == (S.SENT, 1, 1, 1)
    found = points(met)
    assert {"outbox.send", "outgoing._move", "outgoing._sent", "outgoing._file"} <= set(found)
    asked = []
    for point in found:
        for when in ("before", "after"):
            one = scene(f"{point.replace('_', '').replace('.', '-')}-{when}")
            assert victim(one.home, "--send", "--die", f"{point}:{when}:0") == -signal.SIGKILL, point
            victim(one.home)
            asked += [(point, when)] if one.state() is S.UNCERTAIN else []
            state = decided(one)
            if (point, when) == ("outbox.send", "before"):
                assert (state, one.delivered(), one.count("Sent"), one.stored()) == (None, [], 0, 0)
                continue
            outcome = (state, len(one.delivered()), one.count("Sent"), one.stored())
            assert outcome == (S.SENT, 1, 1, 1), (point, when)
    # Only while it was being handed over can nobody tell; a server that files what it sends narrows that.
    expected = [("outgoing._move", "after")] + ([] if files_itself else [("outgoing._sent", "before")])
    assert [one for one in asked if not one[0].startswith("network.")] == expected


def test_kills_at_every_commit_point_of_saving_a_draft(
    full_dovecot: Dovecot, smtp: Endpoint, delivery: Outbox, tmp_path: Path
) -> None:
    quiet, met = Scene(tmp_path / "draft", full_dovecot, smtp, taken=delivery), tmp_path / "met"
    assert victim(quiet.home, "--draft", "--list", str(met)) == 0
    assert (quiet.state(), quiet.count("Drafts")) == (S.SAVED, 1)
    found = points(met)
    assert {"outbox.save_draft", "outgoing._move", "outgoing._save"} <= set(found)
    for point in found:
        for when in ("before", "after"):
            name = f"draft-{point.replace('_', '').replace('.', '-')}-{when}"
            one = Scene(tmp_path / name, full_dovecot, smtp, taken=delivery)
            assert victim(one.home, "--draft", "--die", f"{point}:{when}:0") == -signal.SIGKILL, point
            victim(one.home)
            nothing = (point, when) == ("outbox.save_draft", "before")
            outcome = (one.state(), one.count("Drafts"))
            assert outcome == ((None, 0) if nothing else (S.SAVED, 1)), (point, when)
            assert one.delivered() == []


def test_a_message_taken_back_before_the_kill_stays_so(
    full_dovecot: Dovecot, smtp: Endpoint, delivery: Outbox, tmp_path: Path
) -> None:
    one = Scene(tmp_path / "back", full_dovecot, smtp, taken=delivery)
    victim(one.home, "--send", "--die", "outbox.send:after:0")
    one.act(outbox.take_back)
    assert victim(one.home) == 0
    assert (one.state(), one.delivered(), one.count("Sent"), one.stored()) == (S.CANCELLED, [], 0, 0)


@pytest.mark.long
def test_kills_at_random_times(
    full_dovecot: Dovecot, smtp: Endpoint, delivery: Outbox, tmp_path: Path
) -> None:
    for number in range(30):
        one = Scene(tmp_path / f"random{number}", full_dovecot, smtp, taken=delivery)
        command = [sys.executable, "-m", "tests.faults.outbox_victim", str(one.home), "--send"]
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5 + number * 0.02)  # no event tells of a chosen moment
        process.kill()
        process.wait()
        if one.state() is None:
            continue
        assert decided(one) is S.SENT
        assert (len(one.delivered()), one.count("Sent"), one.stored()) == (1, 1, 1)
