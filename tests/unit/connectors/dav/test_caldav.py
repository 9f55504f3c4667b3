"""Calendars on a Radicale: through a server in trouble, without sync tokens, with entries that are broken."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fluffy_core.connectors.dav.caldav import CalDavAccount
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.pim import Calendar, CalendarEvent
from fluffy_core.domain.sync import EventPage, RemoteCalendar
from fluffy_core.errors import KnownError, SignInError, TransientError, UntrustedServerError
from fluffy_core.mail.pim import calendar as calendars
from tests.fakes import certificates, pim_text, radicale
from tests.fakes.calendar_stages import RadicaleStage, open_gateway
from tests.fakes.dav_proxy import through
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.web_server import Asked, Reply, WebServer

START, END = date(2026, 1, 1), date(2028, 1, 1)
NINE = 1_772_442_000
"""2 March 2026, 09:00 UTC."""


def meeting(uid: str) -> CalendarEvent:
    return CalendarEvent(f"{uid}@example.com", f"About {uid}", NINE, NINE + 3600)


@contextmanager
def opened(url: str, stage: RadicaleStage, *, page: int = 50) -> Iterator[CalDavAccount]:
    login = Login(stage.user, PASSWORD)
    with closing(CalDavAccount(open_gateway(), url, login, read=calendars.parse, page=page)) as account:
        yield account


@pytest.fixture
def stage(radicale_server: Radicale) -> RadicaleStage:
    return RadicaleStage(radicale_server)


@pytest.fixture
def web(radicale_server: Radicale) -> Iterator[WebServer]:
    with through(radicale_server) as found:
        yield found


@pytest.fixture
def account(web: WebServer, stage: RadicaleStage) -> Iterator[CalDavAccount]:
    with opened(web.url, stage) as found:
        yield found


@pytest.fixture
def main(account: CalDavAccount) -> RemoteCalendar:
    return account.calendars()[0]


def pages(account: CalDavAccount, calendar: RemoteCalendar, cursor: str = "") -> list[EventPage]:
    found = [account.events(calendar, cursor=cursor, start=START, end=END)]
    while found[-1].next:
        found.append(account.events(calendar, cursor=cursor, token=found[-1].next, start=START, end=END))
    return found


def uids(found: list[EventPage]) -> list[str]:
    return sorted(event.uid for page in found for entry in page.changed for event in entry.events)


def test_only_calendars_of_events(account: CalDavAccount, stage: RadicaleStage) -> None:
    assert account.calendars() == (RemoteCalendar(f"/{stage.user}/calendar/", "Ben", mine=True),)


def test_the_first_that_may_be_written_to_is_mine(account: CalDavAccount, stage: RadicaleStage) -> None:
    stage.server.delete(f"/{stage.user}/calendar/")
    stage.make("Shared", shared=True)
    assert [one.mine for one in account.calendars()] == [True]
    stage.server.make_calendar(f"/{stage.user}/zoo/", "Zoo")
    assert [(one.name, one.mine) for one in account.calendars()] == [("Shared", False), ("Zoo", True)]


def test_no_calendars(account: CalDavAccount, stage: RadicaleStage) -> None:
    stage.server.delete(f"/{stage.user}/calendar/")
    assert account.calendars() == ()


def test_every_connection_is_the_gateways(web: WebServer, stage: RadicaleStage) -> None:
    log: list[Traffic] = []
    gateway = Gateway(Rules(lambda host: host == "127.0.0.1"), log.append)
    account = CalDavAccount(gateway, web.url, Login(stage.user, PASSWORD), read=calendars.parse)
    (calendar,) = account.calendars()
    stage.put(calendar, meeting("one"))
    assert uids(pages(account, calendar)) == ["one@example.com"]
    account.close()
    assert len(log) == 1  # kept alive: one connection for all requests
    assert {(one.host, f"http://{one.host}:{one.port}", one.reason) for one in log} == {
        ("127.0.0.1", web.url, "calendars")
    }
    assert log[0].sent > sum(len(one.content) for one in web.asked)


@pytest.mark.parametrize(
    "fault",
    [
        Reply(207, b"<multistatus xmlns='DAV:'><response>" * 50, {"Content-Type": "text/xml"}, drop_at=60),
        Reply(500, b"<html>Oops", {"Content-Type": "text/html"}),
        Reply(503, headers={"Retry-After": "5"}),
        Reply(429, headers={"Retry-After": "37"}),
        Reply(200, b"<html>Sign in to the Wi-Fi", {"Content-Type": "text/html"}),
        Reply(207, b"{}", {"Content-Type": "application/json"}),
        Reply(401),
        Reply(403),
        Reply(410),
    ],
    ids=["drop", "500", "503", "429", "page", "json", "401", "403", "410"],
)
def test_after_a_fault_everything_is_there(
    web: WebServer, account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage, fault: Reply
) -> None:
    """Whichever request it strikes: it is an error with a sentence, or it did no harm."""
    stage.put(main, meeting("one"))
    cursor = pages(account, main)[-1].cursor
    stage.put(main, meeting("two"))
    for since, expected in (("", 2), (cursor, 1)):
        for passed in range(3):
            strike(web, fault, passed)
            found = unless_refused(account, main, since)
            assert found is None or len(uids(found)) == expected
        web.faults.clear()
        assert len(uids(pages(account, main, since))) == expected


def strike(web: WebServer, fault: Reply, passed: int) -> None:
    """Answer one request with a fault, after `passed` that go well."""
    left = [passed]

    def struck(_asked: Asked) -> bool:
        left[0] -= 1
        return left[0] < 0

    web.struck = struck
    web.faults.clear()
    web.faults.append(fault)


def unless_refused(account: CalDavAccount, calendar: RemoteCalendar, cursor: str) -> list[EventPage] | None:
    """The pages, None when one was an error of the tree."""
    try:
        return pages(account, calendar, cursor)
    except KnownError:
        return None


def test_a_wrong_password(radicale_server: Radicale, stage: RadicaleStage) -> None:
    login = Login(stage.user, "wrong")
    account = CalDavAccount(open_gateway(), radicale_server.url, login, read=calendars.parse)
    with pytest.raises(SignInError, match=stage.user):
        account.calendars()
    account.close()


def test_one_broken_entry_holds_up_none(
    account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage
) -> None:
    stage.put(main, meeting("good"))
    stage.put(main, meeting("bad"))

    def read(data: bytes) -> Calendar:
        return calendars.parse(
            data.replace(b"DTSTART:2026", b"DTSTART:nonsense") if b"UID:bad" in data else data
        )

    account._read = read
    (page,) = pages(account, main)
    by_id = {one.id.rpartition("/")[2]: one for one in page.changed}
    assert [event.uid for event in by_id["good@example.com.ics"].events] == ["good@example.com"]
    bad = by_id["bad@example.com.ics"]
    assert bad.events == ()
    assert "“About bad” was left out" in bad.problems[0]


def test_an_entry_that_is_not_handed_out(
    web: WebServer, account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage
) -> None:
    stage.put(main, meeting("one"))
    inner = web.handle

    def handle(asked: Asked) -> Reply:
        if asked.method == "GET":
            return Reply(403)
        reply = inner(asked)
        return replace(reply, content=reply.content.replace(b"BEGIN:VCALENDAR", b"\x0b"))

    web.handle = handle
    (page,) = pages(account, main)
    assert [(one.events, one.problems) for one in page.changed] == [
        ((), ("The server does not hand out the entry one@example.com.ics.",))
    ]


def test_tasks_in_a_calendar_are_no_meetings(
    account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage
) -> None:
    cursor = pages(account, main)[-1].cursor
    todo = pim_text.icalendar(meeting("t")).replace("VEVENT", "VTODO").replace("DTEND", "DUE")
    stage.server.put(f"{main.id}t.ics", todo)
    assert uids(pages(account, main)) == []
    assert [one.problems for page in pages(account, main, cursor) for one in page.changed] == []


def test_a_server_that_cannot_search_by_days_is_asked_for_everything(
    web: WebServer, account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage
) -> None:
    stage.put(main, meeting("one"))
    stage.put(main, replace(meeting("old"), start=NINE - 900_000_000, end=NINE - 899_996_400))
    assert uids(pages(account, main)) == ["one@example.com"]
    web.struck = lambda asked: b"time-range" in asked.content
    web.faults.append(Reply(501))
    assert uids(pages(account, main)) == ["old@example.com", "one@example.com"]


def test_without_sync_tokens_both_sides_are_alike(radicale_server: Radicale, stage: RadicaleStage) -> None:
    dice = random.Random(3)
    with through(radicale_server, bare=True) as web, opened(web.url, stage, page=2) as account:
        (main,) = account.calendars()
        there: dict[str, str] = {}
        here: dict[str, tuple[str, str]] = {}
        cursor = ""
        for turn in range(16):
            uid = dice.choice([*sorted(there), f"n{turn}"])
            there[uid] = f"Turn {turn}"
            stage.put(main, replace(meeting(uid), summary=there[uid]))
            if turn % 3 == 2:
                gone = dice.choice(sorted(there))
                del there[gone]
                stage.remove(main, f"{gone}@example.com")
            if turn % 2 == 0:
                continue
            for page in pages(account, main, cursor):
                here |= {one.id: (event.uid, event.summary) for one in page.changed for event in one.events}
                for one in page.gone:
                    here.pop(one, None)
                cursor = page.cursor or cursor
            assert cursor.startswith("etags:")
            assert sorted(here.values()) == sorted(
                (f"{uid}@example.com", text) for uid, text in there.items()
            )
        assert not any(page.changed or page.gone for page in pages(account, main, cursor))
        assert not any(b"sync-level" in asked.content for asked in web.asked)


def test_a_series_of_ten_thousand_days(
    account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage
) -> None:
    series = replace(meeting("long"), rrule="FREQ=DAILY;COUNT=10000")
    exceptions = [replace(series, rrule="", recurrence_id=NINE + day * 86_400) for day in range(1000)]
    stage.put(main, series, *exceptions)
    stage.put(main, meeting("other"))
    started = time.process_time()
    found = uids(pages(account, main))
    assert time.process_time() - started < 10
    assert found.count("long@example.com") == 1001
    assert "other@example.com" in found


@pytest.mark.parametrize("zone", ["Mars/Olympus", '"(UTC+25:00) Nowhere"', "x" * 500, "", "../../etc/passwd"])
def test_time_zones_that_nobody_knows(
    web: WebServer, account: CalDavAccount, main: RemoteCalendar, stage: RadicaleStage, zone: str
) -> None:
    stage.put(main, replace(meeting("broken"), timezone="Europe/Berlin"))
    stage.put(main, meeting("other"))
    inner = web.handle

    def handle(asked: Asked) -> Reply:
        reply = inner(asked)
        return replace(reply, content=reply.content.replace(b"Europe/Berlin", zone.encode()))

    web.handle = handle
    (page,) = pages(account, main)
    assert uids([page]) == ["broken@example.com", "other@example.com"]


def test_trouble_names_the_host(radicale_server: Radicale, stage: RadicaleStage) -> None:
    with through(radicale_server) as web, opened(web.url, stage) as account:
        web.faults.append(Reply(500))
        with pytest.raises(TransientError, match="127"):
            account.calendars()


def test_a_certificate_is_trusted_knowingly_or_not_at_all(tmp_path: Path) -> None:
    server = radicale.start(certificates.make(tmp_path))
    try:
        stage = RadicaleStage(server)
        login = Login(stage.user, PASSWORD)
        gateway = Gateway(Rules(lambda host: False), lambda traffic: None)
        strict = CalDavAccount(gateway.reaching(["localhost"]), server.url, login, read=calendars.parse)
        with pytest.raises(UntrustedServerError) as caught:
            strict.calendars()
        trusting = gateway.reaching(["localhost"], certificate=caught.value.fingerprint)
        with closing(CalDavAccount(trusting, server.url, login, read=calendars.parse)) as account:
            assert [one.name for one in account.calendars()] == ["Ben"]
        strict.close()
    finally:
        server.stop()
