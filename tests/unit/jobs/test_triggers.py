"""Which jobs follow from which event, under which key, how soon."""

import pytest

from fluffy_core.domain.events import (
    AccountConnected,
    DomainEvent,
    MessagesStored,
    OwnAddressesChanged,
    ThreadOpened,
    ThreadsChanged,
)
from fluffy_core.domain.ids import AccountId, MessageId, ThreadId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.jobs import catalogue
from fluffy_core.jobs.registry import INTERACTIVE, LOW, Registry
from fluffy_core.jobs.triggers import BATCH, DEBOUNCE, Triggers, batches
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import NOW, Clock, all_jobs, paths
from tests.fakes.stored import Letter


def no_embedder(_texts: object) -> None:
    raise AssertionError("nothing is embedded here")


@pytest.fixture
def box(store: Database, clock: Clock) -> Database:
    """Three letters in two threads, with the triggers of today's jobs."""
    kinds = catalogue.kinds(paths(store.path.parent), no_embedder)  # type: ignore[arg-type]
    stored.keep(
        store, [Letter("One", id="a"), Letter("Two", id="b", day=1), Letter("Re: One", answers="a", day=2)]
    )
    store.add_trigger(Triggers(Registry(kinds), clock=clock))
    return store


def emit(store: Database, *events: DomainEvent) -> list[Job]:
    before = {job.id for job in all_jobs(store)}
    with store.transaction() as tx:
        for event in events:
            tx.emit(event)
    return [job for job in all_jobs(store) if job.id not in before]


def ids(*numbers: int) -> tuple[MessageId, ...]:
    return tuple(MessageId(one) for one in numbers)


def test_stored_messages_are_understood_sorted_checked_and_summarised(box: Database) -> None:
    jobs = emit(box, MessagesStored(ids(1, 2, 3)))
    names = ["extract-contacts", "categorize-emails", "check-follow-ups"]
    assert [job.name for job in jobs] == names + ["summarize-email-thread"] * 2
    contacts, categories, follow_ups, first, second = jobs
    assert contacts.args == categories.args == {"message_ids": [1, 2, 3], "force": 0}
    assert follow_ups.args == {"lookback_days": 3, "as_of": "message 3"}
    assert [job.args["thread_id"] for job in (first, second)] == [1, 2]
    assert first.args["last_message_id"] == 3
    assert [job.run_after - NOW for job in jobs] == [0, 0, 1, DEBOUNCE, DEBOUNCE]
    assert (contacts.queue, first.queue, first.priority) == (Queue.FAST, Queue.NORMAL, LOW)


def test_the_same_event_twice_asks_for_nothing_more(box: Database) -> None:
    event = MessagesStored(ids(1, 2, 3))
    assert len(emit(box, event)) == 5
    assert emit(box, event, event) == []


def test_no_messages_ask_for_nothing(box: Database) -> None:
    assert emit(box, MessagesStored(())) == []
    assert emit(box, ThreadsChanged(())) == []


def test_many_changes_of_a_thread_are_one_summary(box: Database, clock: Clock) -> None:
    first = emit(box, *[ThreadsChanged((ThreadId(1),))] * 50)
    assert [(job.name, job.args["thread_id"], job.run_after) for job in first] == [
        ("summarize-email-thread", 1, NOW + DEBOUNCE)
    ]
    clock.now += 1
    assert emit(box, ThreadsChanged((ThreadId(1), ThreadId(2))))[0].args["thread_id"] == 2


def test_a_thread_that_grows_while_its_summary_waits_needs_one_summary(box: Database, clock: Clock) -> None:
    emit(box, ThreadsChanged((ThreadId(1),)))
    with box.transaction() as tx:
        tx.execute("UPDATE threads SET last_message_id = 2 WHERE id = 1")
    clock.now += 1
    emit(box, ThreadsChanged((ThreadId(1),)))
    waiting = [job for job in all_jobs(box) if job.state is JobState.QUEUED]
    assert [(job.args["last_message_id"], job.run_after) for job in waiting] == [(2, NOW + DEBOUNCE)]


def test_an_opened_thread_is_wanted_first(box: Database) -> None:
    (job,) = emit(box, ThreadOpened(ThreadId(2)))
    assert (job.priority, job.run_after) == (INTERACTIVE, NOW)


def test_opening_hastens_the_summary_that_waits(box: Database) -> None:
    (waiting,) = emit(box, ThreadsChanged((ThreadId(2),)))
    assert emit(box, ThreadOpened(ThreadId(2))) == []
    job = ledger.get(box, waiting.id)
    assert job is not None
    assert (job.priority, job.run_after) == (INTERACTIVE, NOW)


def test_a_connected_account_is_read_once(box: Database) -> None:
    (job,) = emit(box, AccountConnected(AccountId(1)))
    assert (job.name, job.queue, job.args["account_id"]) == ("sync-emails-initial", Queue.SLOW, 1)
    assert emit(box, AccountConnected(AccountId(1))) == []


def test_new_own_addresses_decide_everything_anew_each_time(box: Database) -> None:
    first, second = emit(box, OwnAddressesChanged()), emit(box, OwnAddressesChanged())
    assert [job.name for job in first] == ["extract-contacts", "categorize-emails", "check-follow-ups"]
    assert [job.args.get("force") for job in first + second] == [1, 1, None, 2, 2, None]
    assert first[0].args["message_ids"] == [1, 2, 3]


def test_large_imports_are_cut_into_batches() -> None:
    cut = list(batches(range(2 * BATCH + 1)))
    assert [len(part) for part in cut] == [BATCH, BATCH, 1]
    assert [one for part in cut for one in part] == list(range(2 * BATCH + 1))
    assert list(batches([])) == []
