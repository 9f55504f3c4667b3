"""Calendars and address books of an import, into the store."""

import time
from pathlib import Path

from fluffy_core.connectors.files import files
from fluffy_core.domain.events import ContactsCreated
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.source import SourceFile, SourceKind
from fluffy_core.errors import UnreadableError
from fluffy_core.mail.addresses import name_keys, names
from fluffy_core.mail.pim import calendar, contacts_csv, vcard
from fluffy_core.services.home import local_time
from fluffy_core.services.people import contacts
from fluffy_core.store import addresses, people, people_rows
from fluffy_core.store import calendar as events
from fluffy_core.store.database import Transaction
from fluffy_core.store.people import Observed

_KINDS = (SourceKind.CALENDAR, SourceKind.VCARD, SourceKind.CONTACTS_CSV)
FILE, SERVER = "address book", "address book on a server"
"""Who read the fields of a card. What a server says of somebody goes when the server says so no more."""


def is_pim(file: SourceFile) -> bool:
    """Whether a file holds events or contacts instead of mail."""
    return file.kind in _KINDS


def store_file(tx: Transaction, account_id: AccountId, file: SourceFile, *, scratch: Path) -> str:
    """Read one calendar or address book whole; returns what was wrong with it, "" mostly."""
    try:
        data = b"".join(item.content for item in files.read(file, scratch=scratch))
    except UnreadableError as error:
        return str(error)
    if file.kind is SourceKind.CALENDAR:
        return _store_calendar(tx, account_id, data)
    book = vcard.parse(data) if file.kind is SourceKind.VCARD else contacts_csv.parse(data)
    for card in book.cards:
        keep_card(tx, card)
    return " ".join(book.problems[:3])


def _store_calendar(tx: Transaction, account_id: AccountId, data: bytes) -> str:
    found = calendar.parse(data, timezone_name=local_time.name())
    ids = addresses.ids_for(tx, {who.email for one in found.events for who in one.attendees if who.email})
    events.put(tx, account_id, found.events, address_ids=ids)
    return " ".join(found.problems[:3])


def keep_card(tx: Transaction, card: ContactCard, *, engine: str = FILE) -> None:
    """Make a card a contact: somebody the user keeps in an address book needs no other evidence."""
    if not card.emails:
        return
    ids = addresses.ids_for(tx, card.emails)
    standings = people.standings(tx, ids.values())
    if any(one.mine for one in standings.values()):
        return
    known = sorted({one.contact_id for one in standings.values() if one.contact_id is not None})
    fresh = [address_id for address_id, one in standings.items() if one.contact_id is None]
    name = names.clean(card.name, card.emails[0]) or card.name or card.emails[0]
    people.add_observations(tx, {address_id: Observed() for address_id in ids.values()})
    people.add_names(
        tx, {(one, name): (name_keys.key(name), 0) for one in ids.values() if name != card.emails[0]}
    )
    if known:
        people.move_addresses(tx, fresh, known[0])
        people.from_card(tx, known[0])
    else:
        contact_id = people.create_contact(tx, name, fresh, now=time.time(), from_card=True)
        tx.emit(ContactsCreated((contact_id,)))
    contacts.join_by_card(tx, known)
    _add_fields(tx, ids[card.emails[0]], card, engine=engine)
    contacts.settle(tx, sorted(ids.values()), renamed=ids.values())


def _add_fields(tx: Transaction, address_id: int, card: ContactCard, *, engine: str) -> None:
    """What a file or a mail said already stays theirs when a server says it too."""
    for field, value in fields_of(card):
        if engine == FILE or not people_rows.has_field(tx, address_id, field, value=value):
            new = people_rows.NewField(field, value, "", engine, 0.95)
            people_rows.add_field(tx, address_id, new, message_id=None, seen_at=0)


def fields_of(card: ContactCard) -> list[tuple[str, str]]:
    """(field, value) of everything that a card says of somebody."""
    found = [("company", card.org), ("title", card.title), ("birthday", card.birthday), ("notes", card.notes)]
    found += [("phone", one) for one in card.phones] + [("url", one) for one in card.urls]
    found += [("address", one) for one in card.addresses]
    return [(field, value[:1000]) for field, value in found if value]
