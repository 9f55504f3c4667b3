"""People: what was observed of addresses, who is a contact, and who is the same person."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.domain.ids import ContactId
from fluffy_core.events import Changed
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction

NAMESAKES = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """What contact extraction needs of one message."""

    id: int
    date: int
    bulk: str
    from_id: int
    people: tuple[tuple[int, int, str], ...]
    """(role, address id, name as written)"""


@dataclass(slots=True)
class Observed:
    """Additions to what is known of one address."""

    written_to: int = 0
    personal_from: int = 0
    bulk_from: int = 0
    first_date: int = 0
    last_date: int = 0


def letters(store: Database | Transaction, message_ids: Sequence[int], version: int) -> list[Letter]:
    """Those of the messages that were not looked at by this version yet, in id order."""
    found: list[Letter] = []
    for start in range(0, len(message_ids), CHUNK):
        marks = ", ".join(str(int(one)) for one in message_ids[start : start + CHUNK])
        rows = store.all(
            "SELECT m.id, m.date, CASE WHEN m.suspicious <> '' THEN 'suspicious' ELSE m.bulk END, "
            "coalesce(m.from_address_id, 0) FROM messages m "
            f"WHERE m.id IN ({marks}) AND m.draft = 0 AND NOT EXISTS "
            "(SELECT 1 FROM extracted_messages e WHERE e.message_id = m.id AND e.version >= ?) ORDER BY m.id",
            (version,),
        )
        people: dict[int, list[tuple[int, int, str]]] = {}
        for message_id, role, address_id, name in store.all(
            "SELECT message_id, role, address_id, name FROM message_addresses WHERE message_id IN "
            f"({marks}) AND role <= 3"
        ):
            people.setdefault(message_id, []).append((role, address_id, name))
        for message_id, date, bulk, from_id in rows:
            found.append(Letter(message_id, date, bulk, from_id, tuple(people.get(message_id, ()))))
    return found


def emails(store: Database | Transaction, address_ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """(e-mail address, mine) by address id."""
    marks = ", ".join(str(int(one)) for one in address_ids) or "NULL"
    rows = store.all(f"SELECT id, email, mine FROM addresses WHERE id IN ({marks})")
    return {row[0]: (row[1], bool(row[2])) for row in rows}


def mark_extracted(tx: Transaction, message_ids: Iterable[int], version: int) -> None:
    """Remember that these messages have been counted."""
    tx.executemany(
        "INSERT INTO extracted_messages (message_id, version) VALUES (?, ?) "
        "ON CONFLICT (message_id) DO UPDATE SET version = excluded.version",
        [(one, version) for one in message_ids],
    )


def were_extracted(store: Database | Transaction) -> bool:
    """Whether any message was counted yet."""
    return store.one("SELECT 1 FROM extracted_messages LIMIT 1") is not None


def forget_observations(tx: Transaction) -> None:
    """Start over: nothing was observed of any address. Contacts stay until they are decided anew."""
    tx.execute(
        "UPDATE address_stats SET written_to = 0, personal_from = 0, bulk_from = 0, "
        "first_date = 0, last_date = 0"
    )
    tx.execute("DELETE FROM address_names WHERE messages > 0")
    tx.execute("DELETE FROM contact_fields WHERE message_id IS NOT NULL AND locked = 0")


def add_observations(tx: Transaction, observed: Mapping[int, Observed]) -> None:
    """Add up what a batch of messages says about addresses; the order of batches does not matter."""
    tx.executemany(
        "INSERT INTO address_stats (address_id, written_to, personal_from, bulk_from, first_date, last_date) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (address_id) DO UPDATE SET "
        "written_to = written_to + excluded.written_to, personal_from = personal_from + "
        "excluded.personal_from, "
        "bulk_from = bulk_from + excluded.bulk_from, last_date = max(last_date, excluded.last_date), "
        "first_date = CASE WHEN first_date = 0 THEN excluded.first_date WHEN excluded.first_date = 0 THEN "
        "first_date "
        "ELSE min(first_date, excluded.first_date) END",
        [
            (address_id, one.written_to, one.personal_from, one.bulk_from, one.first_date, one.last_date)
            for address_id, one in observed.items()
        ],
    )


def add_names(tx: Transaction, names: Mapping[tuple[int, str], tuple[str, int]]) -> None:
    """Count names: {(address id, name): (key, messages)}."""
    tx.executemany(
        "INSERT INTO address_names (address_id, name, key, messages) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (address_id, name) DO UPDATE SET messages = messages + excluded.messages",
        [(address_id, name, key, count) for (address_id, name), (key, count) in names.items()],
    )


def pending(store: Database | Transaction, version: int) -> bool:
    """Whether messages are left that this version did not look at; the newest ones are looked at last."""
    row = store.one(
        "SELECT 1 FROM messages m LEFT JOIN extracted_messages e ON e.message_id = m.id "
        "WHERE coalesce(e.version, 0) < ? AND m.draft = 0 ORDER BY m.id DESC LIMIT 1",
        (version,),
    )
    return row is not None


def silent(store: Database | Transaction) -> list[int]:
    """Addresses of contacts with whom nobody corresponds and whom no address book names."""
    rows = store.all(
        "SELECT s.address_id FROM address_stats s JOIN contacts c ON c.id = s.contact_id "
        "WHERE s.written_to = 0 AND s.personal_from = 0 AND c.from_card = 0"
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an address so far. `names` are (name, messages), most frequent first."""

    address_id: int
    email: str
    mine: bool
    contact_id: int | None
    written_to: int
    personal_from: int
    from_card: bool
    names: tuple[tuple[str, int], ...]


