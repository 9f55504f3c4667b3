"""Bringing the people of an account's address books here, as evidence for who they are.

Somebody who is in an address book is a contact, as in `services.pim`. What a card says follows the server: a
number that is deleted there goes here too. The person stays: who was known once is not a stranger again.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace

from fluffy_core.connectors.base import ContactSource
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage
from fluffy_core.errors import CursorExpiredError, TransientError
from fluffy_core.events import Changed
from fluffy_core.services.imports import pim
from fluffy_core.services.sync.calendars import EXPIRED_MOST, AccountRemoved, Watch
from fluffy_core.store import accounts, addresses, remote_cards
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.remote_cards import BooksState

Connect = Callable[[AccountId], ContactSource]


@dataclass(frozen=True, slots=True)
class Tally:
    """Cards that were new or changed, that are gone, and all that are there now."""

    changed: int = 0
    gone: int = 0
    total: int = 0


def run(store: Database, account_id: AccountId, connect: Connect, *, watch: Watch) -> Tally | None:
    """One pass over an account's address books; safe to call again after any interruption.

    None when the account was removed. Raises as `ContactSource` does.
    """
    try:
        with closing(connect(account_id)) as source, watch.child(source.close):
            found = _until_it_holds(store, account_id, source, watch=watch)
    except AccountRemoved:
        return None
    return replace(found, total=remote_cards.count(store, account_id))


def _until_it_holds(store: Database, account_id: AccountId, source: ContactSource, *, watch: Watch) -> Tally:
    tally = Tally()
    for _ in range(EXPIRED_MOST):
        try:
            while True:
                watch.checkpoint()
                state = remote_cards.state(store, account_id)
                page = source.cards(cursor=state.cursor, token=state.token)
                done = _take_over(store, account_id, state, page=page, watch=watch)
                tally = Tally(tally.changed + done.changed, tally.gone + done.gone)
                if not page.next:
                    return tally
        except CursorExpiredError:
            with store.transaction() as tx:
                _check(tx, account_id)
                state = remote_cards.state(tx, account_id)
                remote_cards.set_state(tx, account_id, BooksState(listing=state.listing))
    raise TransientError("The server forgets again and again what changed in the address books.")


def _check(tx: Transaction, account_id: AccountId) -> None:
    if accounts.get(tx, account_id) is None:
        raise AccountRemoved


def _take_over(
    store: Database, account_id: AccountId, state: BooksState, *, page: CardPage, watch: Watch
) -> Tally:
    """One page with its cursor; a page that says nothing new is not written."""
    last = not page.next
    told = page.whole or page.changed or page.gone or state.token
    if last and not told and page.cursor == state.cursor:
        return Tally()
    listing = state.listing + (page.whole and not state.token)
    with store.transaction() as tx:
        _check(tx, account_id)
        changed = sum(_put(tx, account_id, one.id, card=one.card, listing=listing) for one in page.changed)
        gone = set(page.gone) - {one.id for one in page.changed}
        if page.whole and last:
            gone |= set(remote_cards.unlisted(tx, account_id, listing))
        count = sum(_remove(tx, account_id, one) for one in sorted(gone))
        cursor = page.cursor if last else state.cursor
        remote_cards.set_state(tx, account_id, BooksState(cursor, page.next, listing))
        watch.on_page(tx, changed + count)
    return Tally(changed, count)


def _put(tx: Transaction, account_id: AccountId, remote_id: str, *, card: ContactCard, listing: int) -> bool:
    before = remote_cards.get(tx, account_id, remote_id)
    remote_cards.put(tx, account_id, remote_id, card=card, listing=listing)
    if before == card:
        return False
    _forget(tx, [before] if before is not None else [])
    pim.keep_card(tx, card, engine=pim.SERVER)
    return True


def _remove(tx: Transaction, account_id: AccountId, remote_id: str) -> bool:
    before = remote_cards.get(tx, account_id, remote_id)
    remote_cards.remove(tx, account_id, remote_id)
    _forget(tx, [before] if before is not None else [])
    return before is not None


def _forget(tx: Transaction, cards: Iterable[ContactCard]) -> None:
    """What cards said of somebody, and no other card on a server says."""
    for email in sorted({card.emails[0] for card in cards if card.emails}):
        for address_id in addresses.known_ids(tx, [email]).values():
            said = {pair for other in remote_cards.of_email(tx, email) for pair in pim.fields_of(other)}
            remote_cards.forget_fields(tx, address_id, pim.SERVER, but=said)
    tx.changed(Changed.CONTACTS)


def forget_account(tx: Transaction, account_id: AccountId) -> None:
    """The account is to be removed: what only its cards say goes, the people stay."""
    for one in remote_cards.ids(tx, account_id):
        _remove(tx, account_id, one)


def sentence(tally: Tally) -> str:
    """How many people there are, and what came of a pass, in words."""
    people = number_of(tally.total, "contact")
    if not tally.changed and not tally.gone:
        return people
    return f"{people} ({tally.changed:,} new or changed, {tally.gone:,} gone)"
