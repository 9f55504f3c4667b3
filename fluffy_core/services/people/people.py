"""People as front ends show them, and the user's word on who is who."""

import time

from fluffy_core.domain.ids import ContactId
from fluffy_core.domain.rows import ContactDetail, MergeProposal
from fluffy_core.errors import UsageError
from fluffy_core.services.people.identity import dismiss, merge, rename, split
from fluffy_core.store import people as stored
from fluffy_core.store import people_rows, rulings
from fluffy_core.store.database import Database
from fluffy_core.store.people_rows import ids, rows, top

__all__ = ["detail", "dismiss", "ids", "merge", "proposals", "rename", "rows", "split", "top"]

MONTHS = 12
MONTH = 30.44 * 86400
SHOWN_THREADS = 50


def detail(store: Database, contact_id: ContactId) -> ContactDetail:
    """A person's page. Raises UsageError when there is none of this id."""
    row = people_rows.rows(store, [contact_id]).get(contact_id)
    if row is None:
        raise UsageError(f"There is no person {contact_id}.")
    now = time.time()
    months = [0] * MONTHS
    for date in people_rows.dates(store, contact_id, since=int(now - MONTHS * MONTH)):
        months[max(0, min(MONTHS - 1, MONTHS - 1 - int((now - date) / MONTH)))] += 1
    return ContactDetail(
        row=row,
        addresses=tuple(email for _, email in stored.addresses_of(store, contact_id)),
        fields=people_rows.fields(store, contact_id),
        months=tuple(months),
        threads=people_rows.threads(store, contact_id, SHOWN_THREADS),
        proposals=tuple(one for one in proposals(store) if contact_id in (one.a.id, one.b.id)),
    )


def proposals(store: Database) -> tuple[MergeProposal, ...]:
    """Pairs of contacts that are likely one person, most likely first."""
    found = rulings.open_proposals(store)
    known = people_rows.rows(
        store, sorted({one for a, b, _, _ in found for one in (ContactId(a), ContactId(b))})
    )
    return tuple(
        MergeProposal(known[ContactId(a)], known[ContactId(b)], score, reason)
        for a, b, score, reason in found
        if ContactId(a) in known and ContactId(b) in known
    )
