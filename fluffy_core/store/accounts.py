"""Accounts on servers: how to reach them, their passwords, and whether they let us in."""

from fluffy_core.domain.accounts import AccountSettings, Service, settings_of
from fluffy_core.domain.ids import AccountId
from fluffy_core.events import Changed
from fluffy_core.store import alerts, remote_calendars
from fluffy_core.store.database import Database, Transaction


def put(tx: Transaction, account_id: AccountId, settings: AccountSettings, *, password: str) -> None:
    """Set how an account is reached; that its server refused us before is forgotten."""
    tx.execute(
        "INSERT INTO account_settings (account_id, settings, password) VALUES (?, ?, ?) "
        "ON CONFLICT (account_id) DO UPDATE SET settings = excluded.settings, password = excluded.password, "
        "refused = ''",
        (account_id, settings.text(), password),
    )
    tx.changed(Changed.ACCOUNTS)


def set_settings(tx: Transaction, account_id: AccountId, settings: AccountSettings) -> None:
    """Change what is wanted of an account, and nothing about how it signs in."""
    tx.execute("UPDATE account_settings SET settings = ? WHERE account_id = ?", (settings.text(), account_id))
    tx.changed(Changed.ACCOUNTS)


def get(store: Database | Transaction, account_id: AccountId) -> AccountSettings | None:
    """How an account is reached; None for an import of files and where there is no such account."""
    row = store.one("SELECT settings FROM account_settings WHERE account_id = ?", (account_id,))
    return None if row is None else settings_of(row[0])


def fetches(store: Database | Transaction, account_id: AccountId, service: Service) -> bool:
    """Whether this is fetched of an account; of an import of files it is the mail."""
    settings = get(store, account_id)
    return service is Service.MAIL if settings is None else service in settings.services


def listed(store: Database | Transaction) -> list[AccountSettings]:
    """The settings of every account on a server."""
    return [
        settings_of(row[0]) for row in store.all("SELECT settings FROM account_settings ORDER BY account_id")
    ]


def password(store: Database | Transaction, account_id: AccountId) -> str:
    """What the account signs in with."""
    row = store.one("SELECT password FROM account_settings WHERE account_id = ?", (account_id,))
    return str(row[0]) if row else ""


def change_password(tx: Transaction, account_id: AccountId, *, old: str, new: str) -> bool:
    """Put another password in the place of `old`; False when that is not there any more."""
    row = tx.one(
        "UPDATE account_settings SET password = ? WHERE account_id = ? AND password = ? RETURNING 1",
        (new, account_id, old),
    )
    return row is not None


def set_cannot_send(tx: Transaction, account_id: AccountId, words: str) -> None:
    """Note why an account cannot send though it lets us in, "" when it can."""
    row = tx.one(
        "UPDATE account_settings SET cannot_send = ? WHERE account_id = ? AND cannot_send <> ? RETURNING 1",
        (words, account_id, words),
    )
    if row is not None:
        tx.changed(Changed.ACCOUNTS)


def cannot_send(store: Database | Transaction, account_id: AccountId) -> str:
    """Why an account could not send when that was last tried, else ""."""
    row = store.one("SELECT cannot_send FROM account_settings WHERE account_id = ?", (account_id,))
    return str(row[0]) if row else ""


def set_refused(tx: Transaction, account_id: AccountId, words: str) -> None:
    """Note why the server does not let us in, "" when it does: then an alert about that is done with."""
    row = tx.one(
        "UPDATE account_settings SET refused = ? WHERE account_id = ? AND refused <> ? RETURNING 1",
        (words, account_id, words),
    )
    if row is not None:
        tx.changed(Changed.ACCOUNTS)
        if not words:
            alerts.settle(tx, alerts.about_account(account_id))


def refused(store: Database | Transaction, account_id: AccountId) -> str:
    """Why the server did not let us in when it was last asked, else ""."""
    row = store.one("SELECT refused FROM account_settings WHERE account_id = ?", (account_id,))
    return str(row[0]) if row else ""


def set_throttled(tx: Transaction, account_id: AccountId, until: float) -> None:
    """Note until when (Unix seconds) the server wants to be left alone; 0 when it does not."""
    row = tx.one(
        "UPDATE account_settings SET throttled_until = ? WHERE account_id = ? AND throttled_until <> ? "
        "RETURNING 1",
        (until, account_id, until),
    )
    if row is not None:
        tx.changed(Changed.ACCOUNTS)


def throttled_until(store: Database | Transaction, account_id: AccountId) -> float:
    """Until when (Unix seconds) the server wants to be left alone, as it said last; 0 when it did not."""
    row = store.one("SELECT throttled_until FROM account_settings WHERE account_id = ?", (account_id,))
    return float(row[0]) if row else 0.0


def set_synced(tx: Transaction, account_id: AccountId, now: float) -> None:
    """Everything of an account was fetched at `now` (Unix seconds)."""
    tx.execute("UPDATE account_settings SET synced_at = ? WHERE account_id = ?", (now, account_id))
    tx.changed(Changed.ACCOUNTS)


def synced_at(store: Database | Transaction, account_id: AccountId) -> float:
    """When (Unix seconds) everything of an account was fetched last; 0 when it never was."""
    row = store.one("SELECT synced_at FROM account_settings WHERE account_id = ?", (account_id,))
    return float(row[0]) if row else 0.0


def remove(tx: Transaction, account_id: AccountId) -> None:
    """Forget an account with its password, folders and calendars. Its mail stays."""
    remote_calendars.remove_all(tx, account_id)
    tx.execute(
        "UPDATE unread_items SET source_id = NULL WHERE source_id IN "
        "(SELECT id FROM sources WHERE account_id = ?)",
        (account_id,),
    )
    tx.execute(
        "INSERT OR IGNORE INTO kept_messages SELECT l.message_id FROM locations l "
        "JOIN sources s ON s.id = l.source_id WHERE s.account_id = ?",
        (account_id,),
    )
    tx.execute("DELETE FROM accounts WHERE id = ?", (account_id,))
    tx.changed(Changed.ACCOUNTS)


def unwilling(store: Database | Transaction, *, now: float) -> frozenset[int]:
    """Accounts whose server did not let us in when it was last asked, or wants a pause at `now`."""
    rows = store.all(
        "SELECT account_id FROM account_settings WHERE refused <> '' OR throttled_until > ?", (now,)
    )
    return frozenset(row[0] for row in rows)
