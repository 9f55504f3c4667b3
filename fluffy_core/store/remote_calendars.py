"""Calendars on servers, each with its cursor, and how far the run is that goes through its pages."""

from dataclasses import dataclass
from datetime import date

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import RemoteCalendar
from fluffy_core.events import Changed
from fluffy_core.store import remote_events
from fluffy_core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class CalendarState:
    """A calendar as it is known here.

    `cursor`: from where changes count, "" until it was listed whole; `token`: the next page of a run, ""
    between runs. `listing` counts whole listings; the last one was of [`start`, `end`). `missing`: the
    server did not show it when it was last asked.
    """

    id: int
    calendar: RemoteCalendar
    cursor: str
    token: str
    listing: int
    start: date
    end: date
    missing: bool


_NEVER = date(1970, 1, 1)


def listed(store: Database | Transaction, account_id: AccountId) -> dict[str, CalendarState]:
    """The calendars of an account by the server's id."""
    rows = store.all(
        "SELECT id, remote_id, name, mine, cursor, token, listing, starts_on, ends_on, missing "
        "FROM remote_calendars WHERE account_id = ? ORDER BY id",
        (account_id,),
    )
    return {
        row[1]: CalendarState(
            row[0],
            RemoteCalendar(row[1], row[2], bool(row[3])),
            row[4],
            row[5],
            row[6],
            date.fromisoformat(row[7]) if row[7] else _NEVER,
            date.fromisoformat(row[8]) if row[8] else _NEVER,
            bool(row[9]),
        )
        for row in rows
    }


def put(tx: Transaction, account_id: AccountId, calendar: RemoteCalendar) -> None:
    """The server shows this calendar. Whose it is decides which of two equal versions counts."""
    known = listed(tx, account_id).get(calendar.id)
    tx.execute(
        "INSERT INTO remote_calendars (account_id, remote_id, name, mine) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (account_id, remote_id) DO UPDATE SET name = excluded.name, mine = excluded.mine, "
        "missing = 0",
        (account_id, calendar.id, calendar.name, calendar.mine),
    )
    if known is not None and known.calendar.mine is not calendar.mine:
        remote_events.settle(tx, remote_events.keys_of_calendar(tx, known.id))


def mark_missing(tx: Transaction, calendar_id: int) -> None:
    """The server does not show it this time."""
    tx.execute("UPDATE remote_calendars SET missing = 1 WHERE id = ?", (calendar_id,))


def begin(tx: Transaction, calendar_id: int, *, start: date, end: date) -> None:
    """A whole listing of [start, end) begins: whatever it does not name is gone at its end."""
    tx.execute(
        "UPDATE remote_calendars SET cursor = '', token = '', listing = listing + 1, starts_on = ?, "
        "ends_on = ? WHERE id = ?",
        (start.isoformat(), end.isoformat(), calendar_id),
    )


def advance(tx: Transaction, calendar_id: int, *, cursor: str, token: str) -> None:
    """Move on behind a page, in the transaction that stores it."""
    tx.execute("UPDATE remote_calendars SET cursor = ?, token = ? WHERE id = ?", (cursor, token, calendar_id))


def remove(tx: Transaction, calendar_id: int) -> None:
    """The calendar is gone, and with it what only it says."""
    keys = remote_events.keys_of_calendar(tx, calendar_id)
    tx.execute("DELETE FROM remote_calendars WHERE id = ?", (calendar_id,))
    remote_events.settle(tx, keys)


def remove_all(tx: Transaction, account_id: AccountId) -> None:
    """Forget the calendars of an account that is to be removed; meetings that another one has stay."""
    for one in listed(tx, account_id).values():
        remove(tx, one.id)
    tx.changed(Changed.CALENDAR)
