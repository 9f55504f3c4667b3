"""Messages: writing a page of them, and telling whether one is known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.ingest import Prepared
from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.events import Changed
from fluffy_core.store import addresses
from fluffy_core.store.database import Database, Transaction

SEARCHED = 200
"""Recipients of one header that search knows; more are still listed with the message."""
USUAL = 50
"""Messages of somebody that show which language they write in."""
FROM, TO, CC, BCC, REPLY_TO, SENDER = range(6)
"""Roles of an address in a message, as stored."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A prepared message with its id and thread."""

    id: MessageId
    thread_id: int
    prepared: Prepared
    message: ParsedMessage
    date: int
    roles: "Sequence[Role]"


def next_id(tx: Transaction) -> int:
    """The id that the next message gets."""
    row = tx.one("SELECT coalesce(max(id), 0) + 1 FROM messages")
    return int(row[0]) if row else 1


def known(tx: Transaction, identities: Sequence[bytes]) -> dict[bytes, list[tuple[int, bytes, int]]]:
    """Stored messages of these identities: identity -> [(id, content key, date)]."""
    found: dict[bytes, list[tuple[int, bytes, int]]] = {}
    for start in range(0, len(identities), addresses.CHUNK):
        part = identities[start : start + addresses.CHUNK]
        marks = ", ".join("?" * len(part))
        rows = tx.all(
            f"SELECT identity, id, content_key, date FROM messages WHERE identity IN ({marks})", part
        )
        for identity, message_id, content_key, date in rows:
            found.setdefault(identity, []).append((message_id, content_key, date))
    return found


def body(store: Database | Transaction, message_id: int) -> str:
    """The readable text of a message."""
    row = store.one("SELECT body FROM message_texts WHERE id = ?", (message_id,))
    return str(row[0]) if row else ""


def raw(store: Database | Transaction, message_id: int) -> bytes | None:
    """The zstd-compressed bytes of a message."""
    row = store.one("SELECT data FROM raw_messages WHERE message_id = ?", (message_id,))
    return None if row is None else bytes(row[0])


def insert(tx: Transaction, placed: Sequence[Placed], address_ids: Mapping[str, int]) -> None:
    """Write messages with everything that belongs to them; their threads exist already."""
    tx.executemany(
        "INSERT INTO messages (id, thread_id, identity, content_key, message_id_header, date, date_known, "
        "from_address_id, from_name, subject, preview, size, bulk, list_id, has_html, seen, flagged, draft, "
        "attachments, suspicious, problems) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_message_row(one, address_ids) for one in placed],
    )
    tx.executemany(
        "INSERT INTO raw_messages (message_id, data) VALUES (?, ?)",
        [(one.id, one.prepared.raw) for one in placed],
    )
    texts = [_texts(one) for one in placed]
    tx.executemany(
        "INSERT INTO message_texts (id, subject, sender, recipients, body) VALUES (?, ?, ?, ?, ?)", texts
    )
    tx.executemany(
        "INSERT INTO search (rowid, subject, sender, recipients, body) VALUES (?, ?, ?, ?, ?)", texts
    )
    tx.executemany(
        "INSERT OR IGNORE INTO message_addresses (message_id, role, address_id, name) VALUES (?, ?, ?, ?)",
        _address_rows(placed, address_ids),
    )
    tx.executemany(
        "INSERT INTO attachments (message_id, part, sha256, name, media_type, size, inline, content_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        _attachment_rows(placed),
    )
    tx.executemany(
        "INSERT OR IGNORE INTO message_labels (message_id, label) VALUES (?, ?)",
        [(one.id, label) for one in placed for label in one.message.labels],
    )
    tx.changed(Changed.MESSAGES, Changed.THREADS)


def _message_row(one: Placed, address_ids: Mapping[str, int]) -> tuple[object, ...]:
    message, prepared = one.message, one.prepared
    sender = message.from_
    return (
        one.id, one.thread_id, prepared.identity, prepared.content_key, message.message_id_header,
        one.date, message.date is not None,
        address_ids[sender.email] if sender and sender.email else None, sender.name if sender else "",
        message.subject, prepared.preview, prepared.size, message.bulk.value, message.list_id,
        prepared.has_html, is_seen(prepared), "flagged" in prepared.flags, "draft" in prepared.flags,
        sum(1 for part in prepared.attachments if not part.inline), message.suspicious,
        "\n".join(message.problems),
    )  # fmt: skip


def is_seen(prepared: Prepared) -> bool:
    """Whether it was read: mail from a place that notes nothing about reading counts as read."""
    return "unseen" not in prepared.flags


def _texts(one: Placed) -> tuple[object, ...]:
    """What can be searched of a message: (id, subject, sender, recipients, body)."""
    message = one.message
    sender = _names((*_one(message.from_), *_one(message.sender)))
    recipients = _names((*message.to[:SEARCHED], *message.cc[:SEARCHED], *message.bcc[:SEARCHED]))
    return one.id, message.subject, sender, recipients, message.text


