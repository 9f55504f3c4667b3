"""A sync with Graph killed at any of its commit points ends, once resumed, like one that nobody disturbed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.pim import ContactCard
from fluffy_core.store import accounts, sources
from tests.conftest import PROJECT
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_pim_stages import OutlookCalendarStage, OutlookCardStage
from tests.fakes.stages import letter
from tests.faults import snapshot, test_calendar_kills
from tests.faults.graph_victim import ROOT
from tests.faults.test_sync_kills import LONG, alike, points
from tests.faults.victim import settings

COUNT = 120
"""Messages: two pages, for the first one is short."""
POINT = "pages._put"
WHERE = (f"{POINT}:before:1", f"{POINT}:after:0")


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        for number in range(COUNT):
            found.mail.deliver("inbox", letter(number, days_ago=number))
        yield found


def add(home: Path, *services: Service) -> None:
    """A home with the account, which waits for its first sync."""
    with Core.open(settings(home)) as core, core.store.transaction() as tx:
        account = sources.open_account(tx, AccountKind.MICROSOFT, "ben@example.com", now=0.0)
        accounts.put(tx, account, AccountSettings(kind=AccountKind.MICROSOFT, services=services), password="")
        tx.emit(AccountConnected(account, afresh=True))


def victim(server: GraphServer, home: Path, *options: str, kind: str = "mail") -> int:
    """Run the process; its return code."""
    command = [sys.executable, "-m", "tests.faults.graph_victim", kind, str(home), *options]
    complaints = home.with_suffix(".stderr")
    with complaints.open("wb") as file:
        code = subprocess.run(
            command,
            cwd=PROJECT,
            env={**os.environ, ROOT: server.web.url},
            stdout=subprocess.DEVNULL,
            stderr=file,
            timeout=120,
            check=False,
        ).returncode
    assert code in (0, -signal.SIGKILL), complaints.read_text()[-2000:]
    return code


def change(server: GraphServer) -> None:
    """Mail comes, goes, is read and is moved."""
    mail = server.mail.within(server.mail.shelf("inbox").id)
    for one in mail[:9]:
        server.mail.flag(one, ["seen"])
    for one in mail[20:26]:
        server.mail.remove(one)
    for one in mail[30:36]:
        server.mail.move(one, "archive")
    for number in range(COUNT, COUNT + 8):
        server.mail.deliver("inbox", letter(number))


def test_kills_while_the_first_and_a_later_sync_store(server: GraphServer, tmp_path: Path) -> None:
    quiet, met = tmp_path / "quiet", tmp_path / "met"
    add(quiet, Service.MAIL)
    assert victim(server, quiet, "--list", str(met)) == 0
    expected = snapshot.take(quiet)
    assert len(expected["messages"]) == COUNT
    assert {POINT, "sync._begin"} <= set(points(met))
    homes = {}
    every = [f"{point}:{when}:0" for point in points(met) for when in ("before", "after")]
    for where in every if LONG else WHERE:
        homes[where] = home = tmp_path / where.replace(":", "-")
        add(home, Service.MAIL)
        victim(server, home, "--die", where)
        assert victim(server, home) == 0
        assert alike(expected, home) == {}, where
    change(server)
    for _ in range(2):
        assert victim(server, quiet) == 0
    expected = snapshot.take(quiet)
    for where, home in homes.items():
        victim(server, home, "--die", where)
        for _ in range(2):
            assert victim(server, home) == 0
        assert alike(expected, home) == {}, ("later", where)


@pytest.mark.timeout(600)
def test_kills_while_calendars_and_people_are_stored(server: GraphServer, tmp_path: Path) -> None:
    events, people = OutlookCalendarStage(server), OutlookCardStage(server)
    with closing(events), closing(people), closing(events.account()) as looking:
        main = looking.calendars()[0]
    for number in range(110):
        one = test_calendar_kills.meeting(number)
        events.put(main, replace(one, rrule="FREQ=WEEKLY;COUNT=5") if number % 10 == 0 else one)
        people.put(ContactCard(f"Person {number}", (f"p{number}@example.com",), uid=str(number)))
    quiet = tmp_path / "quiet"
    add(quiet, Service.CALENDAR, Service.CONTACTS)
    assert victim(server, quiet, kind="calendars") == 0
    expected = test_calendar_kills.take(quiet)
    assert (len(expected["entries"]), len(expected["cards"])) == (110, 110)
    homes = {}
    for where in ("calendars._take_over:before:1", "address_books._take_over:after:0"):
        homes[where] = home = tmp_path / where.replace(":", "-")
        add(home, Service.CALENDAR, Service.CONTACTS)
        assert victim(server, home, "--die", where, kind="calendars") == -signal.SIGKILL
        assert victim(server, home, kind="calendars") == 0
        assert test_calendar_kills.alike(expected, home) == {}, where
    events.put(main, replace(test_calendar_kills.meeting(20), summary="Single now"))
    events.remove(main, "30@example.com")
    people.remove("5")
    assert victim(server, quiet, kind="calendars") == 0
    expected = test_calendar_kills.take(quiet)
    for where, home in homes.items():
        victim(server, home, "--die", where.replace(":1", ":0"), kind="calendars")
        assert victim(server, home, kind="calendars") == 0
        assert test_calendar_kills.alike(expected, home) == {}, ("later", where)
