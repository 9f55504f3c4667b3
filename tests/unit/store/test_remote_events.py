"""What servers say of events: the best of it is the row; what a file brought stays."""

from dataclasses import replace

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import RemoteCalendar, RemoteEvents
from fluffy_core.store import accounts, addresses, calendar, remote_calendars, remote_events, sources
from fluffy_core.store.database import Database
from tests.fakes.synced import dump

ONE = CalendarEvent(
    "u1", "One", 1000, 2000, timezone="Europe/Berlin", organizer=Attendee("ann@firm.example", "Ann"),
    attendees=(Attendee("ann@firm.example", "Ann", "accepted"), Attendee("bob@shop.example", "", "declined")),
    rrule="FREQ=DAILY", extra_starts=(5000,), excluded_starts=(6000, 7000), location="Room",
)  # fmt: skip


def account(store: Database, name: str = "me@example.com", kind: str = AccountKind.DAV) -> AccountId:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, kind, name, now=0.0)
        if kind != AccountKind.FILES:
            accounts.put(tx, account_id, AccountSettings(), password="")
    return account_id


def calendar_of(store: Database, account_id: AccountId, name: str = "Ben", *, mine: bool = False) -> int:
    with store.transaction() as tx:
        remote_calendars.put(tx, account_id, RemoteCalendar(name, name, mine))
        return remote_calendars.listed(tx, account_id)[name].id


def say(
    store: Database, calendar_id: int, *events: CalendarEvent, entry: str = "e1", problem: str = ""
) -> bool:
    """An entry says this; whether that is anything new."""
    with store.transaction() as tx:
        found = RemoteEvents(entry, events, (problem,) if problem else ())
        keys = remote_events.put(tx, calendar_id, found, listing=1)
        remote_events.settle(tx, keys or ())
    return keys is not None


def forget(store: Database, calendar_id: int, *entries: str) -> int:
    with store.transaction() as tx:
        count, keys = remote_events.remove(tx, calendar_id, entries)
        remote_events.settle(tx, keys)
    return count


def import_file(store: Database, *events: CalendarEvent) -> None:
    files = account(store, "/calendar.ics", AccountKind.FILES)
    with store.transaction() as tx:
        ids = addresses.ids_for(tx, {who.email for one in events for who in one.attendees})
        calendar.put(tx, files, events, address_ids=ids)


def summaries(store: Database) -> list[str]:
    return [row[0] for row in store.all("SELECT summary FROM events ORDER BY uid, recurrence_id")]


def changed(one: CalendarEvent, **more: object) -> CalendarEvent:
    return replace(one, **more)  # type: ignore[arg-type]


def test_an_event_with_everything(store: Database) -> None:
    place = calendar_of(store, account(store))
    assert say(store, place, ONE)
    ((_, found),) = calendar.around(store, 0, 10_000)
    assert (found.uid, found.rrule, found.timezone) == ("u1", "FREQ=DAILY", "Europe/Berlin")
    assert (found.extra_starts, found.excluded_starts) == ((5000,), (6000, 7000))
    rows = store.all(
        "SELECT a.email, e.name, e.status FROM event_attendees e JOIN addresses a ON a.id = e.address_id "
        "ORDER BY 1"
    )
    assert rows == [("ann@firm.example", "Ann", "accepted"), ("bob@shop.example", "", "declined")]
    assert store.all("SELECT organizer, location FROM events") == [("ann@firm.example", "Room")]


def test_the_same_again_is_nothing(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, ONE)
    before = dump(store)
    assert not say(store, place, ONE)
    assert dump(store) == before


def test_other_words_count_whatever_the_sequence(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, changed(ONE, sequence=4))
    assert say(store, place, changed(ONE, summary="Two", sequence=2, attendees=()))
    assert summaries(store) == ["Two"]
    assert store.all("SELECT * FROM event_attendees") == []


