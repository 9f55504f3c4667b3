"""Addresses seen in any header, and which of them are mine."""

from collections.abc import Iterable, Sequence

from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

CHUNK = 500


def ids_for(tx: Transaction, emails: Iterable[str]) -> dict[str, int]:
    """The row id of each address, new ones added; keys are the e-mail addresses given."""
    wanted = sorted(set(emails))
    found = known_ids(tx, wanted)
    missing = [email for email in wanted if email not in found]
    if missing:
        first = int((tx.one("SELECT coalesce(max(id), 0) + 1 FROM addresses") or (1,))[0])
        fresh = {email: first + number for number, email in enumerate(missing)}
        tx.executemany("INSERT INTO addresses (id, email) VALUES (?, ?)", [(i, e) for e, i in fresh.items()])
        found |= fresh
    return found


def known_ids(store: Database | Transaction, emails: Sequence[str]) -> dict[str, int]:
    """The row ids of those addresses that are in the store."""
    found: dict[str, int] = {}
    for start in range(0, len(emails), CHUNK):
        part = emails[start : start + CHUNK]
        marks = ", ".join("?" * len(part))
        found.update(store.all(f"SELECT email, id FROM addresses WHERE email IN ({marks})", part))
    return found


def mine(store: Database | Transaction) -> frozenset[str]:
    """The user's own addresses."""
    return frozenset(row[0] for row in store.all("SELECT email FROM addresses WHERE mine > 0"))


def my_names(store: Database | Transaction) -> frozenset[str]:
    """The names under which the user writes and is written to."""
    rows = store.all(
        "SELECT DISTINCT r.name FROM addresses a JOIN message_addresses r ON r.address_id = a.id "
        "WHERE a.mine > 0 AND r.name <> ''"
    )
    return frozenset(row[0] for row in rows)


def mine_with_certainty(store: Database | Transaction) -> list[tuple[str, bool]]:
    """(address, confirmed by the user) for each own address."""
    rows = store.all("SELECT email, mine FROM addresses WHERE mine > 0 ORDER BY mine DESC, email")
    return [(email, state == CONFIRMED) for email, state in rows]


INFERRED, CONFIRMED = 1, 2


def set_mine(tx: Transaction, emails: Iterable[str], *, confirmed: bool) -> bool:
    """Mark addresses as the user's own; confirming replaces everything inferred. True when it changed."""
    before = {(row[0], row[1]) for row in tx.all("SELECT email, mine FROM addresses WHERE mine > 0")}
    ids = ids_for(tx, emails)
    if confirmed:
        tx.execute("UPDATE addresses SET mine = 0 WHERE mine > 0")
    for address_id in ids.values():
        tx.execute(
            "UPDATE addresses SET mine = max(mine, ?) WHERE id = ?",
            (CONFIRMED if confirmed else INFERRED, address_id),
        )
    tx.changed(Changed.SETTINGS)
    after = {(row[0], row[1]) for row in tx.all("SELECT email, mine FROM addresses WHERE mine > 0")}
    return {email for email, _ in before} != {email for email, _ in after}


def count_deliveries(tx: Transaction, counts: Iterable[tuple[int, int]]) -> None:
    """Add (address id, messages) to how often mail was delivered to an address."""
    tx.executemany(
        "INSERT INTO delivered_to (address_id, messages) VALUES (?, ?) "
        "ON CONFLICT (address_id) DO UPDATE SET messages = messages + excluded.messages",
        counts,
    )


def has_confirmed(store: Database | Transaction) -> bool:
    """Whether the user said which addresses are theirs."""
    return store.one("SELECT 1 FROM addresses WHERE mine = ? LIMIT 1", (CONFIRMED,)) is not None
