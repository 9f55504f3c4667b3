"""Folders on servers: how far each is synced, what lies in it, what is missing or could not be fetched."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.source import SourceKind
from fluffy_core.domain.sync import Folder, MessageRef, position_of
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder as it was left; see the table `remote_folders`."""

    source_id: int
    id: str
    name: str
    cursor: str
    token: str
    listed: bool
    removal: str


def folders(store: Database | Transaction, account_id: AccountId) -> dict[str, RemoteFolder]:
    """The folders of an account that were looked into, by the server's id."""
    rows = store.all(
        "SELECT s.id, s.path, s.folder, r.cursor, r.token, r.listed, r.removal FROM sources s "
        "JOIN remote_folders r ON r.source_id = s.id WHERE s.account_id = ? ORDER BY s.id",
        (account_id,),
    )
    return {
        row[1]: RemoteFolder(row[0], row[1], row[2], row[3], row[4], listed=bool(row[5]), removal=row[6])
        for row in rows
    }


def begin(tx: Transaction, account_id: AccountId, folder: Folder, *, cursor: str, now: float) -> int:
    """Start listing a folder, for the first time or anew. Its source's id.

    Anew, its ids may mean other messages than before: each one is missing until it is fetched again.
    """
    tx.execute(
        "INSERT INTO sources (account_id, path, member, kind, folder, size) VALUES (?, ?, '', ?, ?, 0) "
        "ON CONFLICT (account_id, path, member) DO UPDATE SET folder = excluded.folder, finished = 0, "
        "messages = 0, stored = 0, duplicates = 0, unread = 0",
        (account_id, folder.id, SourceKind.IMAP, folder.name),
    )
    row = tx.one("SELECT id FROM sources WHERE account_id = ? AND path = ?", (account_id, folder.id))
    source_id = int(row[0]) if row else 0
    tx.execute("DELETE FROM set_aside WHERE source_id = ?", (source_id,))  # the listing finds them again
    tx.execute(
        "INSERT OR IGNORE INTO kept_messages SELECT message_id FROM locations WHERE source_id = ?",
        (source_id,),
    )
    tx.execute(
        "UPDATE locations SET missing_since = ? WHERE source_id = ? AND missing_since IS NULL",
        (now, source_id),
    )
    tx.execute(
        "INSERT INTO remote_folders (source_id, cursor) VALUES (?, ?) ON CONFLICT (source_id) DO UPDATE SET "
        "cursor = excluded.cursor, token = '', listed = 0",
        (source_id, cursor),
    )
    return source_id


def list_again(tx: Transaction, account_id: AccountId, *, anew: bool) -> None:
    """Have every folder of an account listed from its top once more, for what is not here yet.

    `anew`: nor are the ids of what is here trusted, and every message is fetched again.
    """
    mine = "source_id IN (SELECT id FROM sources WHERE account_id = ?)"
    cursor = ", cursor = ''" if anew else ""
    tx.execute(f"UPDATE remote_folders SET token = '', listed = 0{cursor} WHERE {mine}", (account_id,))
    tx.execute(
        "UPDATE sources SET finished = 0 WHERE id IN (SELECT source_id FROM remote_folders) "
        "AND account_id = ?",
        (account_id,),
    )


def listed_until(tx: Transaction, source_id: int, token: str) -> None:
    """A page of the listing is stored; `token` asks for the next one, "" when it was the last."""
    tx.execute(
        "UPDATE remote_folders SET token = ?, listed = ? WHERE source_id = ?",
        (token, not token, source_id),
    )
    tx.execute("UPDATE sources SET finished = ? WHERE id = ?", (not token, source_id))


def move(tx: Transaction, source_id: int, cursor: str) -> None:
    """Everything up to `cursor` is stored."""
    tx.execute(
        "UPDATE remote_folders SET cursor = ? WHERE source_id = ? AND cursor <> ?",
        (cursor, source_id, cursor),
    )


def set_removal(tx: Transaction, source_id: int, word: str) -> None:
    """Note what the user was asked, or said, about very many messages that went at once."""
    tx.execute("UPDATE remote_folders SET removal = ? WHERE source_id = ?", (word, source_id))


def known(store: Database | Transaction, source_id: int) -> dict[str, tuple[str, ...]]:
    """Flags of every message of a folder that is stored, or kept unread, by the server's id.

    Those that are missing are left out: should they come back, they arrive like new ones.
    """
    rows = store.all(
        "SELECT locator, flags FROM locations WHERE source_id = ? AND missing_since IS NULL UNION ALL "
        "SELECT locator, flags FROM set_aside WHERE source_id = ? AND kept = 1",
        (source_id, source_id),
    )
    return {row[0]: tuple(row[1].split()) for row in rows}


def ids(store: Database | Transaction, source_id: int) -> list[str]:
    """The server's ids of all messages of a folder that are stored, missing ones too."""
    return [row[0] for row in store.all("SELECT locator FROM locations WHERE source_id = ?", (source_id,))]


def count(store: Database | Transaction, source_id: int) -> int:
    """How many messages of a folder are stored."""
    row = store.one("SELECT count(*) FROM locations WHERE source_id = ?", (source_id,))
    return int(row[0]) if row else 0


Flagged = tuple[str, tuple[str, ...]]
"""(the server's id, flags)"""