def test_exceptions_go_with_the_entry_that_says_them_no_more(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, ONE, changed(ONE, recurrence_id=87_400, summary="Later"))
    assert summaries(store) == ["One", "Later"]
    say(store, place, ONE)
    assert summaries(store) == ["One"]


def test_of_a_broken_entry_the_newest_version_counts(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, changed(ONE, summary="New", sequence=2), ONE)
    assert summaries(store) == ["New"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_best_of_two_calendars_in_any_order(store: Database, order: tuple[int, int]) -> None:
    own = account(store)
    places = [calendar_of(store, own, "Team"), calendar_of(store, own, "Ben", mine=True)]
    words = [changed(ONE, summary="Theirs"), changed(ONE, summary="Mine")]
    for one in order:
        say(store, places[one], words[one])
    assert summaries(store) == ["Mine"]
    say(store, places[0], changed(ONE, summary="Newer", sequence=1))
    assert summaries(store) == ["Newer"]
    assert forget(store, places[0], "e1", "unknown") == 1
    assert summaries(store) == ["Mine"]
    forget(store, places[1], "e1")
    assert summaries(store) == []


def test_what_a_file_brought_stays_and_says_what_the_server_said_last(store: Database) -> None:
    import_file(store, changed(ONE, summary="File", sequence=9))
    place = calendar_of(store, account(store))
    say(store, place, ONE)
    assert summaries(store) == ["One"]
    forget(store, place, "e1")
    assert summaries(store) == ["One"]


def test_a_file_does_not_speak_against_the_server_but_holds_on(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, ONE)
    import_file(store, changed(ONE, summary="File", sequence=9))
    assert summaries(store) == ["One"]
    forget(store, place, "e1")
    assert summaries(store) == ["One"]
    import_file(store, changed(ONE, summary="File", sequence=9))
    assert summaries(store) == ["File"]


def test_what_cannot_be_read_keeps_what_it_said_and_why(store: Database) -> None:
    own = account(store)
    place = calendar_of(store, own)
    say(store, place, ONE)
    assert say(store, place, problem="It has no start.")
    assert summaries(store) == ["One"]
    assert remote_events.problems(store, own) == [("Ben", "It has no start.")]
    assert not say(store, place, problem="It has no start.")
    assert say(store, place, changed(ONE, summary="Mended"))
    assert remote_events.problems(store, own) == []
    assert summaries(store) == ["Mended"]
    assert say(store, place, problem="It is new and broken.", entry="e2")
    assert summaries(store) == ["Mended"]
    assert forget(store, place, "e1", "e2") == 2
    assert summaries(store) == []


def test_an_account_that_is_removed_takes_what_only_it_said(store: Database) -> None:
    first, second = account(store), account(store, "other@example.com")
    say(store, calendar_of(store, first), ONE, changed(ONE, uid="u2", summary="Only"))
    say(store, calendar_of(store, second), changed(ONE, summary="Other"))
    with store.transaction() as tx:
        accounts.remove(tx, first)
    assert summaries(store) == ["Other"]
    assert store.all("SELECT account_id FROM events") == [(second,)]
    with store.transaction() as tx:
        accounts.remove(tx, second)
    assert store.all("SELECT * FROM events") == []


def test_entries_that_a_listing_did_not_name(store: Database) -> None:
    place = calendar_of(store, account(store))
    say(store, place, ONE)
    say(store, place, entry="empty", problem="Broken.")
    assert remote_events.unlisted(store, place, 1) == {}
    assert remote_events.unlisted(store, place, 2) == {"e1": [ONE], "empty": []}


def test_another_calendar_becomes_mine(store: Database) -> None:
    own = account(store)
    first, second = calendar_of(store, own, "A", mine=True), calendar_of(store, own, "B")
    say(store, first, changed(ONE, summary="A"))
    say(store, second, changed(ONE, summary="B"))
    assert summaries(store) == ["A"]
    calendar_of(store, own, "A")
    calendar_of(store, own, "B", mine=True)
    assert summaries(store) == ["B"]
