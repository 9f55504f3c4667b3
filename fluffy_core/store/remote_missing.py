"""Messages that a server does not list any more: marked first, let go in a later pass."""

from collections.abc import Iterable

from fluffy_core.domain.sync import position_of
from fluffy_core.events import Changed
from fluffy_core.store import gone_messages, remote, remote_labels
from fluffy_core.store.database import Database, Transaction


def mark(tx: Transaction, source_id: int, locators: Iterable[str], *, now: float) -> None:
    """They are missing since now, where they were not before."""
    gone = list(locators)
    tx.executemany(
        "UPDATE locations SET missing_since = ? WHERE source_id = ? AND position = ? "
        "AND missing_since IS NULL",
        [(now, source_id, position_of(one)) for one in gone],
    )
    remote.forget_aside(tx, source_id, gone, kept=True)


def marked(store: Database | Transaction, source_id: int) -> list[str]:
    """The ids of messages that are missing from a folder."""
    rows = store.all(
        "SELECT locator FROM locations WHERE source_id = ? AND missing_since IS NOT NULL", (source_id,)
    )
    return [row[0] for row in rows]


def marked_letters(store: Database | Transaction, source_id: int) -> dict[str, str]:
    """The Message-ID (without brackets, "" without one) of each message that is missing from a folder."""
    rows = store.all(
        "SELECT l.locator, m.message_id_header FROM locations l JOIN messages m ON m.id = l.message_id "
        "WHERE l.source_id = ? AND l.missing_since IS NOT NULL",
        (source_id,),
    )
    return {row[0]: row[1].strip("<>") for row in rows}


def unmark(tx: Transaction, source_id: int, locators: Iterable[str]) -> None:
    """They are there after all."""
    tx.executemany(
        "UPDATE locations SET missing_since = NULL WHERE source_id = ? AND position = ?",
        [(source_id, position_of(one)) for one in locators],
    )


def renumbered(tx: Transaction, source_id: int, old: Iterable[str]) -> list[str]:
    """Let go of old ids whose messages have a new one in the same folder; those that have none."""
    lost = set(old)
    rows = tx.all("SELECT position, locator, message_id FROM locations WHERE source_id = ?", (source_id,))
    now = {row[2] for row in rows if row[1] not in lost}
    for position, locator, message_id in rows:
        if locator in lost and message_id in now:
            lost.discard(locator)
            tx.execute("DELETE FROM locations WHERE source_id = ? AND position = ?", (source_id, position))
    return sorted(lost)


def remove(tx: Transaction, source_id: int, locators: Iterable[str], *, leave_inbox: bool = True) -> None:
    """They are gone from this folder. `leave_inbox`: those that lie nowhere else become `gone_messages`."""
    removed: list[int] = []
    for one in locators:
        row = tx.one(
            "DELETE FROM locations WHERE source_id = ? AND position = ? RETURNING message_id, labels",
            (source_id, position_of(one)),
        )
        if row is not None:
            tx.execute("INSERT OR IGNORE INTO kept_messages VALUES (?)", row[:1])
            if row[1]:
                remote_labels.take_away(tx, row[0], row[1])
            removed.append(row[0])
    if leave_inbox:
        gone_messages.note(tx, removed)
    tx.changed(Changed.THREADS)
