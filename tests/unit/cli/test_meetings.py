"""From the command line: fetch an account's calendars, and see which meetings are ahead."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.config import load
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.pim import Attendee, CalendarEvent, ContactCard
from fluffy_core.store import accounts, settings, sources
from tests.fakes import pim_text
from tests.fakes.calendar_stages import RadicaleStage
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.radicale_servers import radicale_server
from tests.unit.cli.conftest import Fluffy

__all__ = ["radicale_server"]

HOUR = 3600
SOON = int(time.time()) // HOUR * HOUR + 2 * HOUR


@pytest.fixture
def stage(radicale_server: Radicale) -> RadicaleStage:
    found = RadicaleStage(radicale_server)
    who = (Attendee("ann@firm.example", "", "accepted"), Attendee("bob@shop.example", "Bob"))
    meeting = CalendarEvent("a", "Offer", SOON, SOON + HOUR, location="Room 5", attendees=who)
    (main,) = found.account().calendars()
    found.put(main, meeting)
    later = SOON + 3 * 86_400
    found.put(main, replace(meeting, uid="b", summary="Offer again", start=later, end=later))
    radicale_server.make_book(f"/{found.user}/people/", "People")
    ann = pim_text.vcard(ContactCard("Ann Ode", ("ann@firm.example",), uid="ann"))
    radicale_server.put(f"/{found.user}/people/ann.vcf", ann, kind="text/vcard")
    return found


@pytest.fixture
def home(tmp_path: Path, stage: RadicaleStage, fluffy: Fluffy) -> Path:
    """A home with the account, connected by hand."""
    folder = tmp_path / "home"
    fluffy("--home", folder, "init")
    services = (Service.CALENDAR, Service.CONTACTS)
    wanted = AccountSettings(user=stage.user, kind=AccountKind.DAV, services=services, dav=stage.url)
    with Core.open(load(folder)) as core, core.store.transaction() as tx:
        settings.put(tx, "time-zone", "UTC")
        account_id = sources.open_account(tx, AccountKind.DAV, "ben@example.com", now=0.0)
        accounts.put(tx, account_id, wanted, password=PASSWORD)
        tx.emit(AccountConnected(account_id))
    return folder


def test_from_a_server_to_the_meetings_ahead(fluffy: Fluffy, home: Path, stage: RadicaleStage) -> None:
    assert fluffy("--home", home, "meetings").out == "No meetings.\n"
    synced = fluffy("--home", home, "sync")
    assert (synced.code, synced.err) == (0, "")
    expected = "2 meetings new or changed, 0 gone; 1 contact (1 new or changed, 0 gone)."
    assert synced.out == f"ben@example.com: {expected}\n"
    found = fluffy("--home", home, "meetings", "--days", "1").out.splitlines()
    assert time.strftime("%a %d %b %Y  %H:%M", time.gmtime(SOON)) in found[0]
    assert "Offer  (Room 5)" in found[0]
    assert found[1].strip() == "Ann Ode (accepted), Bob"
    assert len(found) == 2
    answer = fluffy("--home", home, "--json", "meetings").json
    assert [one["summary"] for one in answer["meetings"]] == ["Offer", "Offer again"]
    again = fluffy("--home", home, "--json", "sync", "ben@example.com").json["accounts"]["ben@example.com"]
    assert again == {"state": "succeeded", "result": "0 meetings new or changed, 0 gone; 1 contact."}
    assert "127.0.0.1" in fluffy("--home", home, "account", "list").out


def test_a_wrong_password_is_said(fluffy: Fluffy, home: Path, stage: RadicaleStage) -> None:
    with Core.open(load(home)) as core, core.store.transaction() as tx:
        (account,) = sources.accounts(tx)
        known = accounts.get(tx, account.id)
        assert known is not None
        accounts.put(tx, account.id, known, password="wrong")
    synced = fluffy("--home", home, "sync")
    assert synced.code == 1
    assert f"refuses the user name or password of {stage.user}" in synced.out
    assert PASSWORD not in synced.out + synced.err
    assert "refuses" in fluffy("--home", home, "account", "list").out


def test_by_the_job_and_with_other_days(fluffy: Fluffy, home: Path) -> None:
    year = time.gmtime().tm_year
    args = f'{{"account_id": 1, "start": "{year - 9}-01-01", "end": "{year - 8}-01-01"}}'
    fluffy("--home", home, "jobs", "run", "sync-calendar-events", args)
    assert fluffy("--home", home, "run", "--until-idle").code == 0
    listed = fluffy("--home", home, "--json", "jobs", "list", "--kind", "sync-calendar-events").json
    assert {one["state"] for one in listed} == {"succeeded"}
    assert len([one for one in listed if one["result"].startswith("0 meetings")]) >= 1
    assert len(fluffy("--home", home, "--json", "meetings").json["meetings"]) == 2
