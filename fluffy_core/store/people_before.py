"""Contacts as they were, to put them back when the user takes a decision back."""

from collections.abc import Iterable
from typing import Any

from fluffy_core.events import Changed
from fluffy_core.store.database import Transaction

Before = dict[str, list[list[Any]]]
"""Rows of contacts, address_stats and merge_proposals; survives JSON."""


def take(tx: Transaction, contact_ids: Iterable[int]) -> Before:
    """Note contacts with their addresses and the proposals about them."""
    marks = ", ".join(str(int(one)) for one in contact_ids) or "NULL"
    queries = {
        "contacts": "SELECT id, created_at, name, name_locked, from_card, merged_into FROM contacts "
        f"WHERE id IN ({marks}) ORDER BY id",
        "addresses": "SELECT address_id, contact_id FROM address_stats "
        f"WHERE contact_id IN ({marks}) ORDER BY address_id",
        "proposals": "SELECT contact_a, contact_b, score, reason, dismissed FROM merge_proposals "
        f"WHERE contact_a IN ({marks}) OR contact_b IN ({marks}) ORDER BY 1, 2",
    }
    return {kind: [list(row) for row in tx.all(sql)] for kind, sql in queries.items()}


def put_back(tx: Transaction, before: Before) -> list[int]:
    """Put contacts back as they were; which of them are there again.

    An address that turned out to be the user's own stays theirs, and a contact that is gone because
    of that stays gone, as does one whose number belongs to somebody else by now.
    """
    wanted = [row for row in before["contacts"] if not _is_taken(tx, row[0], row[1])]
    for contact_id, created_at, *rest in wanted:
        tx.execute(
            "INSERT INTO contacts (id, created_at, name, name_locked, from_card) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_locked = excluded.name_locked, "
            "from_card = excluded.from_card",
            (contact_id, created_at, *rest[:3]),
        )
    for contact_id, *_, merged_into in wanted:
        tx.execute(
            "UPDATE contacts SET merged_into = (SELECT id FROM contacts WHERE id = ?) WHERE id = ?",
            (merged_into, contact_id),
        )
    ids = {row[0] for row in wanted}
    tx.executemany(
        "UPDATE address_stats SET contact_id = ? WHERE address_id = ? "
        "AND address_id NOT IN (SELECT id FROM addresses WHERE mine > 0)",
        [(contact_id, address_id) for address_id, contact_id in before["addresses"] if contact_id in ids],
    )
    drop_empty(tx, ids)
    _put_proposals_back(tx, before)
    tx.changed(Changed.CONTACTS)
    return [one for one in sorted(ids) if _is_alive(tx, one)]


def drop_empty(tx: Transaction, contact_ids: Iterable[int]) -> None:
    """Forget those of the contacts that have no address any more and were not merged into another."""
    for contact_id in sorted(contact_ids, reverse=True):
        tx.execute(
            "DELETE FROM contacts WHERE id = ?1 AND merged_into IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM address_stats WHERE contact_id = ?1) AND NOT EXISTS "
            "(SELECT 1 FROM contacts WHERE merged_into = ?1)",
            (contact_id,),
        )


def _put_proposals_back(tx: Transaction, before: Before) -> None:
    for row in before["proposals"]:
        if _is_alive(tx, row[0]) and _is_alive(tx, row[1]):
            tx.execute(
                "INSERT INTO merge_proposals (contact_a, contact_b, score, reason, dismissed) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (contact_a, contact_b) DO UPDATE SET dismissed = "
                "excluded.dismissed",
                row,
            )


def _is_taken(tx: Transaction, contact_id: int, created_at: float) -> bool:
    row = tx.one("SELECT created_at FROM contacts WHERE id = ?", (contact_id,))
    return row is not None and row[0] != created_at


def _is_alive(tx: Transaction, contact_id: int) -> bool:
    return tx.one("SELECT 1 FROM contacts WHERE id = ? AND merged_into IS NULL", (contact_id,)) is not None
