"""Small named values that belong to the home."""

import json

from fluffy_core.store.database import Database, Transaction


def get(store: Database | Transaction, key: str, default: object = None) -> object:
    """The value under a name, or `default`."""
    row = store.one("SELECT value FROM settings WHERE key = ?", (key,))
    return default if row is None else json.loads(row[0])


def put(tx: Transaction, key: str, value: object) -> None:
    """Set a value; it must survive JSON."""
    tx.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
        "excluded.value",
        (key, json.dumps(value)),
    )


def next_number(tx: Transaction, key: str) -> int:
    """Count one up under a name and return it, 1 first."""
    found = get(tx, key, 0)
    number = (found if isinstance(found, int) else 0) + 1
    put(tx, key, number)
    return number
