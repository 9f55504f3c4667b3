"""What calendars on servers say of events: a row of `events` is the best of what they say."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.domain.sync import RemoteEvents
from fluffy_core.store import addresses, calendar
from fluffy_core.store.database import Database, Transaction

Key = tuple[str, int]
"""(uid, recurrence_id) of an event, 0 for single events and series."""

_TUPLES = ("extra_starts", "excluded_starts")


def put(tx: Transaction, calendar_id: int, entry: RemoteEvents, *, listing: int) -> set[Key] | None:
    """Keep what an entry says now, seen in a listing; the keys it said or says, None when nothing is other.

    What cannot be read keeps what it said before, with its problem. `settle` the keys in this transaction.
    """
    problem = " ".join(entry.problems[:3])[:1000]
    known = tx.one(
        "SELECT id, problem FROM remote_entries WHERE calendar_id = ? AND remote_id = ?",
        (calendar_id, entry.id),
    )
    row = tx.one(
        "INSERT INTO remote_entries (calendar_id, remote_id, listing, problem) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (calendar_id, remote_id) DO UPDATE SET listing = excluded.listing, "
        "problem = excluded.problem RETURNING id",
        (calendar_id, entry.id, listing, problem),
    )
    entry_id = int(row[0]) if row else 0
    before = _said(tx, entry_id)
    now = {(one.uid, one.recurrence_id or 0): _text(one) for one in _latest(entry.events)}
    if not now and problem:
        now = before
    if before == now:
        return None if known is not None and known[1] == problem else set()
    tx.execute("DELETE FROM remote_events WHERE entry_id = ?", (entry_id,))
    tx.executemany(
        "INSERT INTO remote_events (entry_id, uid, recurrence_id, content) VALUES (?, ?, ?, ?)",
        [(entry_id, *key, content) for key, content in now.items()],
    )
    return before.keys() | now.keys()


def _latest(events: Sequence[CalendarEvent]) -> Iterable[CalendarEvent]:
    """Of each event the newest version; a broken calendar may hold several."""
    return {
        (one.uid, one.recurrence_id): one for one in sorted(events, key=lambda one: one.sequence)
    }.values()


def remove(tx: Transaction, calendar_id: int, remote_ids: Iterable[str]) -> tuple[int, set[Key]]:
    """Entries that are gone: how many were known, and the keys to settle in the same transaction."""
    keys: set[Key] = set()
    count = 0
    for one in remote_ids:
        row = tx.one(
            "SELECT id FROM remote_entries WHERE calendar_id = ? AND remote_id = ?", (calendar_id, one)
        )
        if row is not None:
            count += 1
            keys |= _said(tx, row[0]).keys()
            tx.execute("DELETE FROM remote_entries WHERE id = ?", row)
    return count, keys


def keys_of_calendar(tx: Transaction, calendar_id: int) -> set[Key]:
    """Everything that a calendar says something of."""
    rows = tx.all(
        "SELECT r.uid, r.recurrence_id FROM remote_events r JOIN remote_entries e ON e.id = r.entry_id "
        "WHERE e.calendar_id = ?",
        (calendar_id,),
    )
    return {(row[0], row[1]) for row in rows}


def unlisted(store: Database | Transaction, calendar_id: int, listing: int) -> dict[str, list[CalendarEvent]]:
    """Entries of a calendar that a listing did not name, with what they said."""
    rows = store.all(
        "SELECT e.remote_id, r.content FROM remote_entries e LEFT JOIN remote_events r ON r.entry_id = e.id "
        "WHERE e.calendar_id = ? AND e.listing < ?",
        (calendar_id, listing),
    )
    found: dict[str, list[CalendarEvent]] = {}
    for remote_id, content in rows:
        found.setdefault(remote_id, []).extend([] if content is None else [_event(content)])
    return found


def problems(store: Database | Transaction, account_id: AccountId) -> list[tuple[str, str]]:
    """(calendar, sentence) for each entry of an account's calendars of which something could not be read."""
    rows = store.all(
        "SELECT c.name, e.problem FROM remote_entries e JOIN remote_calendars c ON c.id = e.calendar_id "
        "WHERE c.account_id = ? AND e.problem <> '' ORDER BY c.name, e.id",
        (account_id,),
    )
    return [(row[0], row[1]) for row in rows]


def settle(tx: Transaction, keys: Iterable[Key]) -> None:
    """Make the rows of `events` what servers say: the newest version, of equals that of my own calendar.

    What no calendar says any more goes, unless it came from a file.
    """
    for uid, recurrence_id in sorted(keys):
        rows = tx.all(
            "SELECT r.content, c.account_id FROM remote_events r JOIN remote_entries e ON e.id = r.entry_id "
            "JOIN remote_calendars c ON c.id = e.calendar_id WHERE r.uid = ? AND r.recurrence_id = ? "
            "ORDER BY json_extract(r.content, '$.sequence') DESC, c.mine DESC, c.id, e.id LIMIT 1",
            (uid, recurrence_id),
        )
        if rows:
            content, account_id = rows[0]
            event = _event(content)
            ids = addresses.ids_for(tx, {who.email for who in event.attendees if who.email})
            calendar.take_over(tx, AccountId(account_id), event, address_ids=ids)
        else:
            calendar.remove_fetched(tx, uid, recurrence_id)


def _said(tx: Transaction, entry_id: int) -> dict[Key, str]:
    rows = tx.all("SELECT uid, recurrence_id, content FROM remote_events WHERE entry_id = ?", (entry_id,))
    return {(row[0], row[1]): row[2] for row in rows}


def _text(event: CalendarEvent) -> str:
    return json.dumps(asdict(event), ensure_ascii=False, sort_keys=True)


def _event(text: str) -> CalendarEvent:
    found: dict[str, Any] = json.loads(text)
    for name in _TUPLES:
        found[name] = tuple(found[name])
    found["attendees"] = tuple(Attendee(**one) for one in found["attendees"])
    found["organizer"] = Attendee(**found["organizer"]) if found["organizer"] else None
    return CalendarEvent(**found)
