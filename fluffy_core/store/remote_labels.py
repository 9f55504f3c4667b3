"""Labels that servers keep of messages: they follow what the server says, others' labels stay."""

from collections.abc import Iterable

from fluffy_core.domain.sync import MessageRef, position_of
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction


def known(store: Database | Transaction, source_id: int) -> dict[str, tuple[str, ...]]:
    """The labels of those messages of a folder that have any, by the server's id."""
    rows = store.all(
        "SELECT locator, labels FROM locations WHERE source_id = ? AND labels <> ''", (source_id,)
    )
    return {locator: _labels(text) for locator, text in rows}


def told(tx: Transaction, source_id: int, refs: Iterable[MessageRef]) -> None:
    """The server says which labels messages have now."""
    for ref in refs:
        place = (source_id, position_of(ref.id), ref.id)
        row = tx.one(
            "SELECT message_id, labels FROM locations WHERE source_id = ? AND position = ? AND locator = ?",
            place,
        )
        if row is None or _labels(row[1]) == ref.labels:
            continue
        tx.execute(
            "UPDATE locations SET labels = ? WHERE source_id = ? AND position = ? AND locator = ?",
            ("\n".join(ref.labels), *place),
        )
        tx.executemany(
            "INSERT OR IGNORE INTO message_labels (message_id, label) VALUES (?, ?)",
            [(row[0], one) for one in ref.labels],
        )
        take_away(tx, row[0], row[1])


def take_away(tx: Transaction, message_id: int, text: str) -> None:
    """A message has those of the labels in `locations.labels` no longer that it has nowhere now."""
    rows = tx.all("SELECT labels FROM locations WHERE message_id = ? AND labels <> ''", (message_id,))
    kept = {label for row in rows for label in _labels(row[0])}
    tx.executemany(
        "DELETE FROM message_labels WHERE message_id = ? AND label = ?",
        [(message_id, one) for one in _labels(text) if one not in kept],
    )
    tx.changed(Changed.MESSAGES)


def _labels(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
