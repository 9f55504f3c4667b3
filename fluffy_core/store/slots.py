"""Which slot of each schedule was asked for last: what is missing was slept through."""

from collections.abc import Iterable

from fluffy_core.store.database import Database, Transaction


def asked(store: Database | Transaction) -> dict[str, str]:
    """The name of the last slot asked for, by schedule."""
    return dict(store.all("SELECT name, slot FROM schedule_slots"))


def note(tx: Transaction, slots: Iterable[tuple[str, str]], *, now: float) -> None:
    """Remember (schedule, slot) as asked for."""
    tx.executemany(
        "INSERT INTO schedule_slots (name, slot, asked_at) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET slot = excluded.slot, asked_at = excluded.asked_at",
        [(name, slot, now) for name, slot in slots],
    )
