"""How much was written with whom since the relationship was last looked at."""

from collections.abc import Iterable, Sequence

from fluffy_core.domain.ids import ContactId
from fluffy_core.store.database import Database, Transaction


def contacts_of(store: Database | Transaction, address_ids: Iterable[int]) -> dict[int, ContactId]:
    """The contact of each address that is one's."""
    marks = ", ".join(str(int(one)) for one in address_ids) or "NULL"
    rows = store.all(
        "SELECT address_id, contact_id FROM address_stats "
        f"WHERE address_id IN ({marks}) AND contact_id IS NOT NULL"
    )
    return {row[0]: ContactId(row[1]) for row in rows}


def standing(store: Database | Transaction, contact_ids: Iterable[int]) -> list[int]:
    """Those contacts that exist and are not part of another one."""
    marks = ", ".join(str(int(one)) for one in contact_ids) or "NULL"
    rows = store.all(f"SELECT id FROM contacts WHERE id IN ({marks}) AND merged_into IS NULL ORDER BY id")
    return [row[0] for row in rows]


def count(tx: Transaction, messages: Sequence[tuple[int, int]], *, enough: int) -> list[int]:
    """Add (contact, messages) up; the contacts that have `enough` by now start again from nothing."""
    tx.executemany(
        "INSERT INTO contact_activity (contact_id, messages) VALUES (?, ?) "
        "ON CONFLICT (contact_id) DO UPDATE SET messages = messages + excluded.messages",
        messages,
    )
    rows = tx.all(
        "UPDATE contact_activity SET messages = 0 WHERE messages >= ? RETURNING contact_id", (enough,)
    )
    return sorted(row[0] for row in rows)
