"""A sync of calendars and people killed at any of its commit points ends like one that nobody disturbed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.pim import Attendee, CalendarEvent, ContactCard
from fluffy_core.store import accounts, sources
from tests.conftest import PROJECT
from tests.fakes import pim_text
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.radicale_servers import radicale_server
from tests.faults import snapshot
from tests.faults.victim import settings

__all__ = ["radicale_server"]

COUNT = 120
"""Meetings and people each: three pages."""
LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
POINTS = ("calendars.", "address_books.", *(("network.", "access.") if LONG else ()))
"""What the names of the points to die at begin with."""
ANYHOW = ("jobs",)
USER = "kills"
TOMORROW = int((datetime.now(UTC) + timedelta(days=1)).replace(hour=9, minute=0, second=0).timestamp())
_QUERIES = {
    "invited": "SELECT e.uid, e.recurrence_id, a.email, i.status FROM event_attendees i "
    "JOIN events e ON e.id = i.event_id JOIN addresses a ON a.id = i.address_id ORDER BY 1, 2, 3",
    "entries": "SELECT c.remote_id, e.remote_id, e.problem, r.uid, r.recurrence_id, r.content "
    "FROM remote_calendars c LEFT JOIN remote_entries e ON e.calendar_id = c.id "
    "LEFT JOIN remote_events r ON r.entry_id = e.id ORDER BY 1, 2, 4, 5",
    "cursors": "SELECT remote_id, cursor, token, missing FROM remote_calendars ORDER BY 1",
    "cards": "SELECT remote_id, content FROM remote_cards ORDER BY 1",
    "books": "SELECT cursor, token FROM remote_books ORDER BY 1",
}


def victim(home: Path, *options: str) -> int:
    """Run the process; its return code."""
    command = [sys.executable, "-m", "tests.faults.calendar_victim", str(home), *options]
    complaints = home.with_suffix(".stderr")
    with complaints.open("wb") as file:
        code = subprocess.run(
            command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=file, timeout=300, check=False
        ).returncode
    assert code in (0, -signal.SIGKILL), complaints.read_text()[-2000:]
    return code


def meeting(number: int) -> CalendarEvent:
    start = TOMORROW + number * 86_400
    who = Attendee(f"p{number % 7}@example.com", "", "accepted" if number % 2 else "declined")
    return CalendarEvent(f"{number}@example.com", f"Meeting {number}", start, start + 3600, attendees=(who,))


def put(server: Radicale, *events: CalendarEvent) -> None:
    server.put(f"/{USER}/calendar/{events[0].uid}.ics", pim_text.icalendar(*events))


def put_card(server: Radicale, number: int, *, phone: str) -> None:
    card = ContactCard(f"Person {number}", (f"p{number}@example.com",), phones=(phone,), uid=str(number))
    server.put(f"/{USER}/people/{number}.vcf", pim_text.vcard(card), kind="text/vcard")


def fill(server: Radicale) -> None:
    server.add_user(USER)
    server.make_calendar(f"/{USER}/calendar/", "Ben")
    server.make_book(f"/{USER}/people/", "People")
    for number in range(COUNT):
        series = replace(meeting(number), rrule="FREQ=WEEKLY;COUNT=5")
        moved = replace(series, rrule="", recurrence_id=series.start + 7 * 86_400, summary="Moved")
        put(server, *((series, moved) if number % 10 == 0 else (meeting(number),)))
        put_card(server, number, phone=f"+4930{number}")


def change(server: Radicale) -> None:
    """Meetings and people come, go and change."""
    for number in range(COUNT, COUNT + 60):
        put(server, meeting(number))
        put_card(server, number, phone="+49")
    for number in range(0, 30, 2):
        server.delete(f"/{USER}/calendar/{number}@example.com.ics")
        server.delete(f"/{USER}/people/{number}.vcf")
        put(server, replace(meeting(number + 1), summary="Changed"))
        put_card(server, number + 1, phone="+4911")


def add(home: Path, server: Radicale) -> None:
    """A home with the account."""
    services = (Service.CALENDAR, Service.CONTACTS)
    wanted = AccountSettings(user=USER, kind=AccountKind.DAV, services=services, dav=server.url)
    with Core.open(settings(home)) as core, core.store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.DAV, "kills@example.com", now=time.time())
        accounts.put(tx, account_id, wanted, password=PASSWORD)
        tx.emit(AccountConnected(account_id))


def take(home: Path) -> dict[str, list[tuple[object, ...]]]:
    with Core.open(settings(home)) as core:
        rows = {name: core.store.all(sql) for name, sql in _QUERIES.items()}
    return snapshot.take(home) | rows


def alike(expected: dict[str, list[tuple[object, ...]]], home: Path) -> dict[str, object]:
    found = snapshot.differences(expected, take(home))
    return {name: one for name, one in found.items() if name not in ANYHOW}


def points(file: Path) -> list[str]:
    return sorted({one for one in file.read_text().split() if one.startswith(POINTS)})


@pytest.mark.timeout(600)
def test_kills_at_every_commit_point(radicale_server: Radicale, tmp_path: Path) -> None:
    fill(radicale_server)
    homes = {}
    quiet, met = tmp_path / "quiet", tmp_path / "first"
    add(quiet, radicale_server)
    assert victim(quiet, "--list", str(met)) == 0
    expected = take(quiet)
    assert len(expected["entries"]) == COUNT + COUNT // 10
    assert len(expected["cards"]) == len(expected["contacts"]) == COUNT
    wanted = {f"calendars.{name}" for name in ("_note_calendars", "_begin", "_take_over")}
    assert wanted | {"address_books._take_over"} <= set(points(met))
    for point in points(met):
        for when in ("before", "after"):
            homes[point, when] = home = tmp_path / f"{point}-{when}"
            add(home, radicale_server)
            count = 1 if point.endswith("._take_over") else 0
            assert victim(home, "--die", f"{point}:{when}:{count}") == -signal.SIGKILL
            assert victim(home) == 0
            assert alike(expected, home) == {}, (point, when)
    change(radicale_server)
    assert victim(quiet) == 0
    expected = take(quiet)
    for (point, when), home in homes.items():
        victim(home, "--die", f"{point}:{when}:0")
        assert victim(home) == 0
        assert alike(expected, home) == {}, ("later", point, when)
    radicale_server.forget_tokens()
    before = take(quiet)
    assert victim(quiet) == 0
    after = take(quiet)
    for name in ("entries", "events", "invited", "cards", "contacts", "fields"):
        assert after[name] == before[name], name