def _names(people: Iterable[Address]) -> str:
    return " ".join([f"{one.name} {one.email}" if one.name else one.email for one in people])


def _one(address: Address | None) -> tuple[Address, ...]:
    return (address,) if address else ()


Role = tuple[int, Address]
"""(what the address is in a message, address)"""


def roles(message: ParsedMessage) -> list[Role]:
    """Every mailbox in the headers with its role."""
    found = [(TO, one) for one in message.to if one.email]
    if message.from_ and message.from_.email:
        found.insert(0, (FROM, message.from_))
    for role, group in ((CC, message.cc), (BCC, message.bcc), (REPLY_TO, message.reply_to)):
        if group:
            found += [(role, one) for one in group if one.email]
    if message.sender and message.sender.email:
        found.append((SENDER, message.sender))
    return found


def _address_rows(placed: Sequence[Placed], ids: Mapping[str, int]) -> Iterable[tuple[object, ...]]:
    for one in placed:
        for role, address in one.roles:
            yield one.id, role, ids[address.email], address.name


def _attachment_rows(placed: Sequence[Placed]) -> Iterable[tuple[object, ...]]:
    for one in placed:
        for number, part in enumerate(one.prepared.attachments):
            yield (one.id, number, part.sha256, part.name, part.media_type, part.size,
                   part.inline, part.content_id)  # fmt: skip


def keep_unread(tx: Transaction, source_id: int, items: Iterable[Prepared]) -> None:
    """Keep what could not be parsed, once for each content."""
    tx.executemany(
        "INSERT INTO unread_items (sha256, source_id, locator, reason, data) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (sha256) DO NOTHING",
        [(one.sha256, source_id, one.locator, one.reason, one.raw) for one in items],
    )


def unread_reasons(store: Database, account_id: int, limit: int = 1000) -> list[tuple[str, str, str]]:
    """(file, place in it, reason) of everything an account's files hold that is kept unread."""
    rows = store.all(
        "SELECT s.path, u.locator, u.reason FROM unread_items u JOIN sources s ON s.id = u.source_id "
        "WHERE s.account_id = ? ORDER BY u.id LIMIT ?",
        (account_id, limit),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def usual_language(store: Database | Transaction, email: str) -> str:
    """The language of most of the newest mail of somebody, "" when there is none that shows one."""
    row = store.one(
        "SELECT language, count(*) AS times FROM (SELECT m.language FROM messages m JOIN addresses a "
        "ON a.id = m.from_address_id WHERE a.email = ? AND m.language <> '' ORDER BY m.date DESC LIMIT ?) "
        "GROUP BY language ORDER BY times DESC, language LIMIT 1",
        (email, USUAL),
    )
    return str(row[0]) if row else ""


def note_locations(tx: Transaction, source_id: int, rows: Iterable[tuple[int, int, str]]) -> None:
    """Remember where messages were seen: rows of (position, message id, locator)."""
    tx.executemany(
        "INSERT INTO locations (source_id, position, message_id, locator) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (source_id, position) DO UPDATE SET message_id = excluded.message_id, locator = "
        "excluded.locator",
        [(source_id, *row) for row in rows],
    )


def keep(tx: Transaction, message_ids: Iterable[int]) -> None:
    """These messages stay, whether or not they lie in a folder."""
    tx.executemany("INSERT OR IGNORE INTO kept_messages VALUES (?)", [(one,) for one in message_ids])


def delivery_counts(placed: Sequence[Placed], ids: Mapping[str, int]) -> list[tuple[int, int]]:
    """(address id, messages) over the Delivered-To headers of a page."""
    counted = Counter(ids[email] for one in placed for email in set(one.message.delivered_to))
    return sorted(counted.items())


def all_ids(store: Database | Transaction) -> list[MessageId]:
    """Every message, in id order."""
    return [MessageId(row[0]) for row in store.all("SELECT id FROM messages ORDER BY id")]


def unread_raw(store: Database) -> Iterator[bytes]:
    """The zstd-compressed bytes of everything kept unread."""
    for (number,) in store.all("SELECT id FROM unread_items ORDER BY id"):
        row = store.one("SELECT data FROM unread_items WHERE id = ?", (number,))
        if row is not None:
            yield bytes(row[0])


def last_of_thread(store: Database | Transaction, thread_id: int) -> int:
    """The newest message of a thread, 0 when there is none."""
    row = store.one("SELECT coalesce(last_message_id, 0) FROM threads WHERE id = ?", (thread_id,))
    return int(row[0]) if row else 0


def latest_name(store: Database | Transaction, email: str) -> str:
    """The name that an address wrote under last, "" when it never had one."""
    row = store.one(
        "SELECT m.from_name FROM messages m JOIN addresses a ON a.id = m.from_address_id "
        "WHERE a.email = ? AND m.from_name <> '' ORDER BY m.date DESC LIMIT 1",
        (email,),
    )
    return str(row[0]) if row else ""
