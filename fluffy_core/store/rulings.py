"""The user's word on who is who, and what the machine would like to ask."""

from collections.abc import Iterable, Sequence

from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

Pair = tuple[int, int]


def _ordered(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def rule(tx: Transaction, pairs: Iterable[Pair], *, together: bool) -> list[tuple[int, int, int | None]]:
    """Note that address pairs are one person or are not; returns (a, b, ruling before) to undo it."""
    before = []
    for a, b in (_ordered(*pair) for pair in pairs):
        row = tx.one("SELECT together FROM identity_rulings WHERE address_a = ? AND address_b = ?", (a, b))
        before.append((a, b, None if row is None else int(row[0])))
        tx.execute(
            "INSERT OR REPLACE INTO identity_rulings (address_a, address_b, together) VALUES (?, ?, ?)",
            (a, b, together),
        )
    return before


def restore(tx: Transaction, before: Iterable[Sequence[int | None]]) -> None:
    """Put rulings back as `rule` found them."""
    for a, b, together in before:
        if together is None:
            tx.execute("DELETE FROM identity_rulings WHERE address_a = ? AND address_b = ?", (a, b))
        else:
            tx.execute(
                "UPDATE identity_rulings SET together = ? WHERE address_a = ? AND address_b = ?",
                (together, a, b),
            )


def between(store: Database | Transaction, some: Sequence[int], others: Sequence[int]) -> set[bool]:
    """The rulings between two groups of addresses: True together, False apart."""
    left, right = (", ".join(str(int(one)) for one in group) or "NULL" for group in (some, others))
    rows = store.all(
        "SELECT DISTINCT together FROM identity_rulings WHERE "
        f"(address_a IN ({left}) AND address_b IN ({right})) OR (address_a IN ({right}) AND address_b IN "
        f"({left}))"
    )
    return {bool(row[0]) for row in rows}


def propose(tx: Transaction, a: int, b: int, *, score: float, reason: str) -> None:
    """Ask the user whether two contacts are one; a pair they answered stays answered."""
    first, second = _ordered(a, b)
    tx.execute(
        "INSERT INTO merge_proposals (contact_a, contact_b, score, reason) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (contact_a, contact_b) DO UPDATE SET score = max(score, excluded.score)",
        (first, second, score, reason),
    )
    tx.changed(Changed.CONTACTS)


def dismiss(tx: Transaction, a: int, b: int, *, dismissed: bool) -> None:
    """Answer a proposal with "not the same person", or open it again."""
    first, second = _ordered(a, b)
    tx.execute(
        "UPDATE merge_proposals SET dismissed = ? WHERE contact_a = ? AND contact_b = ?",
        (dismissed, first, second),
    )
    tx.changed(Changed.CONTACTS)


def open_proposals(store: Database) -> list[tuple[int, int, float, str]]:
    """(contact, contact, score, reason) that wait for an answer, most likely first."""
    return [
        (row[0], row[1], row[2], row[3])
        for row in store.all(
            "SELECT contact_a, contact_b, score, reason FROM merge_proposals WHERE dismissed = 0 ORDER BY "
            "score DESC, contact_a, contact_b"
        )
    ]