def arrived(tx: Transaction, source_id: int, items: Iterable[Flagged]) -> None:
    """Remember the flags that messages came with; they are in their folder and need no second try."""
    came = [(" ".join(flags), position_of(locator), locator) for locator, flags in items]
    back = _back_with_other_flags(tx, source_id, came)
    tx.executemany(
        "UPDATE locations SET flags = ?, missing_since = NULL "
        "WHERE source_id = ? AND position = ? AND locator = ?",
        [(flags, source_id, position, locator) for flags, position, locator in came],
    )
    for message_id, flags in back:
        apply_flags(tx, message_id, flags.split())
    for message_id, flags in _with_other_flags(tx, source_id, [position for _, position, _ in came]):
        apply_flags(tx, message_id, flags.split())
    forget_aside(tx, source_id, [locator for _, _, locator in came], kept=False)


def _back_with_other_flags(
    tx: Transaction, source_id: int, came: Sequence[tuple[str, int, str]]
) -> list[tuple[int, str]]:
    """(message, flags) of those that were missing and are back under their own id with other flags."""
    return tx.all(
        "SELECT l.message_id, p.value ->> 0 FROM json_each(?) p CROSS JOIN locations l ON l.source_id = ? "
        "AND l.position = p.value ->> 1 AND l.locator = p.value ->> 2 "
        "WHERE l.missing_since IS NOT NULL AND l.flags <> p.value ->> 0 ORDER BY p.key",
        (json.dumps(came), source_id),
    )


def _with_other_flags(tx: Transaction, source_id: int, positions: Sequence[int]) -> list[tuple[int, str]]:
    """(message, flags) where servers had other flags wherever else it lies: it was moved and changed."""
    return tx.all(
        "SELECT here.message_id, here.flags FROM json_each(?) p CROSS JOIN locations here "
        "ON here.source_id = ? AND here.position = p.value CROSS JOIN locations l "
        "ON l.message_id = here.message_id "
        "AND (l.source_id <> here.source_id OR l.position <> here.position) "
        "JOIN remote_folders r ON r.source_id = l.source_id "
        "GROUP BY here.position HAVING min(l.flags <> here.flags) = 1 ORDER BY p.key",
        (json.dumps(positions), source_id),
    )


def set_flags(tx: Transaction, source_id: int, items: Sequence[Flagged]) -> int:
    """The server has other flags for messages than it had: so have the messages. How many that were."""
    message_ids = []
    for locator, flags in items:
        row = tx.one(
            "UPDATE locations SET flags = ? WHERE source_id = ? AND position = ? AND locator = ? "
            "RETURNING message_id",
            (" ".join(flags), source_id, position_of(locator), locator),
        )
        if row is None:
            tx.execute(
                "UPDATE set_aside SET flags = ? WHERE source_id = ? AND locator = ?",
                (" ".join(flags), source_id, locator),
            )
        else:
            message_ids.append(row[0])
            apply_flags(tx, row[0], flags)
    return len(message_ids)


def apply_flags(tx: Transaction, message_id: int, flags: Sequence[str]) -> None:
    """Give a message the flags of a server; its thread counts anew."""
    row = tx.one(
        "UPDATE messages SET seen = ?, flagged = ? WHERE id = ? RETURNING thread_id",
        ("unseen" not in flags, "flagged" in flags, message_id),
    )
    if row is not None:
        tx.execute(
            "UPDATE threads SET unread_count = (SELECT sum(1 - seen) FROM messages WHERE thread_id = "
            "threads.id) WHERE id = ?",
            (row[0],),
        )
        tx.changed(Changed.MESSAGES, Changed.THREADS)


def set_aside(tx: Transaction, source_id: int, ref: MessageRef, *, reason: str, kept: bool) -> None:
    """Remember a message that could not be fetched, or (`kept`) not be read."""
    tx.execute(
        "INSERT INTO set_aside (source_id, locator, reason, size, flags, kept) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (source_id, locator) DO UPDATE SET reason = excluded.reason, kept = excluded.kept",
        (source_id, ref.id, reason, ref.size, " ".join(ref.flags), kept),
    )


def aside(store: Database | Transaction, source_id: int, folder_id: str) -> list[MessageRef]:
    """Messages of a folder that could not be fetched and are to be tried again."""
    rows = store.all(
        "SELECT locator, flags, size FROM set_aside WHERE source_id = ? AND kept = 0 ORDER BY locator",
        (source_id,),
    )
    return [MessageRef(row[0], folder_id, tuple(row[1].split()), row[2]) for row in rows]


def forget_aside(tx: Transaction, source_id: int, locators: Iterable[str], *, kept: bool) -> None:
    """They were fetched now, or are gone; with `kept` those that could not be read as well."""
    tx.executemany(
        "DELETE FROM set_aside WHERE source_id = ? AND locator = ? AND kept <= ?",
        [(source_id, one, kept) for one in locators],
    )


def aside_reasons(store: Database | Transaction, account_id: AccountId) -> list[tuple[str, str]]:
    """(folder, reason) of each message of an account that could not be fetched yet."""
    rows = store.all(
        "SELECT s.folder, a.reason FROM set_aside a JOIN sources s ON s.id = a.source_id "
        "WHERE s.account_id = ? AND a.kept = 0 ORDER BY s.id, a.locator",
        (account_id,),
    )
    return [(row[0], row[1]) for row in rows]