def standings(store: Database | Transaction, address_ids: Iterable[int]) -> dict[int, Standing]:
    """The standing of each address."""
    marks = ", ".join(str(int(one)) for one in address_ids) or "NULL"
    names: dict[int, list[tuple[str, int]]] = {}
    for address_id, name, messages in store.all(
        f"SELECT address_id, name, messages FROM address_names WHERE address_id IN ({marks}) "
        "ORDER BY messages DESC, length(name) DESC, name"
    ):
        names.setdefault(address_id, []).append((name, messages))
    return {
        row[0]: Standing(
            row[0], row[1], bool(row[2]), row[3], row[4], row[5], bool(row[6]), tuple(names.get(row[0], ()))
        )
        for row in store.all(
            "SELECT a.id, a.email, a.mine, s.contact_id, coalesce(s.written_to, 0), "
            "coalesce(s.personal_from, 0), "
            "coalesce(c.from_card, 0) FROM addresses a LEFT JOIN address_stats s ON s.address_id = a.id "
            f"LEFT JOIN contacts c ON c.id = s.contact_id WHERE a.id IN ({marks})"
        )
    }


def in_touch(store: Database | Transaction, address_ids: Iterable[int]) -> list[int]:
    """Those of the addresses that are a contact's or that somebody wrote to or from in person."""
    marks = ", ".join(str(int(one)) for one in address_ids) or "NULL"
    rows = store.all(
        f"SELECT address_id FROM address_stats WHERE address_id IN ({marks}) "
        "AND (contact_id IS NOT NULL OR written_to > 0 OR personal_from > 0)"
    )
    return [row[0] for row in rows]


