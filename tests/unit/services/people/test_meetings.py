"""Which meetings start in a span: single ones, occurrences, exceptions; no cancelled or all-day ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.services.people import meetings
from fluffy_core.store import addresses, calendar, people, sources
from fluffy_core.store.database import Database
from tests.fakes import stored

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def seconds(**later: float) -> int:
    return int((NOON + timedelta(**later)).timestamp())


def event(uid: str, start: int, **more: object) -> CalendarEvent:
    return CalendarEvent(uid, uid, start, start + 1800, **more)  # type: ignore[arg-type]


def keep(store: Database, *events: CalendarEvent) -> None:
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "calendar", now=0)
        calendar.put(tx, account, events, address_ids={})


def ids(store: Database) -> dict[tuple[str, int], int]:
    return {(row[0], row[1]): row[2] for row in store.all("SELECT uid, recurrence_id, id FROM events")}


def within_the_hour(store: Database) -> Sequence[tuple[int, int]]:
    return meetings.starting(store, seconds(), seconds(hours=1))


def test_single_meetings_of_the_span(store: Database) -> None:
    keep(
        store,
        event("before", seconds(minutes=-1)),
        event("now", seconds()),
        event("soon", seconds(minutes=59)),
        event("later", seconds(hours=1)),
        event("off", seconds(minutes=5), status="cancelled"),
        event("holiday", seconds(), all_day=True),
    )
    known = ids(store)
    assert within_the_hour(store) == [
        (known["now", 0], seconds()),
        (known["soon", 0], seconds(minutes=59)),
    ]


def test_a_series_has_its_occurrence(store: Database) -> None:
    keep(store, event("weekly", seconds(days=-28, minutes=20), rrule="FREQ=WEEKLY"))
    assert within_the_hour(store) == [(1, seconds(minutes=20))]
    assert meetings.starting(store, seconds(days=1), seconds(days=2)) == []


def test_a_moved_occurrence_is_where_it_was_moved_to(store: Database) -> None:
    moved = event("weekly", seconds(hours=3), recurrence_id=seconds(minutes=20))
    keep(store, event("weekly", seconds(days=-28, minutes=20), rrule="FREQ=WEEKLY"), moved)
    assert within_the_hour(store) == []
    number = ids(store)["weekly", seconds(minutes=20)]
    assert meetings.starting(store, seconds(hours=2), seconds(hours=4)) == [(number, seconds(hours=3))]


def test_an_exception_without_its_series_stands_alone(store: Database) -> None:
    keep(store, event("orphan", seconds(minutes=10), recurrence_id=seconds(days=1)))
    assert within_the_hour(store) == [(1, seconds(minutes=10))]


def test_a_home_without_a_calendar(store: Database) -> None:
    stored.keep(store, [stored.Letter("One")])
    assert within_the_hour(store) == []


def ahead(store: Database, **later: float) -> list[tuple[str, int]]:
    return [(one.summary, one.start) for one in meetings.ahead(store, seconds(), seconds(**later))]


def test_what_is_ahead_also_what_has_begun_and_whole_days(store: Database) -> None:
    midnight = seconds(hours=-12)
    keep(
        store,
        event("over", seconds(hours=-1)),
        event("now", seconds(minutes=-10)),
        event("later", seconds(hours=5), location="Room 5"),
        event("off", seconds(hours=6), status="cancelled"),
        CalendarEvent("fair", "fair", midnight - 86_400, midnight + 86_400, all_day=True),
        event("tomorrow", seconds(days=2)),
    )
    found = ahead(store, days=1)
    assert [name for name, _ in found] == ["fair", "now", "later"]


def test_each_day_of_a_series_with_who_comes(store: Database) -> None:
    who = (Attendee("ann@firm.example", "Ann", "accepted"), Attendee("bob@shop.example", "", "declined"))
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "calendar", now=0)
        ids = addresses.ids_for(tx, [one.email for one in who])
        series = event("series", seconds(hours=1), rrule="FREQ=DAILY", attendees=who)
        calendar.put(tx, account, [series], address_ids=ids)
        people.create_contact(tx, "Bob Roe", [ids["bob@shop.example"]], now=0)
    found = meetings.ahead(store, seconds(), seconds(days=3))
    assert [one.start for one in found] == [seconds(hours=1 + 24 * day) for day in range(3)]
    assert len({one.event_id for one in found}) == 1
    assert found[2].people == (who[0], Attendee("bob@shop.example", "Bob Roe", "declined"))
