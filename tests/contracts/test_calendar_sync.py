"""What a pass over calendars and address books keeps: in memory, on a Radicale, Google, Graph."""

import contextlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import RemoteCalendar
from fluffy_core.errors import KnownError
from fluffy_core.services.sync import address_books, calendars
from fluffy_core.store.database import Database
from tests.contracts import pim_stages
from tests.contracts.test_calendar_account import HOUR, meeting, took_place, weekly
from tests.fakes import stored
from tests.fakes.calendar_stages import (
    CalendarStage,
    CardStage,
    RadicaleStage,
)
from tests.fakes.calendars_synced import SyncedCalendars, SyncedCards, here
from tests.fakes.dav_proxy import through
from tests.fakes.outlook_pim_stages import OutlookCalendarStage
from tests.fakes.radicale import Radicale
from tests.fakes.synced import dump
from tests.fakes.web_server import Reply

TURNS = 20


@pytest.fixture(params=pim_stages.SERVERS)
def stage(request: pytest.FixtureRequest) -> Iterator[CalendarStage]:
    yield from pim_stages.calendars(request)


@pytest.fixture(params=pim_stages.SERVERS)
def cards(request: pytest.FixtureRequest) -> Iterator[CardStage]:
    yield from pim_stages.cards(request)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = stored.empty(tmp_path)
    yield database
    database.close()


def named(synced: SyncedCalendars, name: str) -> RemoteCalendar:
    (found,) = [one for one in synced.stage.account().calendars() if one.name == name]
    return found


def main(synced: SyncedCalendars) -> RemoteCalendar:
    (found,) = [one for one in synced.stage.account().calendars() if one.mine]
    return found


def test_whatever_others_do_both_sides_are_alike_afterwards(store: Database, stage: CalendarStage) -> None:
    dice = random.Random(11)
    synced = SyncedCalendars(store, stage)
    stage.make("Team", shared=True)
    places = [main(synced), named(synced, "Team")]
    there: dict[tuple[int, str], str] = {}
    for turn in range(TURNS):
        if turn % 3 == 2 and there:
            place, uid = dice.choice(sorted(there))
            del there[place, uid]
            stage.remove(places[place], uid)
        one = replace(weekly(f"n{turn}") if turn % 4 == 0 else meeting(f"n{turn}"), summary=f"Turn {turn}")
        place = dice.randrange(2)
        there[place, one.uid] = one.summary
        stage.put(places[place], one)
        if turn % 5 == 0:
            synced.run()
        if turn == TURNS // 2:
            stage.expire()
    synced.run()
    expected = sorted((uid, summary) for (_, uid), summary in there.items())
    assert sorted({(uid, summary) for uid, summary, _, _ in here(store)}) == expected
    before = dump(store)
    assert synced.run() == calendars.Tally()
    assert dump(store) == before
    stage.expire()
    assert synced.run() == calendars.Tally()


def test_a_meeting_that_lies_in_two_calendars_goes_with_the_last(
    store: Database, stage: CalendarStage
) -> None:
    synced = SyncedCalendars(store, stage)
    stage.make("Team", shared=True)
    mine, team = main(synced), named(synced, "Team")
    stage.put(mine, meeting("both"))
    stage.put(team, meeting("both"))
    synced.run()
    assert len(here(store)) == 1
    stage.remove(mine, "both@example.com")
    synced.run()
    assert len(here(store)) == 1
    stage.remove(team, "both@example.com")
    synced.run()
    assert here(store) == []


def test_my_own_calendar_tells_of_equal_versions_and_a_newer_one_wins(
    store: Database, stage: CalendarStage
) -> None:
    synced = SyncedCalendars(store, stage)
    stage.make("Team", shared=True)
    mine, team = main(synced), named(synced, "Team")
    stage.put(team, replace(meeting("both"), summary="Theirs"))
    stage.put(mine, replace(meeting("both"), summary="Mine"))
    synced.run()
    assert [summary for _, summary, _, _ in here(store)] == ["Mine"]
    if isinstance(stage, OutlookCalendarStage):  # Graph tells of no versions
        return
    stage.put(team, replace(meeting("both"), summary="Newer", sequence=3))
    synced.run()
    assert [summary for _, summary, _, _ in here(store)] == ["Newer"]
    stage.remove(team, "both@example.com")
    synced.run()
    assert [summary for _, summary, _, _ in here(store)] == ["Mine"]


def test_a_calendar_that_vanishes_goes_at_the_second_look(store: Database, stage: CalendarStage) -> None:
    synced = SyncedCalendars(store, stage)
    stage.make("Project")
    project = named(synced, "Project")
    stage.put(project, meeting("one"))
    stage.put(main(synced), meeting("two"))
    synced.run()
    stage.drop(project)
    synced.run()
    assert len(here(store)) == 2
    synced.run()
    assert [uid for uid, *_ in here(store)] == ["two@example.com"]


