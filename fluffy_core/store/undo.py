"""The undo log: what the user or the machine did to the CRM, and how to take it back."""

import json
import time
from dataclasses import dataclass

from fluffy_core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class UndoToken:
    """An entry of the log; `label` says what was done ("2 conversations put away")."""

    id: int
    label: str


def note(tx: Transaction, label: str, kind: str, *, inverse: object) -> UndoToken:
    """Write down how to undo what this transaction does; `inverse` must survive JSON."""
    row = tx.one(
        "INSERT INTO undo_log (at, label, kind, inverse) VALUES (?, ?, ?, ?) RETURNING id",
        (time.time(), label, kind, json.dumps(inverse)),
    )
    return UndoToken(int(row[0]) if row else 0, label)


def latest(store: Database | Transaction) -> tuple[UndoToken, str, object] | None:
    """The newest entry that was not undone: (token, kind, inverse)."""
    row = store.one("SELECT id, label, kind, inverse FROM undo_log WHERE undone = 0 ORDER BY id DESC LIMIT 1")
    return None if row is None else (UndoToken(row[0], row[1]), row[2], json.loads(row[3]))


def mark_undone(tx: Transaction, token_id: int) -> None:
    """The entry has been taken back."""
    tx.execute("UPDATE undo_log SET undone = 1 WHERE id = ?", (token_id,))


def settle(tx: Transaction, kind: str, inverse: object) -> None:
    """What this entry would take back cannot be taken back any more."""
    tx.execute(
        "UPDATE undo_log SET undone = 1 WHERE undone = 0 AND kind = ? AND inverse = ?",
        (kind, json.dumps(inverse)),
    )
