"""Every connection that was made or refused, for three months."""

from dataclasses import dataclass

from fluffy_core.store.database import Database, Transaction

KEPT = 90 * 86_400.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection. `at` in Unix seconds; bytes inside the encryption; `refused` says why, else ""."""

    at: float
    host: str
    port: int
    reason: str
    received: int
    sent: int
    refused: str


def note(tx: Transaction, one: Connection) -> None:
    """Add a connection, and forget those that are too old."""
    tx.execute(
        "INSERT INTO traffic (at, host, port, reason, received, sent, refused) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.at, one.host, one.port, one.reason, one.received, one.sent, one.refused),
    )
    tx.execute("DELETE FROM traffic WHERE at < ?", (one.at - KEPT,))


def listed(store: Database | Transaction, *, limit: int) -> tuple[Connection, ...]:
    """The newest connections, the newest first."""
    rows = store.all(
        "SELECT at, host, port, reason, received, sent, refused FROM traffic "
        "ORDER BY at DESC, id DESC LIMIT ?",
        (limit,),
    )
    return tuple(Connection(*row) for row in rows)


def hosts_since(store: Database | Transaction, moment: float) -> list[str]:
    """The hosts that were reached after a moment, by name."""
    rows = store.all(
        "SELECT DISTINCT host FROM traffic WHERE at >= ? AND refused = '' ORDER BY host", (moment,)
    )
    return [row[0] for row in rows]
