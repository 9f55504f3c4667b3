"""Is the database whole, and copies of it."""

import time
from pathlib import Path

from fluffy_core.errors import DamagedStoreError, UnreadableError, VaultKeyError
from fluffy_core.store.database import Database, translated


def sqlite_version(store: Database) -> str:
    """The SQLite that the database runs on."""
    row = store.one("SELECT sqlite_version()")
    return str(row[0]) if row else ""


def database(store: Database) -> str:
    """SQLite's own check and SQLCipher's page authentication; "" when all is well, else a sentence."""
    try:
        broken = store.all("PRAGMA cipher_integrity_check")
        if broken:
            return f"{len(broken)} pages of the database do not match their checksums. Restore a backup."
        found = [str(row[0]) for row in store.all("PRAGMA quick_check(5)")]
    except DamagedStoreError as error:
        return str(error)
    faults = [
        line for line in found if line != "ok" and "fts5" not in line.lower()
    ]  # of the index, `search` speaks
    return f"The database is damaged: {'; '.join(faults)}. Restore a backup." if faults else ""


_RELATIONS = {
    "messages without their bytes": "messages m WHERE NOT EXISTS "
    "(SELECT 1 FROM raw_messages r WHERE r.message_id = m.id)",
    "messages without a place": "messages m WHERE id NOT IN (SELECT message_id FROM kept_messages) "
    "AND NOT EXISTS (SELECT 1 FROM locations l WHERE l.message_id = m.id)",
    "threads without messages": "threads t WHERE NOT EXISTS "
    "(SELECT 1 FROM messages m WHERE m.thread_id = t.id)",
    "threads with a wrong count": "threads t WHERE message_count <> "
    "(SELECT count(*) FROM messages m WHERE m.thread_id = t.id)",
    "contacts without an address": "contacts c WHERE merged_into IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM address_stats s WHERE s.contact_id = c.id)",
}
"""What must not be there, and how to find it."""


def relations(store: Database) -> str:
    """Whether everything belongs to something that exists; "" when it does, else a sentence."""
    wrong = []
    for what, where in _RELATIONS.items():
        row = store.one(f"SELECT count(*) FROM {where}")
        if row and row[0]:
            wrong.append(f"{row[0]:,} {what}")
    if store.all("PRAGMA foreign_key_check"):
        wrong.append("references to rows that are gone")
    return f"The database holds {', '.join(wrong)}." if wrong else ""


def copy_to(store: Database, target: Path) -> None:
    """A consistent, encrypted, compact copy of the database."""
    with translated(target):
        store.connection.execute("VACUUM INTO ?", (str(target),))


def check_opens(path: Path, key: bytes) -> None:
    """Raise UnreadableError unless the file is a database that this key opens."""
    probe = Database(path, key)
    try:
        probe.one("SELECT count(*) FROM messages")
    except VaultKeyError as error:
        raise UnreadableError(f"{path} is not a backup of this home: its key does not open it.") from error
    finally:
        probe.close()


def set_aside(database_path: Path) -> Path | None:
    """Move a database and its WAL out of the way; its new name, None when there was none."""
    if not database_path.exists():
        return None
    kept = database_path.with_name(f"{database_path.name}.replaced-{time.strftime('%Y%m%d-%H%M%S')}")
    for suffix in ("-wal", "-shm"):
        beside = database_path.with_name(database_path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    return database_path.replace(kept)
