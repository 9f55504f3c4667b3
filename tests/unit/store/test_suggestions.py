"""Suggested drafts by their request, and what was sent after them."""

from dataclasses import replace

import pytest

from fluffy_core.domain.drafting import Confidence, DraftRequest, DraftSource, Suggestion
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.events import Changed
from fluffy_core.store import suggestions, threads
from fluffy_core.store.database import Database
from fluffy_core.store.suggestions import Waiting
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

MADE = Suggestion(
    "r", "Hallo [Name] – ü", Confidence.MEDIUM, "Why.", "fast", "de", ("[Name]",),
    (DraftSource(MessageId(3), "wörtlich", "asked"),),
)  # fmt: skip


def put(store: Database, made: Suggestion = MADE, *, thread_id: int | None = 1, now: float = 1.0) -> None:
    request = DraftRequest(made.request_id, None if thread_id is None else ThreadId(thread_id))
    with store.transaction() as tx:
        suggestions.put(tx, request, made, recipient="ann@firm.example", now=now)


def test_what_was_kept_comes_back(store: Database) -> None:
    told: list[frozenset[Changed]] = []
    store.add_after_commit(lambda changes, _jobs: told.append(changes))
    put(store)
    assert suggestions.get(store, "r") == MADE
    assert suggestions.get(store, "other") is None
    assert told == [frozenset({Changed.DRAFTS})]


def test_a_second_suggestion_takes_the_place_of_the_first(store: Database) -> None:
    put(store)
    put(store, Suggestion("r", "anders", Confidence.LOW, "", "fast", "de"), now=2.0)
    found = suggestions.get(store, "r")
    assert found is not None
    assert found.text == "anders"
    assert store.one("SELECT count(*) FROM draft_suggestions") == (1,)


def test_whether_a_better_one_is_on_its_way_is_kept(store: Database) -> None:
    for improving in (True, False):
        put(store, replace(MADE, improving=improving))
        assert suggestions.get(store, "r") == replace(MADE, improving=improving)


@pytest.fixture
def asked(store: Database) -> Database:
    """Two threads that wait for an answer."""
    stored.keep(store, [Letter("One", id="a"), Letter("Two", sender=BOB, id="b", day=1)])
    return store


def answer(to: str, day: float, name: str) -> Letter:
    return Letter("Re: x", "It is here.", ME, ANN, day, id=name, answers=to)


def test_what_was_sent_after_a_suggestion(asked: Database) -> None:
    put(asked)
    assert suggestions.sent_since(asked) == []
    stored.keep(
        asked, [answer("b", 2, "other"), answer("a", 2, "mine"), answer("a", 3, "later")], name="sent"
    )
    (found,) = suggestions.sent_since(asked)
    assert found == Waiting("r", "ann@firm.example", MADE.text, "de", MessageId(4))
    with asked.transaction() as tx:
        suggestions.compared(tx, "r")
    assert suggestions.sent_since(asked) == []


def test_what_was_sent_while_a_better_one_was_written_is_compared_with_it(asked: Database) -> None:
    put(asked, replace(MADE, improving=True))
    stored.keep(asked, [answer("a", 2, "mine")], name="sent")
    put(asked, replace(MADE, text="besser"))
    (found,) = suggestions.sent_since(asked)
    assert (found.text, found.sent) == ("besser", MessageId(3))
    with asked.transaction() as tx:
        suggestions.compared(tx, "r")
    put(asked)
    assert suggestions.sent_since(asked) == []


def test_what_was_there_before_is_no_answer_to_it(asked: Database) -> None:
    stored.keep(asked, [answer("a", 2, "mine")], name="sent")
    put(asked)
    assert suggestions.sent_since(asked) == []


def test_threads_that_become_one_are_still_known(asked: Database) -> None:
    put(asked, thread_id=2)
    with asked.transaction() as tx:
        threads.absorb(tx, 1, [2])
    stored.keep(asked, [answer("a", 2, "mine")], name="sent")
    assert [one.sent for one in suggestions.sent_since(asked)] == [3]


def test_a_first_mail_has_no_thread_to_look_in(asked: Database) -> None:
    put(asked, thread_id=None)
    stored.keep(asked, [answer("a", 2, "mine")], name="sent")
    assert suggestions.sent_since(asked) == []


def test_old_ones_go(store: Database) -> None:
    put(store, now=10.0)
    with store.transaction() as tx:
        assert suggestions.prune(tx, before=10.0) == 0
        assert suggestions.prune(tx, before=11.0) == 1
    assert suggestions.get(store, "r") is None


def test_the_address_of_a_contact_is_the_one_used_last(asked: Database) -> None:
    with asked.transaction() as tx:
        tx.execute("INSERT INTO contacts (id, name, created_at) VALUES (7, 'Ann', 0)")
        for email, date in (("ann@firm.example", 5), ("bob@shop.example", 9)):
            tx.execute(
                "INSERT INTO address_stats (address_id, contact_id, last_date) "
                "SELECT id, 7, ? FROM addresses WHERE email = ?",
                (date, email),
            )
    assert suggestions.address_of(asked, 7) == "bob@shop.example"
    assert suggestions.address_of(asked, 8) == ""
