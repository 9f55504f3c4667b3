"""Labels that servers keep of messages: they follow what the server says, others' labels stay."""

import json
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
    said = {ref.id: "\n".join(ref.labels) for ref in refs}
    other = tx.all(
        "SELECT l.position, l.locator, l.message_id, l.labels FROM json_each(?) p CROSS JOIN locations l "
        "ON l.source_id = ? AND l.position = p.value ->> 0 AND l.locator = p.value ->> 1 "
        "WHERE l.labels <> p.value ->> 2 ORDER BY p.key",
        (json.dumps([(position_of(key), key, text) for key, text in said.items()]), source_id),
    )
    for position, locator, message_id, before in other:
        tx.execute(
            "UPDATE locations SET labels = ? WHERE source_id = ? AND position = ?",
            (said[locator], source_id, position),
        )
        tx.executemany(
            "INSERT OR IGNORE INTO message_labels (message_id, label) VALUES (?, ?)",
            [(message_id, one) for one in _labels(said[locator])],
        )
        take_away(tx, message_id, before)


def take_away(tx: Transaction, message_id: int, text: str) -> None:
    """A message has those of the labels in `locations.labels` no longer that it has nowhere now."""
    tx.changed(Changed.MESSAGES)
    if not text:
        return
    rows = tx.all("SELECT labels FROM locations WHERE message_id = ? AND labels <> ''", (message_id,))
    kept = {label for row in rows for label in _labels(row[0])}
    tx.executemany(
        "DELETE FROM message_labels WHERE message_id = ? AND label = ?",
        [(message_id, one) for one in _labels(text) if one not in kept],
    )


def _labels(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
