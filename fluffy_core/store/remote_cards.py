"""People of address books on servers: their cards as they were last seen, and the account's cursor."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import ContactCard
from fluffy_core.store.database import Database, Transaction

_TUPLES = ("emails", "phones", "urls", "addresses")


@dataclass(frozen=True, slots=True)
class BooksState:
    """How far an account's address books are read; fields as in CalendarState."""

    cursor: str = ""
    token: str = ""
    listing: int = 0


def state(store: Database | Transaction, account_id: AccountId) -> BooksState:
    """Where an account is."""
    row = store.one("SELECT cursor, token, listing FROM remote_books WHERE account_id = ?", (account_id,))
    return BooksState(*row) if row else BooksState()


def set_state(tx: Transaction, account_id: AccountId, now: BooksState) -> None:
    """Move on, in the transaction that stores the page."""
    tx.execute(
        "INSERT INTO remote_books (account_id, cursor, token, listing) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (account_id) DO UPDATE SET cursor = excluded.cursor, token = excluded.token, "
        "listing = excluded.listing",
        (account_id, now.cursor, now.token, now.listing),
    )


def get(store: Database | Transaction, account_id: AccountId, remote_id: str) -> ContactCard | None:
    """A card as it was last seen."""
    row = store.one(
        "SELECT content FROM remote_cards WHERE account_id = ? AND remote_id = ?", (account_id, remote_id)
    )
    return None if row is None else _card(row[0])


def put(tx: Transaction, account_id: AccountId, remote_id: str, *, card: ContactCard, listing: int) -> None:
    """Keep a card as it is now, seen in a listing."""
    tx.execute(
        "INSERT INTO remote_cards (account_id, remote_id, listing, email, content) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (account_id, remote_id) DO UPDATE SET listing = excluded.listing, "
        "email = excluded.email, content = excluded.content",
        (account_id, remote_id, listing, next(iter(card.emails), ""), _text(card)),
    )


def remove(tx: Transaction, account_id: AccountId, remote_id: str) -> None:
    """A card is gone."""
    tx.execute("DELETE FROM remote_cards WHERE account_id = ? AND remote_id = ?", (account_id, remote_id))


def unlisted(store: Database | Transaction, account_id: AccountId, listing: int) -> list[str]:
    """The ids of cards that a listing did not name."""
    rows = store.all(
        "SELECT remote_id FROM remote_cards WHERE account_id = ? AND listing < ?", (account_id, listing)
    )
    return [row[0] for row in rows]


def ids(store: Database | Transaction, account_id: AccountId) -> list[str]:
    """The ids of all cards of an account."""
    return [
        row[0] for row in store.all("SELECT remote_id FROM remote_cards WHERE account_id = ?", (account_id,))
    ]


def of_email(store: Database | Transaction, email: str) -> list[ContactCard]:
    """The cards of all accounts whose first address this is."""
    return [_card(row[0]) for row in store.all("SELECT content FROM remote_cards WHERE email = ?", (email,))]


def count(store: Database | Transaction, account_id: AccountId) -> int:
    """How many cards an account has."""
    row = store.one("SELECT count(*) FROM remote_cards WHERE account_id = ?", (account_id,))
    return int(row[0]) if row else 0


def forget_fields(tx: Transaction, address_id: int, engine: str, *, but: Iterable[tuple[str, str]]) -> None:
    """Let go of what an engine read of somebody, but for (field, value) in `but` and what the user locked."""
    kept = set(but)
    rows = tx.all(
        "SELECT id, field, value FROM contact_fields WHERE address_id = ? AND engine = ? AND locked = 0",
        (address_id, engine),
    )
    tx.executemany(
        "DELETE FROM contact_fields WHERE id = ?", [(row[0],) for row in rows if (row[1], row[2]) not in kept]
    )


def _text(card: ContactCard) -> str:
    return json.dumps(asdict(card), ensure_ascii=False, sort_keys=True)


def _card(text: str) -> ContactCard:
    found = json.loads(text)
    for name in _TUPLES:
        found[name] = tuple(found[name])
    return ContactCard(**found)