def members(store: Database | Transaction, contact_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """The addresses of each contact with their standing, most used first; contacts without are left out."""
    marks = ", ".join(str(int(one)) for one in contact_ids) or "NULL"
    rows = store.all(
        "SELECT s.contact_id, s.address_id FROM address_stats s JOIN addresses a ON a.id = s.address_id "
        f"WHERE s.contact_id IN ({marks}) ORDER BY s.written_to + s.personal_from DESC, a.email"
    )
    known = standings(store, [row[1] for row in rows])
    found: dict[int, list[Standing]] = {}
    for contact_id, address_id in rows:
        found.setdefault(contact_id, []).append(known[address_id])
    return found


def unknown_names(store: Database | Transaction, names: Iterable[tuple[int, str]]) -> set[int]:
    """Addresses that these (address id, name) pairs give a name nobody wrote of them before."""
    pairs = list(names)
    marks = ", ".join(str(int(one)) for one in {address_id for address_id, _ in pairs}) or "NULL"
    known = set(store.all(f"SELECT address_id, name FROM address_names WHERE address_id IN ({marks})"))
    return {pair[0] for pair in pairs if pair not in known}


def namesakes(store: Database | Transaction, keys: Iterable[str]) -> dict[str, list[int]]:
    """Addresses of contacts by name key; keys that fit more than NAMESAKES addresses tell nobody apart."""
    found: dict[str, list[int]] = {}
    for key in keys:
        rows = store.all(
            "SELECT DISTINCT n.address_id FROM address_names n "
            "JOIN address_stats s ON s.address_id = n.address_id "
            "WHERE n.key = ? AND s.contact_id IS NOT NULL LIMIT ?",
            (key, NAMESAKES + 1),
        )
        if len(rows) <= NAMESAKES:
            found[key] = sorted(row[0] for row in rows)
    return found


def create_contact(
    tx: Transaction, name: str, address_ids: Sequence[int], *, now: float, from_card: bool = False
) -> ContactId:
    """A new contact with these addresses."""
    row = tx.one(
        "INSERT INTO contacts (name, created_at, from_card) VALUES (?, ?, ?) RETURNING id",
        (name, now, from_card),
    )
    contact_id = ContactId(int(row[0]) if row else 0)
    move_addresses(tx, address_ids, contact_id)
    tx.changed(Changed.CONTACTS)
    return contact_id


def from_card(tx: Transaction, contact_id: int) -> None:
    """Note that an address book names this contact."""
    tx.execute("UPDATE contacts SET from_card = 1 WHERE id = ?", (contact_id,))
    tx.changed(Changed.CONTACTS)


def move_addresses(tx: Transaction, address_ids: Iterable[int], contact_id: int | None) -> None:
    """Make addresses belong to a contact, or to nobody."""
    tx.executemany(
        "INSERT INTO address_stats (address_id, contact_id) VALUES (?, ?) "
        "ON CONFLICT (address_id) DO UPDATE SET contact_id = excluded.contact_id",
        [(one, contact_id) for one in address_ids],
    )


def addresses_of(store: Database | Transaction, contact_id: int) -> list[tuple[int, str]]:
    """(address id, e-mail address) of a contact, most used first."""
    rows = store.all(
        "SELECT a.id, a.email FROM address_stats s JOIN addresses a ON a.id = s.address_id WHERE "
        "s.contact_id = ? "
        "ORDER BY s.written_to + s.personal_from DESC, a.email",
        (contact_id,),
    )
    return [(row[0], row[1]) for row in rows]


def merge(tx: Transaction, keep: int, other: int) -> list[int]:
    """Make `other` part of `keep`; returns the addresses that moved."""
    moved = [address_id for address_id, _ in addresses_of(tx, other)]
    move_addresses(tx, moved, keep)
    tx.execute("UPDATE contacts SET merged_into = ? WHERE id = ?", (keep, other))
    tx.execute(
        "UPDATE contacts SET from_card = 1 WHERE id = ? AND (SELECT from_card FROM contacts WHERE id = ?)",
        (keep, other),
    )
    tx.execute("DELETE FROM merge_proposals WHERE ? IN (contact_a, contact_b)", (other,))
    tx.changed(Changed.CONTACTS)
    return moved


def inherit_name(tx: Transaction, contact_id: int, other: int) -> None:
    """Take over the name that the user gave another contact, unless this one has such a name itself."""
    tx.execute(
        "UPDATE contacts SET name = o.name, name_locked = 1 FROM contacts o "
        "WHERE contacts.id = ? AND contacts.name_locked = 0 AND o.id = ? AND o.name_locked = 1",
        (contact_id, other),
    )


def remove(tx: Transaction, contact_id: int) -> None:
    """Forget a contact that nobody corresponds with, and those that became part of it."""
    tx.execute("UPDATE address_stats SET contact_id = NULL WHERE contact_id = ?", (contact_id,))
    tx.execute(
        "WITH RECURSIVE gone (id) AS (VALUES (?) UNION "
        "SELECT c.id FROM contacts c JOIN gone ON c.merged_into = gone.id) DELETE FROM contacts "
        "WHERE id IN (SELECT id FROM gone)",
        (contact_id,),
    )
    tx.changed(Changed.CONTACTS)


def refresh(tx: Transaction, contacts: Sequence[tuple[int, str, int | None]]) -> None:
    """Bring contacts (id, name, company) in line with their addresses; a name the user gave stays."""
    tx.executemany(
        "UPDATE contacts SET name = CASE WHEN name_locked THEN name ELSE ? END, company_id = ?, "
        "(messages_in, messages_out, last_date) = (SELECT coalesce(sum(personal_from), 0), "
        "coalesce(sum(written_to), 0), "
        "coalesce(max(last_date), 0) FROM address_stats WHERE contact_id = contacts.id) WHERE id = ?",
        [(name, company_id, contact_id) for contact_id, name, company_id in contacts],
    )
    tx.changed(Changed.CONTACTS)


def rename(tx: Transaction, contact_id: int, name: str, *, locked: bool) -> tuple[str, bool]:
    """Set a contact's name; returns what it was and whether it was locked."""
    row = tx.one("SELECT name, name_locked FROM contacts WHERE id = ?", (contact_id,))
    tx.execute("UPDATE contacts SET name = ?, name_locked = ? WHERE id = ?", (name, locked, contact_id))
    tx.changed(Changed.CONTACTS)
    return (str(row[0]), bool(row[1])) if row else ("", False)


def companies(tx: Transaction, names: Mapping[str, str]) -> dict[str, int]:
    """The companies of domains, {domain: name}, made with these names where they are new."""
    found = _companies(tx, list(names))
    missing = [(name, domain) for domain, name in names.items() if domain not in found]
    if missing:
        tx.executemany("INSERT INTO companies (name, domain) VALUES (?, ?)", missing)
        found |= _companies(tx, [domain for _, domain in missing])
    return found


def _companies(tx: Transaction, domains: Sequence[str]) -> dict[str, int]:
    wanted = "SELECT domain, id FROM companies WHERE domain IN (SELECT value FROM json_each(?))"
    return dict(tx.all(wanted, (json.dumps(domains),)))