def test_a_series_with_exceptions_as_it_is_now(store: Database, stage: CalendarStage) -> None:
    synced = SyncedCalendars(store, stage)
    series = weekly("jour")
    other = series.start + 7 * 86_400
    moved = replace(
        series, rrule="", recurrence_id=other, start=other + HOUR, end=other + 2 * HOUR, summary="Later"
    )
    stage.put(main(synced), series, moved)
    synced.run()
    assert here(store) == took_place([series, moved])
    stage.put(main(synced), replace(series, excluded_starts=(other,)))
    synced.run()
    assert here(store) == took_place([replace(series, excluded_starts=(other,))])


def people(store: Database) -> list[tuple[str, str]]:
    """(name, address) of the contacts."""
    rows = store.all(
        "SELECT c.name, a.email FROM contacts c JOIN address_stats s ON s.contact_id = c.id "
        "JOIN addresses a ON a.id = s.address_id WHERE c.merged_into IS NULL ORDER BY 2"
    )
    return [(row[0], row[1]) for row in rows]


def fields(store: Database) -> list[tuple[str, str, str]]:
    """(address, field, value) of what cards say."""
    rows = store.all(
        "SELECT a.email, f.field, f.value FROM contact_fields f JOIN addresses a ON a.id = f.address_id "
        "ORDER BY 1, 2, 3"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def test_people_of_an_address_book_and_what_it_says_now(store: Database, cards: CardStage) -> None:
    synced = SyncedCards(store, cards)
    ann = ContactCard("Ann Ode", ("ann@firm.example",), phones=("+49301",), org="Firm", uid="ann")
    bob = ContactCard("Bob Roe", ("bob@shop.example",), phones=("+49302",), uid="bob")
    cards.put(ann)
    cards.put(bob)
    assert synced.run() == address_books.Tally(changed=2, total=2)
    assert people(store) == [("Ann Ode", "ann@firm.example"), ("Bob Roe", "bob@shop.example")]
    cards.put(replace(ann, phones=("+49999",)))
    cards.remove("bob")
    assert synced.run() == address_books.Tally(changed=1, gone=1, total=1)
    assert len(people(store)) == 2
    assert fields(store) == [("ann@firm.example", "company", "Firm"), ("ann@firm.example", "phone", "+49999")]
    before = dump(store)
    assert synced.run() == address_books.Tally(total=1)
    assert dump(store) == before


def test_cards_whatever_others_do(store: Database, cards: CardStage) -> None:
    dice = random.Random(5)
    synced = SyncedCards(store, cards)
    there: dict[str, str] = {}
    for turn in range(TURNS):
        uid = f"n{turn}" if turn % 2 else dice.choice([*sorted(there), f"n{turn}"])
        there[uid] = f"+49{turn:04}"
        cards.put(ContactCard(f"Person {uid}", (f"{uid}@example.com",), phones=(there[uid],), uid=uid))
        if turn % 4 == 3:
            gone = dice.choice(sorted(there))
            del there[gone]
            cards.remove(gone)
        if turn % 5 == 0:
            synced.run()
        if turn == TURNS // 2:
            cards.expire()
    synced.run()
    assert fields(store) == sorted((f"{uid}@example.com", "phone", phone) for uid, phone in there.items())


FAULTS = (
    Reply(207, b"<multistatus xmlns='DAV:'><response>" * 50, {"Content-Type": "text/xml"}, drop_at=60),
    Reply(401), Reply(403), Reply(404), Reply(410), Reply(429, headers={"Retry-After": "37"}), Reply(500),
    Reply(500), Reply(503), Reply(200, b"<html>Sign in", {"Content-Type": "text/html"}),
    Reply(207, b"<!DOCTYPE a [<!ENTITY b 'c'>]><multistatus xmlns='DAV:'>&b;</multistatus>"),
    Reply(301, headers={"Location": "https://elsewhere.example/"}),
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_server_in_trouble_and_both_sides_alike_once_that_is_over(
    store: Database, radicale_server: Radicale, seed: int
) -> None:
    """A fifth of all answers is a fault, of every kind; each pass that says that it is done did no harm."""
    dice = random.Random(seed)
    with through(radicale_server) as web:
        stage = RadicaleStage(radicale_server, url=web.url)
        synced = SyncedCalendars(store, stage)
        (calendar,) = stage.account().calendars()
        web.struck = lambda asked: dice.random() < 0.2
        for turn in range(12):
            stage.put(calendar, meeting(f"n{turn}"))
            if turn % 4 == 3:
                stage.remove(calendar, f"n{turn - 2}@example.com")
            web.faults.clear()
            web.faults.extend(dice.choice(FAULTS) for _ in range(5))
            with contextlib.suppress(KnownError):
                synced.run()
        web.faults.clear()
        synced.run()
        synced.run()
        there = {f"n{turn}@example.com" for turn in range(12) if turn not in (1, 5, 9)}
        assert sorted(uid for uid, *_ in here(store)) == sorted(there)
        before = dump(store)
        assert synced.run() == calendars.Tally()
        assert dump(store) == before
        stage.close()
