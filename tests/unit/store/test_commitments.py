"""The ledger's rows: replaced thread by thread, with the user's word kept."""

from dataclasses import replace

import pytest

from fluffy_core.domain.commitments import Commitment, CommitmentKind, CommitmentState, Debtor, Ruling
from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.message import Address
from fluffy_core.store import commitments
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import BOB, ME, NOON, Letter

ANN = Address("ann@firm.example", "Ann Ode")
MADE = int(NOON.timestamp())


@pytest.fixture
def filled(store: Database) -> Database:
    """Two threads: Ann's with two messages, Bob's with one."""
    letters = [
        Letter("Offer", id="a"),
        Letter("Re: Offer", sender=ME, to=ANN.email, id="b", answers="a", day=1),
        Letter("Other", sender=BOB, id="c", day=2),
    ]
    assert len(stored.keep(store, letters)) == 3
    return store


def owed(message: int, quote: str, due: str = "", debtor: Debtor = Debtor.ME) -> Commitment:
    return Commitment(MessageId(message), debtor, CommitmentKind.ASKED, ANN, quote, due, MADE + message)


def put(store: Database, thread: int, *found: Commitment) -> None:
    with store.transaction() as tx:
        commitments.replace(tx, [thread], found)


def listed(store: Database) -> list[tuple[int, str, Ruling]]:
    rows = commitments.everything(store)
    return [(row.commitment.message_id, row.commitment.quote, row.ruling) for row in rows]


def test_a_commitment_comes_back_as_it_was_kept(filled: Database) -> None:
    settled = owed(1, "Send it.", "2025-03-14").settled(
        CommitmentState.FULFILLED, MessageId(2), "Here it is."
    )
    put(filled, 1, settled)
    (row,) = commitments.of_thread(filled, ThreadId(1))
    assert row.commitment == settled
    assert (row.thread_id, row.subject, row.contact_id, row.ruling) == (1, "Offer", None, Ruling.NONE)


def test_a_thread_is_replaced_and_others_stay(filled: Database) -> None:
    put(filled, 1, owed(1, "Send it."), owed(2, "Call me."))
    put(filled, 2, owed(3, "Sign it."))
    put(filled, 1, owed(2, "Call me.", "2025-03-14"))
    assert listed(filled) == [(3, "Sign it.", Ruling.NONE), (2, "Call me.", Ruling.NONE)]
    (row,) = commitments.of_thread(filled, ThreadId(1))
    assert (row.commitment.due, row.subject) == ("2025-03-14", "Offer")  # the thread's, not "Re: Offer"


def test_the_users_word_survives_reading_anew(filled: Database) -> None:
    put(filled, 1, owed(1, "Send it."), owed(2, "Call me."))
    number = commitments.of_thread(filled, ThreadId(1))[0].id
    with filled.transaction() as tx:
        assert commitments.rule(tx, number, Ruling.WRONG) == ("Send it.", Ruling.NONE)
    put(filled, 1, owed(1, "Send it.", "2025-03-14"), owed(2, "Call me."))
    assert listed(filled) == [(2, "Call me.", Ruling.NONE), (1, "Send it.", Ruling.WRONG)]
    with filled.transaction() as tx:
        assert commitments.rule(tx, number, Ruling.NONE) == ("Send it.", Ruling.WRONG)
        assert commitments.rule(tx, 999, Ruling.DONE) is None


def test_open_ones_are_dated_first_and_recent(filled: Database) -> None:
    dated, undated = owed(2, "Call me.", "2025-03-20"), owed(1, "Send it.")
    over = owed(2, "Sign it.").settled(CommitmentState.FULFILLED, MessageId(2), "Signed.")
    put(filled, 1, undated, dated, over)
    quotes = [row.commitment.quote for row in commitments.open_ones(filled, since=MADE)]
    assert quotes == ["Call me.", "Send it."]
    assert [row.commitment.quote for row in commitments.open_ones(filled, since=MADE + 2)] == ["Call me."]
    assert len(commitments.open_ones(filled, since=0, limit=1)) == 1


def test_the_same_words_again_are_one(filled: Database) -> None:
    put(filled, 1, owed(1, "Send it."), owed(2, "Send it."))
    put(filled, 2, owed(3, "Send it."))
    (row,) = commitments.open_ones(filled, since=0)
    assert row.commitment.message_id == 3
    with filled.transaction() as tx:
        commitments.rule(tx, row.id, Ruling.DONE)
    assert commitments.open_ones(filled, since=0) == []
    assert len(commitments.everything(filled)) == 3


def test_what_was_ruled_on_is_not_open(filled: Database) -> None:
    put(filled, 1, owed(1, "Send it."))
    with filled.transaction() as tx:
        commitments.rule(tx, 1, Ruling.DONE)
    assert commitments.open_ones(filled, since=0) == []


def test_a_contact_owns_what_its_addresses_owe(filled: Database) -> None:
    put(
        filled,
        1,
        owed(1, "Send it."),
        replace(owed(2, "Call me."), person=Address("bob@shop.example", "Bob")),
    )
    with filled.transaction() as tx:
        tx.execute("INSERT INTO contacts (id, name, created_at) VALUES (7, 'Ann', 0)")
        tx.execute(
            "INSERT INTO address_stats (address_id, contact_id) SELECT id, 7 FROM addresses WHERE email = ? "
            "ON CONFLICT (address_id) DO UPDATE SET contact_id = 7",
            (ANN.email,),
        )
    found = commitments.open_with(filled, ContactId(7), since=0)
    assert [(row.commitment.quote, row.contact_id) for row in found] == [("Send it.", 7)]


def test_a_commitment_stays_when_what_settled_it_is_deleted(filled: Database) -> None:
    put(filled, 1, owed(1, "Send it.").settled(CommitmentState.FULFILLED, MessageId(2), "Here."))
    with filled.transaction() as tx:
        tx.execute("DELETE FROM message_texts WHERE id = 2")
        tx.execute("DELETE FROM messages WHERE id = 2")
    (row,) = commitments.everything(filled)
    assert (row.commitment.settled_by, row.commitment.evidence) == (None, "Here.")


def test_only_threads_of_people_with_me_are_read(store: Database) -> None:
    letters = [
        Letter("To me", id="a"),
        Letter("From me", sender=ME, to=BOB, id="b"),
        Letter("Not to me", to=BOB, id="c"),
        Letter("Sale", id="d", headers={"List-Unsubscribe": "<https://shop.example>"}),
    ]
    stored.keep(store, letters)
    threads = {row[0]: row[1] for row in store.all("SELECT id, subject FROM threads")}
    found = commitments.between_people(store, list(threads))
    assert sorted(threads[one] for one, _ in found) == ["From me", "To me"]
    assert all(last > 0 for _, last in found)
    assert commitments.between_people(store, []) == []
