"""What the reader shows of a thread: its messages with people, texts, attachments and places."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.rows import AttachmentRow, PersonRef
from fluffy_core.store.database import Database, Row, Transaction

MAX_SHOWN = 500
"""Messages of one thread that are opened at most, the newest ones."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A message as stored, with everything a front end needs but its zones."""

    id: MessageId
    sender: PersonRef
    to: tuple[PersonRef, ...]
    cc: tuple[PersonRef, ...]
    date: int
    subject: str
    text: str
    has_html: bool
    seen: bool
    bulk: str
    problems: tuple[str, ...]
    importance: str
    reason: str
    ask: str
    language: str
    thread_id: ThreadId
    suspicious: str


_FACTS = (
    "SELECT m.id, m.from_name, coalesce(a.email, ''), coalesce(a.mine, 0), s.contact_id, m.date, "
    "m.subject, t.body, "
    "m.has_html, m.seen, m.bulk, m.problems, coalesce(c.importance, ''), coalesce(c.reason, ''), "
    "coalesce(c.ask, ''), m.language, m.thread_id, m.suspicious "
    "FROM messages m JOIN message_texts t ON t.id = m.id LEFT JOIN addresses a ON a.id = m.from_address_id "
    "LEFT JOIN address_stats s ON s.address_id = a.id LEFT JOIN categories c ON c.message_id = m.id "
)


def thread_messages(store: Database | Transaction, thread_id: ThreadId) -> list[MessageFacts]:
    """The messages of a thread, oldest first; at most the newest MAX_SHOWN."""
    rows = store.all(
        f"{_FACTS} WHERE m.thread_id = ? ORDER BY m.date DESC, m.id DESC LIMIT ?", (thread_id, MAX_SHOWN)
    )
    return _facts(store, rows[::-1])


def messages(store: Database | Transaction, ids: Sequence[int]) -> list[MessageFacts]:
    """These messages, in id order; those that are gone are left out."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    return _facts(store, store.all(f"{_FACTS} WHERE m.id IN ({marks}) ORDER BY m.id"))


def bodies(tx: Transaction, ids: Sequence[int], *, most: int) -> dict[int, str]:
    """The readable text of each message, cut after `most` characters."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = tx.execute(f"SELECT id, body FROM message_texts WHERE id IN ({marks})")
    return {row[0]: row[1][:most] for row in rows}


def _facts(store: Database | Transaction, rows: Sequence[Row]) -> list[MessageFacts]:
    people = _recipients(store, [row[0] for row in rows])
    return [
        MessageFacts(
            id=MessageId(row[0]), sender=PersonRef(row[1], row[2], bool(row[3]), _contact(row[4])),
            to=tuple(people.get((row[0], 1), ())), cc=tuple(people.get((row[0], 2), ())),
            date=row[5], subject=row[6], text=row[7], has_html=bool(row[8]), seen=bool(row[9]), bulk=row[10],
            problems=tuple(line for line in row[11].split("\n") if line),
            importance=row[12], reason=row[13], ask=row[14], language=row[15],
            thread_id=ThreadId(row[16]), suspicious=row[17],
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """Who wrote when in a thread: dates of my messages, and of the newest of all. Unix seconds."""

    mine: tuple[int, ...]
    newest: int


def outlines(store: Database | Transaction, thread_ids: Sequence[ThreadId]) -> dict[ThreadId, Outline]:
    """The outline of each thread."""
    marks = ", ".join(str(int(one)) for one in thread_ids) or "NULL"
    mine: dict[int, list[int]] = {}
    for thread_id, date in store.all(
        "SELECT m.thread_id, m.date FROM messages m JOIN addresses a ON a.id = m.from_address_id AND "
        "a.mine > 0 "
        f"WHERE m.thread_id IN ({marks})"
    ):
        mine.setdefault(thread_id, []).append(date)
    rows = store.all(f"SELECT id, last_date FROM threads WHERE id IN ({marks})")
    return {ThreadId(row[0]): Outline(tuple(mine.get(row[0], ())), row[1]) for row in rows}


def _contact(value: int | None) -> ContactId | None:
    return None if value is None else ContactId(value)


def _recipients(
    store: Database | Transaction, message_ids: Sequence[int]
) -> dict[tuple[int, int], list[PersonRef]]:
    marks = ", ".join(str(int(one)) for one in message_ids) or "NULL"
    found: dict[tuple[int, int], list[PersonRef]] = {}
    for message_id, role, name, email, mine, contact in store.all(
        "SELECT r.message_id, r.role, r.name, a.email, a.mine, s.contact_id FROM message_addresses r "
        "JOIN addresses a ON a.id = r.address_id LEFT JOIN address_stats s ON s.address_id = a.id "
        f"WHERE r.message_id IN ({marks}) AND r.role IN (1, 2)"
    ):
        found.setdefault((message_id, role), []).append(PersonRef(name, email, bool(mine), _contact(contact)))
    return found


def attachments(store: Database, message_ids: Sequence[int]) -> dict[int, list[AttachmentRow]]:
    """The attachments of messages, in the order of their parts."""
    marks = ", ".join(str(int(one)) for one in message_ids) or "NULL"
    found: dict[int, list[AttachmentRow]] = {}
    for message_id, number, name, media_type, size, inline, digest in store.all(
        "SELECT message_id, id, name, media_type, size, inline, sha256 FROM attachments "
        f"WHERE message_id IN ({marks}) ORDER BY message_id, part"
    ):
        row = AttachmentRow(number, name, media_type, size, bool(inline), digest.hex())
        found.setdefault(message_id, []).append(row)
    return found


def folders(store: Database, message_ids: Sequence[int]) -> dict[int, list[str]]:
    """The folders and labels each message was seen in."""
    marks = ", ".join(str(int(one)) for one in message_ids) or "NULL"
    found: dict[int, list[str]] = {}
    for message_id, name in store.all(
        "SELECT DISTINCT l.message_id, s.folder FROM locations l JOIN sources s ON s.id = l.source_id "
        f"WHERE l.message_id IN ({marks}) "
        f"UNION SELECT message_id, label FROM message_labels WHERE message_id IN ({marks}) ORDER BY 1, 2"
    ):
        if name:
            found.setdefault(message_id, []).append(name)
    return found


def attachment_place(store: Database, attachment_id: int) -> tuple[AttachmentRow, MessageId, int] | None:
    """(attachment, its message, number of its part), or None."""
    row = store.one(
        "SELECT id, name, media_type, size, inline, sha256, message_id, part FROM attachments WHERE id = ?",
        (attachment_id,),
    )
    if row is None:
        return None
    shown = AttachmentRow(row[0], row[1], row[2], row[3], bool(row[4]), row[5].hex())
    return shown, MessageId(row[6]), row[7]
