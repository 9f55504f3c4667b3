"""Meetings of the calendar, series with their occurrences."""

from fluffy_core.mail import recurrence
from fluffy_core.store import calendar
from fluffy_core.store.database import Database, Transaction


def starting(store: Database | Transaction, since: int, until: int) -> list[tuple[int, int]]:
    """(calendar entry, start) of meetings that start in [since, until) in Unix seconds, by start.

    Cancelled ones and those of whole days are none. Each occurrence of a series is one.
    """
    rows = calendar.around(store, since, until)
    ids = {(event.uid, event.recurrence_id): number for number, event in rows}
    found = [
        (ids.get((one.uid, one.recurrence_id)) or ids[one.uid, None], one.start)
        for one in recurrence.expand([event for _, event in rows], since, until)
        if since <= one.start < until and not one.all_day and one.status != "cancelled"
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0]))
