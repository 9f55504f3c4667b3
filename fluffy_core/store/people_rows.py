"""People as front ends list them: ids in order, rows by id, fields with their sources."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.rows import ContactField, ContactRow
from fluffy_core.store import corrections
from fluffy_core.store.database import Database, Transaction


def ids(store: Database, text: str = "") -> tuple[ContactId, ...]:
    """Contacts whose name, address or company contains `text`, latest contact first."""
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    where, values = "", ()
    if text:
        where = (
            " AND (c.name LIKE ?1 ESCAPE '\\' OR o.name LIKE ?1 ESCAPE '\\' OR EXISTS (SELECT 1 FROM "
            "address_stats s "
            "JOIN addresses a ON a.id = s.address_id WHERE s.contact_id = c.id AND a.email LIKE ?1 ESCAPE "
            "'\\'))"
        )
        values = (like,)  # type: ignore[assignment]
    rows_ = store.all(
        "SELECT c.id FROM contacts c LEFT JOIN companies o ON o.id = c.company_id WHERE c.merged_into IS NULL"
        f"{where} ORDER BY c.last_date DESC, c.id",
        values,
    )
    return tuple(ContactId(row[0]) for row in rows_)


def top(store: Database, limit: int) -> list[ContactId]:
    """The people with most mail in both directions, newest first among equals."""
    return [
        ContactId(row[0])
        for row in store.all(
            "SELECT id FROM contacts WHERE merged_into IS NULL ORDER BY min(messages_in, messages_out) * 3 "
            "+ messages_in + messages_out DESC, last_date DESC, id LIMIT ?",
            (limit,),
        )
    ]


def rows(store: Database | Transaction, contact_ids: Sequence[ContactId]) -> dict[ContactId, ContactRow]:
    """The rows of contacts; absent ones are left out."""
    marks = ", ".join(str(int(one)) for one in contact_ids) or "NULL"
    found = store.all(
        "SELECT c.id, c.name, coalesce((SELECT a.email FROM address_stats s JOIN addresses a ON a.id = "
        "s.address_id "
        "WHERE s.contact_id = c.id ORDER BY s.written_to + s.personal_from DESC, a.email LIMIT 1), ''), "
        "coalesce((SELECT f.value FROM contact_fields f JOIN address_stats s ON s.address_id = f.address_id "
        "WHERE s.contact_id = c.id AND f.field = 'company' ORDER BY f.locked DESC, f.messages DESC, "
        "f.seen_at DESC LIMIT 1), "
        "o.name, ''), coalesce((SELECT f.value FROM contact_fields f JOIN address_stats s ON s.address_id "
        "= f.address_id "
        "WHERE s.contact_id = c.id AND f.field = 'title' ORDER BY f.locked DESC, f.seen_at DESC, "
        "f.messages DESC LIMIT 1), ''), "
        "c.messages_in, c.messages_out, c.last_date "
        f"FROM contacts c LEFT JOIN companies o ON o.id = c.company_id WHERE c.id IN ({marks}) AND "
        "c.merged_into IS NULL"
    )
    return {ContactId(row[0]): ContactRow(*row) for row in found}


def fields(store: Database, contact_id: ContactId) -> tuple[ContactField, ...]:
    """Every field of a contact with its source, the best value of each field first."""
    found = store.all(
        "SELECT f.field, f.value, f.engine, f.confidence, f.quote, f.message_id, f.seen_at, f.locked "
        "FROM contact_fields f JOIN address_stats s ON s.address_id = f.address_id WHERE s.contact_id = ? "
        "ORDER BY f.field, f.locked DESC, f.seen_at DESC, f.messages DESC, f.value",
        (contact_id,),
    )
    return tuple(
        ContactField(
            r[0], r[1], r[2], r[3], r[4], None if r[5] is None else MessageId(r[5]), r[6], bool(r[7])
        )
        for r in found
    )


@dataclass(frozen=True, slots=True)
class NewField:
    """A field with its evidence: the quoted words, who read them, how sure (0 to 1)."""

    field: str
    value: str
    quote: str
    engine: str
    confidence: float


def add_field(
    tx: Transaction, address_id: int, new: NewField, *, message_id: int | None, seen_at: int
) -> None:
    """Note a field with its evidence; the newest message that says the same becomes its source.

    What the user called wrong is not noted again.
    """
    if corrections.is_wrong_field(tx, address_id, new.field, value=new.value):
        return
    newer = "(excluded.seen_at, coalesce(excluded.message_id, 0)) >= (seen_at, coalesce(message_id, 0))"
    sourced = ("message_id", "quote", "engine", "confidence", "seen_at")
    tx.execute(
        "INSERT INTO contact_fields (address_id, field, value, message_id, quote, engine, confidence, "
        "seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address_id, field, value) DO UPDATE SET "
        "messages = messages + (excluded.message_id IS NOT NULL), "
        + ", ".join(f"{name} = CASE WHEN {newer} THEN excluded.{name} ELSE {name} END" for name in sourced),
        (address_id, new.field, new.value, message_id, new.quote, new.engine, new.confidence, seen_at),
    )


def has_field(store: Database | Transaction, address_id: int, field: str, *, value: str) -> bool:
    """Whether anybody said this of somebody."""
    row = store.one(
        "SELECT 1 FROM contact_fields WHERE address_id = ? AND field = ? AND value = ?",
        (address_id, field, value),
    )
    return row is not None


def dates(store: Database, contact_id: ContactId, *, since: int) -> list[int]:
    """Dates of mail from or to a contact since a time, in Unix seconds."""
    rows_ = store.all(
        "SELECT DISTINCT m.id, m.date FROM address_stats s JOIN message_addresses r ON r.address_id = "
        "s.address_id "
        "JOIN messages m ON m.id = r.message_id WHERE s.contact_id = ? AND m.date >= ? AND m.bulk = ''",
        (contact_id, since),
    )
    return [row[1] for row in rows_]


def threads(store: Database, contact_id: ContactId, limit: int) -> tuple[ThreadId, ...]:
    """The latest threads a contact takes part in."""
    rows_ = store.all(
        "SELECT m.thread_id, max(m.date) FROM address_stats s JOIN message_addresses r ON r.address_id = "
        "s.address_id "
        "JOIN messages m ON m.id = r.message_id WHERE s.contact_id = ? GROUP BY m.thread_id ORDER BY 2 "
        "DESC LIMIT ?",
        (contact_id, limit),
    )
    return tuple(ThreadId(row[0]) for row in rows_)
