"""Calendar entries and who is invited to them."""

import json
from collections.abc import Mapping, Sequence

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import CalendarEvent
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction


def put(
    tx: Transaction,
    account_id: AccountId,
    events: Sequence[CalendarEvent],
    *,
    address_ids: Mapping[str, int],
) -> int:
    """Keep events; a newer SEQUENCE alone replaces one that is known. How many were new or newer."""
    changed = 0
    for one in events:
        row = tx.one(
            "INSERT INTO events (account_id, uid, recurrence_id, starts_at, ends_at, all_day, timezone, "
            "summary, location, "
            "description, url, status, organizer, rrule, extra_starts, excluded_starts, sequence) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uid, recurrence_id) "
            "DO UPDATE SET "
            "starts_at = excluded.starts_at, ends_at = excluded.ends_at, all_day = excluded.all_day, "
            "timezone = excluded.timezone, summary = excluded.summary, location = excluded.location, "
            "description = excluded.description, url = excluded.url, status = excluded.status, "
            "organizer = excluded.organizer, rrule = excluded.rrule, extra_starts = excluded.extra_starts, "
            "excluded_starts = excluded.excluded_starts, sequence = excluded.sequence "
            "WHERE excluded.sequence > events.sequence RETURNING id",
            _row(account_id, one),
        )
        if row is not None:
            changed += 1
            _invite(tx, int(row[0]), one, address_ids=address_ids)
    if changed:
        tx.changed(Changed.CALENDAR)
    return changed


def _row(account_id: AccountId, one: CalendarEvent) -> tuple[object, ...]:
    return (
        account_id, one.uid, one.recurrence_id or 0, one.start, one.end, one.all_day, one.timezone,
        one.summary, one.location, one.description, one.url, one.status,
        one.organizer.email if one.organizer else "", one.rrule,
        json.dumps(one.extra_starts), json.dumps(one.excluded_starts), one.sequence,
    )  # fmt: skip


def _invite(tx: Transaction, event_id: int, one: CalendarEvent, *, address_ids: Mapping[str, int]) -> None:
    tx.execute("DELETE FROM event_attendees WHERE event_id = ?", (event_id,))
    tx.executemany(
        "INSERT OR IGNORE INTO event_attendees (event_id, address_id, name, status) VALUES (?, ?, ?, ?)",
        [(event_id, address_ids[who.email], who.name, who.status) for who in one.attendees if who.email],
    )


def around(store: Database | Transaction, since: int, until: int) -> list[tuple[int, CalendarEvent]]:
    """(id, entry) of what may start in [since, until): single entries then, and series with exceptions."""
    rows = store.all(
        "SELECT id, uid, recurrence_id, starts_at, ends_at, all_day, timezone, summary, status, rrule, "
        "extra_starts, excluded_starts, sequence FROM events WHERE starts_at >= ? AND starts_at < ? "
        "OR starts_at < ? AND (rrule <> '' OR extra_starts <> '[]') OR recurrence_id <> 0 ORDER BY id",
        (since, until, until),
    )
    return [
        (
            row[0],
            CalendarEvent(
                uid=row[1],
                recurrence_id=row[2] or None,
                start=row[3],
                end=row[4],
                all_day=bool(row[5]),
                timezone=row[6],
                summary=row[7],
                status=row[8],
                rrule=row[9],
                extra_starts=tuple(json.loads(row[10])),
                excluded_starts=tuple(json.loads(row[11])),
                sequence=row[12],
            ),
        )
        for row in rows
    ]
