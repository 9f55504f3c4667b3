"""Deleted mail asks for nothing, until it comes back."""

import pytest

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, FollowUp, Importance
from fluffy_core.domain.rows import Section
from fluffy_core.store import gone_messages, inbox, insight
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, ME, Letter

ASKS = Category(Importance.IMPORTANT, True, 2, "It asks you.", ask="Can you come?", engine="rules")
ASKED = (Section.NEEDS_REPLY, "asks: Can you come?")
NOTHING = (Section.EVERYTHING, "")
LETTERS = [Letter("Plan", id="a"), Letter("Re: Plan", "Well?\n", id="b", answers="a", day=1)]


def keep_asking(store: Database, *, asking: int) -> None:
    """Two messages of one thread, one of which asks."""
    stored.keep(store, LETTERS)
    with store.transaction() as tx:
        insight.put_categories(tx, [(asking, ASKS)])
        insight.refresh_sections(tx, [1])


def delete(store: Database, *messages: int) -> None:
    with store.transaction() as tx:
        tx.executemany("DELETE FROM locations WHERE message_id = ?", [(one,) for one in messages])
        gone_messages.note(tx, messages)


def place(store: Database) -> tuple[Section, str]:
    row = inbox.rows(store, [ThreadId(1)])[ThreadId(1)]
    return row.section, row.note


def is_done(store: Database) -> bool:
    return inbox.rows(store, [ThreadId(1)])[ThreadId(1)].done


def test_a_deleted_question_is_asked_no_more_and_its_thread_stays(store: Database) -> None:
    keep_asking(store, asking=2)
    assert place(store) == ASKED
    delete(store, 2)
    assert (place(store), is_done(store)) == (NOTHING, False)


def test_a_deleted_message_takes_nobody_elses_question_along(store: Database) -> None:
    keep_asking(store, asking=1)
    delete(store, 2)
    assert place(store) == ASKED


def test_a_message_that_lies_somewhere_else_is_not_gone(store: Database) -> None:
    keep_asking(store, asking=2)
    with store.transaction() as tx:
        gone_messages.note(tx, [1, 2])
    assert store.all("SELECT * FROM gone_messages") == []
    assert place(store) == ASKED


def test_what_comes_back_asks_again(store: Database) -> None:
    keep_asking(store, asking=2)
    delete(store, 1, 2)
    assert (place(store), is_done(store)) == (NOTHING, True)
    stored.keep(store, LETTERS[1:], name="again")
    assert (place(store), is_done(store)) == (ASKED, False)
    assert store.all("SELECT message_id FROM gone_messages") == [(1,)]


@pytest.mark.parametrize("done", [True, False])
def test_a_thread_that_was_done_before_stays_so(store: Database, done: bool) -> None:
    keep_asking(store, asking=2)
    with store.transaction() as tx:
        inbox.set_done(tx, [ThreadId(1)], done)
    delete(store, 1, 2)
    stored.keep(store, LETTERS, name="again")
    assert is_done(store) is done


def test_nothing_is_told_twice(store: Database) -> None:
    keep_asking(store, asking=2)
    delete(store, 1, 2)
    delete(store, 1, 2)
    assert store.all("SELECT * FROM gone_messages") == [(1, 1), (2, 1)]
    with store.transaction() as tx:
        gone_messages.came_back(tx, [])
        gone_messages.note(tx, [])
    assert len(store.all("SELECT * FROM gone_messages")) == 2


def test_nobody_waits_for_an_answer_to_deleted_mail(store: Database) -> None:
    stored.keep(store, [Letter("Print", "Did you see it?\n", sender=ME, to=ANN, id="a")])
    waits = FollowUp(MessageId(1), "Did you see it?", 4, "No answer for 4 days")
    with store.transaction() as tx:
        insight.refresh_sections(tx, insight.replace_follow_ups(tx, [(ThreadId(1), waits, 0)]))
    assert (place(store)[0], len(insight.follow_ups(store))) == (Section.WAITING, 1)
    delete(store, 1)
    with store.transaction() as tx:
        tx.execute("UPDATE threads SET done = 0")
    assert (place(store)[0], insight.follow_ups(store)) == (Section.EVERYTHING, ())
