"""Messages that are being written: every change lands here, and nothing leaves before a server has it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from fluffy_core.domain.ids import AccountId, MessageId, ThreadId
from fluffy_core.domain.outgoing import OutgoingFile, Unsent, UnsentFile, WritingKind, Written
from fluffy_core.events import Changed
from fluffy_core.store import outbox
from fluffy_core.store.database import Database, Row, Transaction

SCHEMA = """
-- What the user writes, until a server has it. `content`: JSON, as it was typed. `changed_at` is 0 until
-- something was written, `outbox_id` is set once it was sent, `discarded_at` once it was thrown away.
CREATE TABLE unsent (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, content TEXT NOT NULL, refs TEXT NOT NULL,
  message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
  created_at REAL NOT NULL, changed_at REAL NOT NULL DEFAULT 0, discarded_at REAL,
  outbox_id INTEGER UNIQUE REFERENCES outbox (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX unsent_message ON unsent (message_id);
CREATE TABLE unsent_files (
  id INTEGER PRIMARY KEY, unsent_id INTEGER NOT NULL REFERENCES unsent (id) ON DELETE CASCADE,
  name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE INDEX unsent_files_unsent ON unsent_files (unsent_id);
"""
_ROWS = (
    "SELECT u.id, u.kind, u.content, u.refs, u.message_id, m.thread_id, u.changed_at, u.outbox_id "
    "FROM unsent u LEFT JOIN messages m ON m.id = u.message_id WHERE "
)
_OPEN = "u.discarded_at IS NULL AND u.changed_at > 0"


def add(tx: Transaction, new: Unsent, *, now: float) -> int:
    """Begin a message; its number. It counts as a draft once something was written."""
    row = tx.one(
        "INSERT INTO unsent (kind, content, refs, message_id, created_at) VALUES (?, ?, ?, ?, ?) "
        "RETURNING id",
        (new.kind, _packed(new.written), json.dumps(new.references), new.message_id, now),
    )
    return int(row[0]) if row else 0


def write(tx: Transaction, unsent_id: int, written: Written, *, now: float) -> bool:
    """Keep what stands in the composer now; False when it is not being written any more."""
    row = tx.one(
        "UPDATE unsent SET content = ?, changed_at = ?, discarded_at = NULL WHERE id = ? "
        "AND outbox_id IS NULL RETURNING 1",
        (_packed(written), now, unsent_id),
    )
    tx.changed(Changed.DRAFTS)
    return row is not None


def attach(tx: Transaction, unsent_id: int, file: OutgoingFile) -> UnsentFile:
    """Add a file."""
    size = len(file.content)
    row = tx.one(
        "INSERT INTO unsent_files (unsent_id, name, media_type, size, content) VALUES (?, ?, ?, ?, ?) "
        "RETURNING id",
        (unsent_id, file.name, file.media_type, size, file.content),
    )
    return UnsentFile(int(row[0]) if row else 0, file.name, file.media_type, size)


def detach(tx: Transaction, file_id: int) -> None:
    """Take a file out."""
    tx.execute("DELETE FROM unsent_files WHERE id = ?", (file_id,))


def files(store: Database | Transaction, unsent_id: int) -> tuple[OutgoingFile, ...]:
    """The files of a message, whole."""
    rows = store.all(
        "SELECT name, content, media_type FROM unsent_files WHERE unsent_id = ? ORDER BY id", (unsent_id,)
    )
    return tuple(OutgoingFile(row[0], bytes(row[1]), row[2]) for row in rows)


def hand_over(tx: Transaction, unsent_id: int, outbox_id: int) -> None:
    """The user sent it: it goes together with its row in the outbox, once that is done with."""
    tx.execute("UPDATE unsent SET outbox_id = ? WHERE id = ?", (outbox_id, unsent_id))
    tx.changed(Changed.DRAFTS)


def take_back(tx: Transaction, outbox_id: int) -> int | None:
    """It is being written again; its number, None for one that was not written here."""
    row = tx.one("UPDATE unsent SET outbox_id = NULL WHERE outbox_id = ? RETURNING id", (outbox_id,))
    tx.changed(Changed.DRAFTS)
    return None if row is None else int(row[0])


def sent(tx: Transaction, outbox_id: int) -> None:
    """A server has it: it lies with the mail now."""
    tx.execute("DELETE FROM unsent WHERE outbox_id = ?", (outbox_id,))
    tx.changed(Changed.DRAFTS)


def discard(tx: Transaction, unsent_id: int, *, now: float) -> None:
    """Put a draft out of sight; `bring_back` finds it again until it is pruned."""
    tx.execute("UPDATE unsent SET discarded_at = ? WHERE id = ? AND outbox_id IS NULL", (now, unsent_id))
    tx.changed(Changed.DRAFTS)


def bring_back(tx: Transaction, unsent_id: int) -> None:
    """Take a discarding back."""
    tx.execute("UPDATE unsent SET discarded_at = NULL WHERE id = ?", (unsent_id,))
    tx.changed(Changed.DRAFTS)


def remove_untouched(tx: Transaction, unsent_id: int) -> bool:
    """Forget what was begun and never written; whether it was."""
    row = tx.one("DELETE FROM unsent WHERE id = ? AND changed_at = 0 RETURNING 1", (unsent_id,))
    return row is not None


def prune(tx: Transaction, *, before: float) -> int:
    """Forget what was discarded, or begun and never written, before this moment (Unix seconds); how many."""
    rows = tx.all(
        "DELETE FROM unsent WHERE discarded_at < ?1 OR (changed_at = 0 AND created_at < ?1) RETURNING 1",
        (before,),
    )
    return len(rows)


def get(store: Database | Transaction, unsent_id: int) -> Unsent | None:
    """One message that was not sent yet, discarded or not."""
    found = _unsent(store, store.all(f"{_ROWS} u.id = ?", (unsent_id,)))
    return found[0] if found else None


def is_open(store: Database | Transaction, unsent_id: int) -> bool:
    """Whether it can be written on: neither sent nor discarded."""
    row = store.one(
        "SELECT 1 FROM unsent WHERE id = ? AND outbox_id IS NULL AND discarded_at IS NULL", (unsent_id,)
    )
    return row is not None


def answering(store: Database | Transaction, message_id: MessageId, kind: WritingKind) -> Unsent | None:
    """The newest draft of this kind about a message that is still being written."""
    found = _unsent(
        store,
        store.all(
            f"{_ROWS} u.message_id = ? AND u.kind = ? AND u.outbox_id IS NULL AND {_OPEN} "
            "ORDER BY u.changed_at DESC LIMIT 1",
            (message_id, kind),
        ),
    )
    return found[0] if found else None


def listed(store: Database | Transaction, *, limit: int = 200) -> tuple[Unsent, ...]:
    """Everything that was not sent yet, or is on its way, what was changed last first."""
    rows = store.all(f"{_ROWS} {_OPEN} ORDER BY u.changed_at DESC, u.id DESC LIMIT ?", (limit,))
    return _unsent(store, rows)


def in_thread(store: Database | Transaction, thread_id: ThreadId) -> tuple[Unsent, ...]:
    """What was not sent yet, or is on its way, in answer to messages of a thread, the oldest first."""
    rows = store.all(f"{_ROWS} m.thread_id = ? AND {_OPEN} ORDER BY u.id", (thread_id,))
    return _unsent(store, rows)


def _unsent(store: Database | Transaction, rows: Sequence[Row]) -> tuple[Unsent, ...]:
    attached: dict[int, list[UnsentFile]] = {}
    marks = ", ".join(str(int(row[0])) for row in rows) or "NULL"
    for unsent_id, *file in store.all(
        f"SELECT unsent_id, id, name, media_type, size FROM unsent_files "
        f"WHERE unsent_id IN ({marks}) ORDER BY id"
    ):
        attached.setdefault(unsent_id, []).append(UnsentFile(*file))
    return tuple(
        Unsent(
            id=row[0], kind=WritingKind(row[1]), written=_unpacked(row[2]),
            references=tuple(json.loads(row[3])),
            files=tuple(attached.get(row[0], ())),
            message_id=None if row[4] is None else MessageId(row[4]),
            thread_id=None if row[5] is None else ThreadId(row[5]),
            changed_at=row[6], row=None if row[7] is None else outbox.get(store, row[7]),
        )
        for row in rows
    )  # fmt: skip


def _packed(written: Written) -> str:
    return json.dumps(asdict(written), ensure_ascii=False)


def _unpacked(content: str) -> Written:
    found = json.loads(content)
    account_id = found["account_id"]
    return Written(
        account_id=None if account_id is None else AccountId(account_id),
        to=tuple(found["to"]), cc=tuple(found["cc"]), bcc=tuple(found["bcc"]),
        subject=found["subject"], text=found["text"], quote=found["quote"],
    )  # fmt: skip
