"""The inbox's order, its counts and its marks."""

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import InboxCounts, Section
from fluffy_core.store import inbox
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter


def filled(store: Database) -> None:
    """Threads 1 to 5 by day; 2 and 3 need a reply (3 more urgent), 4 and 5 wait."""
    stored.keep(store, [Letter(f"Subject {n}", f"unlike {n}", day=n) for n in range(1, 6)])
    with store.transaction() as tx:
        tx.execute("UPDATE threads SET section = 1, priority = id WHERE id IN (2, 3)")
        tx.execute("UPDATE threads SET section = 2 WHERE id IN (4, 5)")


def test_each_section_has_its_order(store: Database) -> None:
    filled(store)
    assert inbox.ids(store, Section.EVERYTHING) == (5, 4, 3, 2, 1)
    assert inbox.ids(store, Section.NEEDS_REPLY) == (3, 2)
    assert inbox.ids(store, Section.WAITING) == (4, 5)
    assert inbox.counts(store) == InboxCounts(2, 2, 5)


def test_done_threads_leave_and_come_back(store: Database) -> None:
    filled(store)
    with store.transaction() as tx:
        assert inbox.set_done(tx, [ThreadId(3), ThreadId(1), ThreadId(99)], True) == [3, 1]
        assert inbox.set_done(tx, [ThreadId(3)], True) == []
    assert inbox.ids(store, Section.EVERYTHING) == (5, 4, 2)
    assert inbox.ids(store, Section.EVERYTHING, include_done=True) == (5, 4, 3, 2, 1)
    assert inbox.counts(store) == InboxCounts(1, 2, 3)
    with store.transaction() as tx:
        assert inbox.set_done(tx, [ThreadId(3)], False) == [3]
    assert inbox.ids(store, Section.NEEDS_REPLY) == (3, 2)


def test_only_newer_mail_brings_a_done_thread_back(store: Database) -> None:
    stored.keep(store, [Letter("a", id="a", day=1)])
    with store.transaction() as tx:
        inbox.set_done(tx, [ThreadId(1)], True)
    stored.keep(store, [Letter("Re: a", answers="a", day=0)])
    assert inbox.ids(store, Section.EVERYTHING) == ()
    stored.keep(store, [Letter("Re: a", answers="a", day=2)])
    assert inbox.ids(store, Section.EVERYTHING) == (1,)


def test_reading_a_thread_is_counted(store: Database) -> None:
    stored.keep(store, [Letter("a", id="a"), Letter("Re: a", answers="a", day=1), Letter("b", "else", day=2)])
    with store.transaction() as tx:
        assert inbox.set_seen(tx, [ThreadId(1)], False) == [1, 2]
        assert inbox.set_seen(tx, [ThreadId(1)], False) == []
        inbox.set_messages_seen(tx, [2], True)
    row = inbox.rows(store, [ThreadId(1)])[ThreadId(1)]
    assert (row.unread_count, row.message_count, row.done, row.section) == (1, 2, False, Section.EVERYTHING)
    with store.transaction() as tx:
        assert inbox.set_seen(tx, [ThreadId(1), ThreadId(2)], True) == [1]


def test_absent_threads_are_left_out(store: Database) -> None:
    assert inbox.rows(store, []) == {}
    assert inbox.rows(store, [ThreadId(7)]) == {}
    assert inbox.counts(store) == InboxCounts(0, 0, 0)


def test_a_section_is_counted_and_listed_without_a_look_at_all_threads(store: Database) -> None:
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    inbox.counts(store)
    inbox.ids(store, Section.NEEDS_REPLY)
    store.connection.set_trace_callback(None)
    plans = [" ".join(row[3] for row in store.all(f"EXPLAIN QUERY PLAN {sql}")) for sql in asked]
    assert [plan.count("threads_by_section") for plan in plans] == [2, 1]
