"""When I wrote to whom: the same after every way the mail and my addresses can change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.store import addresses, my_mail
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

LETTERS = [
    Letter("a", sender=ME, to=ANN, day=2),
    Letter("b", "x", sender=ME, to=BOB, cc=ANN, day=1),
    Letter("c", "y", sender=ANN, to=BOB, day=3),
    Letter("d", "z", sender=ANN, to=ME, day=4),
]
ANN_AT, BOB_AT = "ann@firm.example", "bob@shop.example"
FIRST, SECOND = stored.date_of(LETTERS[1]), stored.date_of(LETTERS[0])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A store with four letters, two of them mine."""
    database = stored.empty(tmp_path)
    stored.keep(database, LETTERS)
    yield database
    database.close()


def test_when_i_wrote_to_people(store: Database) -> None:
    found = my_mail.dates_to(store, [ANN_AT, BOB_AT, "nobody@x.example", ME])
    assert found == {ANN_AT: [FIRST, SECOND], BOB_AT: [FIRST]}
    assert my_mail.dates_to(store, []) == {}


def test_new_mail_joins_in_order(store: Database) -> None:
    my_mail.dates_to(store, [ANN_AT])
    older = Letter("e", "w", sender=ME, to=ANN, day=0)
    stored.keep(store, [older, Letter("f", "v", sender=BOB, to=ANN, day=9)], name="second")
    assert my_mail.dates_to(store, [ANN_AT]) == {ANN_AT: [stored.date_of(older), FIRST, SECOND]}
    assert my_mail.dates_to(store, [ANN_AT]) == {ANN_AT: [stored.date_of(older), FIRST, SECOND]}


def test_other_addresses_of_mine_are_other_dates(store: Database) -> None:
    my_mail.dates_to(store, [ANN_AT])
    with store.transaction() as tx:
        addresses.set_mine(tx, [ANN_AT], confirmed=True)
    assert my_mail.dates_to(store, [ANN_AT, BOB_AT, ME]) == {
        BOB_AT: [stored.date_of(LETTERS[2])],
        ME: [stored.date_of(LETTERS[3])],
    }


def test_an_emptied_store_is_read_anew(store: Database) -> None:
    my_mail.dates_to(store, [ANN_AT])
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages WHERE id > 1")
    assert my_mail.dates_to(store, [ANN_AT, BOB_AT]) == {ANN_AT: [SECOND]}


def test_what_is_given_out_is_the_callers_own(store: Database) -> None:
    my_mail.dates_to(store, [ANN_AT])[ANN_AT].clear()
    assert my_mail.dates_to(store, [ANN_AT]) == {ANN_AT: [FIRST, SECOND]}
