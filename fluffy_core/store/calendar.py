"""Calendar entries and who is invited to them."""

import json
from collections.abc import Collection, Mapping, Sequence

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

_KEPT = """INSERT INTO events (
  account_id, uid, recurrence_id, starts_at, ends_at, all_day, timezone, summary, location, description, url,
  status, organizer, rrule, extra_starts, excluded_starts, sequence
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uid, recurrence_id) DO UPDATE SET
  starts_at = excluded.starts_at, ends_at = excluded.ends_at, all_day = excluded.all_day,
  timezone = excluded.timezone, summary = excluded.summary, location = excluded.location,
  description = excluded.description, url = excluded.url, status = excluded.status,
  organizer = excluded.organizer, rrule = excluded.rrule, extra_starts = excluded.extra_starts,
  excluded_starts = excluded.excluded_starts, sequence = excluded.sequence
"""
_OF_A_FILE = "account_id IN (SELECT id FROM accounts WHERE kind = 'files')"


def put(
    tx: Transaction,
    account_id: AccountId,
    events: Sequence[CalendarEvent],
    *,
    address_ids: Mapping[str, int],
) -> int:
    """Keep events of a file; a newer SEQUENCE alone replaces one that is known. How many were new or newer.

    What a server says of an event stands above any file; the file's part is that the event stays.
    """
    changed = 0
    for one in events:
        row = tx.one(
            f"{_KEPT} WHERE excluded.sequence > events.sequence AND NOT EXISTS (SELECT 1 FROM remote_events "
            "r WHERE r.uid = events.uid AND r.recurrence_id = events.recurrence_id) RETURNING id",
            _row(account_id, one),
        )
        if row is not None:
            changed += 1
            _invite(tx, int(row[0]), one, address_ids=address_ids)
        tx.execute(
            f"UPDATE events SET account_id = ? WHERE uid = ? AND recurrence_id = ? AND NOT {_OF_A_FILE}",
            (account_id, one.uid, one.recurrence_id or 0),
        )
    if changed:
        tx.changed(Changed.CALENDAR)
    return changed


def take_over(
    tx: Transaction, account_id: AccountId, one: CalendarEvent, *, address_ids: Mapping[str, int]
) -> None:
    """An event is as a server says, whatever its SEQUENCE. One that a file brought stays the file's."""
    key = (one.uid, one.recurrence_id or 0)
    row = tx.one(f"{_KEPT} RETURNING id", _row(account_id, one))
    if row is not None:
        _invite(tx, int(row[0]), one, address_ids=address_ids)
    tx.execute(
        f"UPDATE events SET account_id = ? WHERE uid = ? AND recurrence_id = ? AND NOT {_OF_A_FILE}",
        (account_id, *key),
    )
    tx.changed(Changed.CALENDAR)


def remove_fetched(tx: Transaction, uid: str, recurrence_id: int) -> None:
    """No server has an event any more: it goes, unless a file brought it."""
    tx.execute(
        f"DELETE FROM events WHERE uid = ? AND recurrence_id = ? AND NOT {_OF_A_FILE}", (uid, recurrence_id)
    )
    tx.changed(Changed.CALENDAR)


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


def people_of(
    store: Database | Transaction, event_ids: Collection[int]
) -> dict[int, tuple[str, tuple[Attendee, ...]]]:
    """(place, who is invited) of entries; whoever is a contact goes by the contact's name."""
    marks = ", ".join(str(int(one)) for one in event_ids) or "NULL"
    invited: dict[int, list[Attendee]] = {}
    for event_id, email, name, status in store.all(
        "SELECT e.event_id, a.email, coalesce(c.name, e.name), e.status FROM event_attendees e "
        "JOIN addresses a ON a.id = e.address_id LEFT JOIN address_stats s ON s.address_id = a.id "
        f"LEFT JOIN contacts c ON c.id = s.contact_id WHERE e.event_id IN ({marks}) ORDER BY a.email"
    ):
        invited.setdefault(event_id, []).append(Attendee(email, name, status))
    places = store.all(f"SELECT id, location FROM events WHERE id IN ({marks})")
    return {row[0]: (row[1], tuple(invited.get(row[0], ()))) for row in places}
