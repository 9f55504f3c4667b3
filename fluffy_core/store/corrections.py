"""What is concluded of a thread, and the user's word against it: open follow-ups, fields of contacts."""

from collections.abc import Iterable
from typing import Any

from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.intelligence import Conclusion, Decision
from fluffy_core.domain.rows import Section
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

USER = "you"
"""The engine of what the user decided."""
Rows = list[list[Any]]
"""Rows as they were; survives JSON."""

_FIELD = "address_id, field, value, message_id, quote, engine, confidence, seen_at, messages, locked"


def decision(store: Database | Transaction, thread_id: ThreadId) -> Decision | None:
    """What is concluded of a thread, as the inbox shows it; None before its mail was sorted."""
    row = store.one("SELECT section FROM threads WHERE id = ?", (thread_id,))
    section = Section(row[0]) if row else Section.EVERYTHING
    if section is Section.WAITING:
        found = store.one(
            "SELECT message_id, ask, reason FROM follow_ups WHERE thread_id = ? AND dismissed = 0 LIMIT 1",
            (thread_id,),
        )
        return Decision(Conclusion.WAITING, found[2], MessageId(found[0]), found[1]) if found else None
    asks = "AND c.requires_response = 1" if section is Section.NEEDS_REPLY else ""
    found = store.one(
        "SELECT m.id, c.ask, c.reason, c.importance, c.engine FROM messages m "
        "JOIN categories c ON c.message_id = m.id LEFT JOIN addresses a ON a.id = m.from_address_id "
        f"WHERE m.thread_id = ? AND coalesce(a.mine, 0) = 0 {asks} ORDER BY m.date DESC, m.id DESC LIMIT 1",
        (thread_id,),
    )
    if found is None:
        return None
    conclusion = Conclusion.NEEDS_REPLY if asks else Conclusion(found[3])
    return Decision(conclusion, found[2], MessageId(found[0]), found[1], by_user=found[4] == USER)


def dismiss_follow_ups(tx: Transaction, thread_id: ThreadId) -> list[int]:
    """Nobody has to answer what I asked here so far; the messages this concerns."""
    rows = tx.all(
        "UPDATE follow_ups SET dismissed = 1 WHERE thread_id = ? AND dismissed = 0 RETURNING message_id",
        (thread_id,),
    )
    tx.changed(Changed.FOLLOW_UPS)
    return [row[0] for row in rows]


def reopen_follow_ups(tx: Transaction, message_ids: Iterable[int]) -> None:
    """Wait for answers to these messages again."""
    tx.executemany(
        "UPDATE follow_ups SET dismissed = 0 WHERE message_id = ?", [(one,) for one in message_ids]
    )
    tx.changed(Changed.FOLLOW_UPS)


def field_key(value: str) -> str:
    """A value without spaces, punctuation and case; two spellings of one have the same."""
    return "".join(filter(str.isalnum, value)).casefold() or value


def remove_field(tx: Transaction, contact_id: ContactId, field: str, *, value: str) -> dict[str, Rows]:
    """Forget a value of a contact, however it is spelt, for good; what was before, for `restore_field`."""
    key = field_key(value)
    owned = [
        row[0] for row in tx.all("SELECT address_id FROM address_stats WHERE contact_id = ?", (contact_id,))
    ]
    marks = ", ".join(str(int(one)) for one in owned) or "NULL"
    rows = _listed(
        tx, f"SELECT {_FIELD} FROM contact_fields WHERE address_id IN ({marks}) AND field = ?", field
    )
    gone = [row for row in rows if field_key(str(row[2])) == key]
    fresh = [[one, field, key] for one in owned if not _is_wrong(tx, one, field, key=key)]
    tx.executemany(
        "DELETE FROM contact_fields WHERE address_id = ? AND field = ? AND value = ?", [r[:3] for r in gone]
    )
    tx.executemany("INSERT INTO wrong_fields (address_id, field, key) VALUES (?, ?, ?)", fresh)
    tx.changed(Changed.CONTACTS)
    return {"fields": gone, "wrong": fresh}


def restore_field(tx: Transaction, before: dict[str, Rows]) -> None:
    """Believe a value again."""
    tx.executemany("DELETE FROM wrong_fields WHERE address_id = ? AND field = ? AND key = ?", before["wrong"])
    marks = ", ".join("?" * len(_FIELD.split(", ")))
    tx.executemany(f"INSERT OR IGNORE INTO contact_fields ({_FIELD}) VALUES ({marks})", before["fields"])
    tx.changed(Changed.CONTACTS)


def is_wrong_field(tx: Transaction, address_id: int, field: str, *, value: str) -> bool:
    """Whether the user said that this is not so."""
    return _is_wrong(tx, address_id, field, key=field_key(value))


def _is_wrong(tx: Transaction, address_id: int, field: str, *, key: str) -> bool:
    sql = "SELECT 1 FROM wrong_fields WHERE address_id = ? AND field = ? AND key = ?"
    return tx.one(sql, (address_id, field, key)) is not None


def _listed(tx: Transaction, sql: str, *values: object) -> Rows:
    return [list(row) for row in tx.all(sql, values)]
