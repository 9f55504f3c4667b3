"""What the user is told about once, however often it happens."""

from fluffy_core.domain.jobs import Alert
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

DAY = 86_400.0
SERIOUS_TIMES = 3
"""So many times within a day, and it is told a second and last time."""


def note(tx: Transaction, about: str, *, text: str, cure: str, now: float) -> None:
    """Something failed. The first time in a day it is an alert; the third time that alert is serious.

    Every other time it is counted only. Listeners hear `Changed.ALERTS` when there is something to tell.
    """
    row = tx.one(
        "UPDATE alerts SET times = times + 1, text = ?, cure = ?, last_at = ?, "
        "serious = times + 1 >= ?, acknowledged = acknowledged AND times + 1 <> ? "
        "WHERE id = (SELECT id FROM alerts WHERE about = ? AND created_at > ? "
        "ORDER BY created_at DESC LIMIT 1) RETURNING times",
        (text, cure, now, SERIOUS_TIMES, SERIOUS_TIMES, about, now - DAY),
    )
    if row is None:
        tx.execute(
            "INSERT INTO alerts (about, text, cure, created_at, last_at) VALUES (?, ?, ?, ?, ?)",
            (about, text, cure, now, now),
        )
    if row is None or row[0] == SERIOUS_TIMES:
        tx.changed(Changed.ALERTS)


def is_told(tx: Transaction, about: str) -> bool:
    """Whether the user was told of this and has not read it yet."""
    return tx.one("SELECT 1 FROM alerts WHERE about = ? AND acknowledged = 0", (about,)) is not None


def about_account(account_id: int) -> str:
    """What an alert about an account on a server is about."""
    return f"account {account_id}"


def settle(tx: Transaction, about: str) -> None:
    """What this was about is well again, or the user has dealt with it."""
    tx.execute("UPDATE alerts SET acknowledged = 1 WHERE about = ? AND acknowledged = 0", (about,))


def acknowledge(tx: Transaction, alert_id: int) -> bool:
    """The user has read an alert; False when there is no such alert that was not read yet."""
    row = tx.one(
        "UPDATE alerts SET acknowledged = 1 WHERE id = ? AND acknowledged = 0 RETURNING id", (alert_id,)
    )
    return row is not None


def listed(store: Database | Transaction, *, all_of_them: bool = False, limit: int = 50) -> tuple[Alert, ...]:
    """Alerts that nobody has read yet, or all that are kept; serious ones first, then the newest."""
    where = "" if all_of_them else "WHERE acknowledged = 0 "
    rows = store.all(
        "SELECT id, about, text, cure, times, serious, created_at, last_at, acknowledged FROM alerts "
        f"{where}ORDER BY serious DESC, last_at DESC, id DESC LIMIT ?",
        (limit,),
    )
    return tuple(
        Alert(one[0], one[1], one[2], one[3], one[4], bool(one[5]), one[6], one[7], bool(one[8]))
        for one in rows
    )


def prune(tx: Transaction, *, before: float) -> int:
    """Forget alerts that were read and last happened before this moment; how many."""
    rows = tx.all("DELETE FROM alerts WHERE acknowledged = 1 AND last_at < ? RETURNING 1", (before,))
    return len(rows)
