"""Threads: what joins them, and the row that the inbox shows."""

from fluffy_core.domain.ids import ThreadId
from fluffy_core.store import inbox, integrity, threads
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

TALK = [
    Letter("Plan", "First words", ANN, id="a", day=0),
    Letter("Re: Plan", "My answer", ME, ANN, id="b", answers="a", day=1),
    Letter("Re: Plan", "Bob joins", BOB, answers="b", day=2),
]


def row(store: Database, number: int = 1) -> tuple[str, str, str, int]:
    found = inbox.rows(store, [ThreadId(number)])[ThreadId(number)]
    return found.subject, found.people, found.preview, found.message_count


def test_a_thread_shows_its_first_subject_its_people_and_its_last_words(store: Database) -> None:
    stored.keep(store, TALK)
    assert row(store) == ("Plan", "Bob Roe, Ann Ode", "Bob joins", 3)
    assert integrity.relations(store) == ""


def test_a_thread_of_mine_shows_to_whom(store: Database) -> None:
    stored.keep(store, [Letter("Hello", sender=ME, to=BOB)])
    assert row(store)[1] == "To: Bob Roe"


def test_many_people_are_cut_short(store: Database) -> None:
    stored.keep(
        store,
        [
            Letter("Hi", sender=f"P{n} <p{n}@x.example>", id=f"{n}", answers="0" if n else "", day=n)
            for n in range(9)
        ],
    )
    assert row(store)[1] == "P8, P7, P6, P5"


def test_a_late_arrival_joins_what_was_two_threads(store: Database) -> None:
    stored.keep(store, [Letter("One", id="a", day=0)])
    stored.keep(store, [Letter("Other words", answers="b", day=2)], name="two")
    assert store.one("SELECT count(*) FROM threads") == (2,)
    stored.keep(store, [Letter("Re: One", id="b", answers="a", day=1)], name="three")
    assert store.all("SELECT message_count, subject FROM threads") == [(3, "One")]
    assert integrity.relations(store) == ""


def test_ids_of_absorbed_threads_are_not_used_again(store: Database) -> None:
    stored.keep(store, TALK[:1])
    with store.transaction() as tx:
        assert threads.next_id(tx) == 2
        threads.create(tx, [(2, "s", "s", 5)])
        threads.absorb(tx, 1, [2])
        tx.execute("UPDATE messages SET thread_id = 1")
        assert threads.next_id(tx) == 2


def test_a_thread_without_messages_ends(store: Database) -> None:
    with store.transaction() as tx:
        threads.create(tx, [(5, "s", "s", 0)])
        threads.refresh(tx, [5, 77])
    assert store.one("SELECT count(*) FROM threads") == (0,)


def test_threads_are_found_by_reference_in_any_number(store: Database) -> None:
    stored.keep(store, TALK[:1])
    keys = [number.to_bytes(16, "big") for number in range(1200)]
    with store.transaction() as tx:
        threads.add_references(tx, [(key, 1) for key in keys])
        assert threads.by_reference(tx, [*keys, b"unknown"]) == dict.fromkeys(keys, 1)
        threads.create(tx, [(2, "s", "s", 0)])
        threads.add_references(tx, [(keys[0], 2)])
        assert threads.by_reference(tx, keys[:1]) == {keys[0]: 2}


def test_threads_are_found_by_subject_and_time(store: Database) -> None:
    with store.transaction() as tx:
        threads.create(tx, [(n, "S", "same", n * 100) for n in range(1, 30)])
        found = threads.with_subject(tx, "same", after=500, before=700)
        assert [one for one, _, _ in found] == [7, 6, 5]
        assert threads.with_subject(tx, "other", after=0, before=9999) == []
        assert len(threads.with_subject(tx, "same", after=0, before=9999)) == 12


def test_who_takes_part(store: Database) -> None:
    stored.keep(store, TALK)
    with store.transaction() as tx:
        people, names, subject = threads.participants(tx, 1)
    assert len(people) == 3
    assert names == {"ann ode", "ann@firm.example", ME, "bob roe", "bob@shop.example"}
    assert subject == "Plan"


def test_threads_of_messages_and_their_order(store: Database) -> None:
    ids = stored.keep(store, [*TALK, Letter("Newer", day=9), Letter("Older", day=-9)])
    found = threads.of_messages(store, ids)
    assert found == (1, 2, 3)
    assert threads.newest_first(store, found) == [2, 1, 3]
    assert threads.newest_first(store, [3, 1]) == [1, 3]
    assert threads.of_messages(store, []) == ()
