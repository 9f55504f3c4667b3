"""People of address books on servers: who they are with what else is known, and what goes with a card."""

from dataclasses import replace

import pytest

from fluffy_core.domain.pim import ContactCard
from fluffy_core.errors import CursorExpiredError, TransientError
from fluffy_core.services.imports import pim
from fluffy_core.services.sync import address_books
from fluffy_core.services.sync.address_books import Tally, sentence
from fluffy_core.services.sync.calendars import Watch
from fluffy_core.store import accounts, addresses, remote_cards
from fluffy_core.store.database import Database, Transaction
from tests.fakes import stored
from tests.fakes.calendar_stages import MemoryCardStage
from tests.fakes.calendars_synced import SyncedCards
from tests.fakes.memory_calendars import MemoryCards

ANN = ContactCard(
    "Ann Ode", ("ann@firm.example",), phones=("+49301",), org="Firm", title="Boss", birthday="1980-02-03",
    notes="Likes tea", urls=("https://ann.example",), addresses=("1 Road, Town",), uid="ann",
)  # fmt: skip


class Stop(Exception):
    """The program ends here."""


@pytest.fixture
def synced(store: Database) -> SyncedCards:
    return SyncedCards(store)


@pytest.fixture
def server(synced: SyncedCards) -> MemoryCards:
    assert isinstance(synced.stage, MemoryCardStage)
    return synced.stage.server


def fields(store: Database, email: str = "ann@firm.example") -> dict[str, tuple[str, str]]:
    """{field: (value, engine)} of an address."""
    rows = store.all(
        "SELECT f.field, f.value, f.engine FROM contact_fields f JOIN addresses a ON a.id = f.address_id "
        "WHERE a.email = ?",
        (email,),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def names(store: Database) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM contacts WHERE merged_into IS NULL ORDER BY name")]


def import_card(store: Database, card: ContactCard) -> None:
    with store.transaction() as tx:
        pim.keep_card(tx, card)


def test_everything_that_a_card_says_with_its_source(synced: SyncedCards) -> None:
    synced.stage.put(ANN)
    synced.run()
    assert names(synced.store) == ["Ann Ode"]
    assert fields(synced.store) == {
        name: (value, pim.SERVER)
        for name, value in {
            "company": "Firm", "title": "Boss", "birthday": "1980-02-03", "notes": "Likes tea",
            "phone": "+49301", "url": "https://ann.example", "address": "1 Road, Town",
        }.items()
    }  # fmt: skip


def test_a_card_that_goes_takes_what_only_it_said(synced: SyncedCards) -> None:
    import_card(synced.store, ContactCard("Ann Ode", ("ann@firm.example",), org="Firm"))
    synced.stage.put(ANN)
    synced.stage.put(ContactCard("Ann", ("ann@firm.example",), title="Boss", uid="again"))
    synced.run()
    synced.stage.remove("ann")
    assert synced.run() == Tally(gone=1, total=1)
    assert fields(synced.store) == {"company": ("Firm", pim.FILE), "title": ("Boss", pim.SERVER)}
    assert names(synced.store) == ["Ann Ode"]


def test_a_file_that_says_the_same_holds_on_to_it(synced: SyncedCards) -> None:
    synced.stage.put(ANN)
    synced.run()
    import_card(synced.store, ContactCard("Ann Ode", ("ann@firm.example",), org="Firm"))
    synced.stage.remove("ann")
    synced.run()
    assert fields(synced.store) == {"company": ("Firm", pim.FILE)}


def test_what_the_user_locked_stays(synced: SyncedCards) -> None:
    synced.stage.put(ANN)
    synced.run()
    with synced.store.transaction() as tx:
        tx.execute("UPDATE contact_fields SET locked = 1 WHERE field = 'phone'")
    synced.stage.remove("ann")
    synced.run()
    assert fields(synced.store) == {"phone": ("+49301", pim.SERVER)}


def test_another_first_address(synced: SyncedCards) -> None:
    synced.stage.put(ANN)
    synced.run()
    synced.stage.put(replace(ANN, emails=("ann@new.example", "ann@firm.example")))
    synced.run()
    assert fields(synced.store) == {}
    assert fields(synced.store, "ann@new.example")["phone"] == ("+49301", pim.SERVER)
    assert names(synced.store) == ["Ann Ode"]


def test_cards_without_an_address_are_kept_and_are_nobody(synced: SyncedCards) -> None:
    synced.stage.put(ContactCard("Plumber", (), phones=("+49303",), uid="p"))
    assert synced.run() == Tally(changed=1, total=1)
    assert names(synced.store) == []


def test_my_own_card_makes_no_contact(store: Database) -> None:
    stored.keep(store, [])
    synced = SyncedCards(store)
    with store.transaction() as tx:
        addresses.set_mine(tx, ["me@example.com"], confirmed=True)
    synced.stage.put(ContactCard("Me", ("me@example.com",), uid="me"))
    synced.run()
    assert names(store) == []


@pytest.mark.parametrize("page", range(3))
def test_stopped_in_any_page_the_next_pass_ends_alike(synced: SyncedCards, page: int) -> None:
    for number in range(8):
        synced.stage.put(ContactCard(f"P {number}", (f"p{number}@example.com",), uid=str(number)))
    left = [page]

    def on_page(_tx: Transaction, _done: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stop

    with pytest.raises(Stop):
        synced.run(watch=Watch(on_page))
    assert remote_cards.count(synced.store, synced.id) == page * 3
    synced.stage.remove("0")
    synced.run()
    synced.run()
    assert remote_cards.count(synced.store, synced.id) == 7
    assert synced.run() == Tally(total=7)


def test_a_cursor_that_expires_heals(synced: SyncedCards) -> None:
    for uid in "abc":
        synced.stage.put(ContactCard(uid, (f"{uid}@example.com",), phones=(uid,), uid=uid))
    synced.run()
    synced.stage.remove("b")
    synced.stage.expire()
    assert synced.run() == Tally(gone=1, total=2)
    assert fields(synced.store, "b@example.com") == {}
    synced.stage.expire()
    assert synced.run() == Tally(total=2)


def test_a_server_that_forgets_again_and_again(synced: SyncedCards, server: MemoryCards) -> None:
    def fault() -> None:
        raise CursorExpiredError("Forgotten.")

    server.fault = fault
    with pytest.raises(TransientError, match="address books"):
        synced.run()


@pytest.mark.parametrize("forget", [True, False])
def test_an_account_that_is_removed(synced: SyncedCards, forget: bool) -> None:
    synced.stage.put(ANN)
    synced.run()

    def remove() -> None:
        with synced.store.transaction() as tx:
            if forget:
                address_books.forget_account(tx, synced.id)
            accounts.remove(tx, synced.id)

    remove()
    assert (fields(synced.store) == {}) is forget
    assert names(synced.store) == ["Ann Ode"]
    assert synced.store.all("SELECT * FROM remote_cards") == []


def test_an_account_that_is_removed_meanwhile(synced: SyncedCards) -> None:
    synced.stage.put(ANN)

    def remove() -> None:
        with synced.store.transaction() as tx:
            accounts.remove(tx, synced.id)

    watch = Watch(checkpoint=remove)
    assert address_books.run(synced.store, synced.id, synced.connect, watch=watch) is None
    assert names(synced.store) == []


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(total=230), "230 contacts"),
        (Tally(total=1), "1 contact"),
        (Tally(3, 1, 1200), "1,200 contacts (3 new or changed, 1 gone)"),
    ],
)
def test_a_pass_in_words(tally: Tally, words: str) -> None:
    assert sentence(tally) == words
