"""The ledger's rows: keys, order, leases, and the ways out of each state."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.events import Changed
from fluffy_core.store import job_figures, job_line, job_repairs, ledger
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.job_figures import Wanted
from fluffy_core.store.job_line import Line
from fluffy_core.store.ledger import Again, Ending, NewJob, Note
from tests.fakes.effort import within

NOW = 1000.0


def new(key: str = "1", **changes: object) -> NewJob:
    values = {
        "name": "small",
        "key": key,
        "args": {"n": 1},
        "queue": Queue.FAST,
        "priority": 20,
        "run_after": NOW,
    }
    return NewJob(**(values | changes))  # type: ignore[arg-type]


def ask(store: Database, *jobs: NewJob) -> list[JobId]:
    with store.transaction() as tx:
        return [made for job in jobs if (made := ledger.enqueue(tx, job, now=NOW)) is not None]


def take(store: Database, job_id: JobId, lease: str = "a", now: float = NOW) -> Job | None:
    with store.transaction() as tx:
        return ledger.claim(tx, job_id, lease=lease, now=now)


def get(store: Database, job_id: JobId) -> Job:
    found = ledger.get(store, job_id)
    assert found is not None
    return found


def due(store: Database, *, now: float = NOW, limit: int = 100) -> list[JobId]:
    with store.transaction() as tx:
        return [job_id for job_id, *_ in job_line.due(tx, Queue.FAST, Line(now, limit))]


def test_a_job_is_kept_as_it_was_asked_for(store: Database) -> None:
    (job_id,) = ask(store, new(args={"ids": [3, 4], "deep": 1}, priority=7, run_after=1234.5))
    job = get(store, job_id)
    assert (job.name, job.key, job.args, job.queue) == ("small", "1", {"ids": [3, 4], "deep": 1}, Queue.FAST)
    assert (job.priority, job.run_after, job.created_at, job.state) == (7, 1234.5, NOW, JobState.QUEUED)
    assert (job.attempt, job.started_at, job.finished_at, job.error, job.result) == (0, None, None, "", "")
    assert ledger.get(store, JobId(99)) is None


def test_a_rolled_back_change_asks_for_nothing(store: Database) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            ledger.enqueue(tx, new(), now=NOW)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert ledger.open_count(store) == 0


@pytest.mark.parametrize("state", list(JobState))
def test_a_key_is_unique_in_every_state(store: Database, state: JobState) -> None:
    (job_id,) = ask(store, new())
    with store.transaction() as tx:
        tx.execute("UPDATE jobs SET state = ?", (state,))
    assert ask(store, new()) == []
    assert get(store, job_id).state is state
    assert len(ask(store, new(name="other"))) == 1


def test_asking_again_more_urgently_hastens_a_waiting_job(store: Database) -> None:
    (job_id,) = ask(store, new(priority=10, run_after=NOW + 60))
    assert due(store) == []
    with store.transaction() as tx:
        assert ledger.enqueue(tx, new(priority=40, run_after=NOW), now=NOW) is None
        assert tx.jobs_enqueued
    assert (get(store, job_id).priority, get(store, job_id).run_after) == (40, NOW)
    assert due(store) == [job_id]
    ask(store, new(priority=30, run_after=NOW - 5))
    assert (get(store, job_id).priority, get(store, job_id).run_after) == (40, NOW)


def test_a_hastened_job_is_handed_over_again(store: Database) -> None:
    (job_id,) = ask(store, new(priority=10))
    assert due(store) == [job_id]
    assert due(store) == []
    ask(store, new(priority=40))
    assert due(store) == [job_id]


def instead(store: Database, wanted: dict[str, NewJob]) -> None:
    with store.transaction() as tx:
        ledger.enqueue_instead(tx, wanted, now=NOW)
        assert tx.jobs_enqueued == bool(wanted)
        assert tx.changes == ({Changed.JOBS} if wanted else set())


def waiting(store: Database) -> dict[str, tuple[float, int]]:
    """(run after, priority) of queued jobs by key."""
    found = job_figures.listed(store, Wanted(states=(JobState.QUEUED,)), 100)
    return {job.key: (job.run_after, job.priority) for job in found}


def test_many_newer_jobs_take_the_place_of_those_they_cover(store: Database) -> None:
    older = [new("7/1", run_after=NOW + 2), new("7/2", priority=40), new("8/1"), new("77/1"), new("9/1")]
    ask(store, *older, new("7/1", name="other", priority=99))
    instead(store, {"7/": new("7/4", run_after=NOW + 9, args={"b": 1, "a": 2}), "8/": new("8/2", priority=5)})
    assert waiting(store) == {
        "7/4": (NOW, 40),
        "8/2": (NOW, 20),
        "77/1": (NOW, 20),
        "9/1": (NOW, 20),
        "7/1": (NOW, 99),  # of another name
    }
    (newest,) = (job for job in job_figures.listed(store, Wanted(), 100) if job.key == "7/4")
    assert (newest.args, newest.queue, newest.created_at) == ({"a": 2, "b": 1}, Queue.FAST, NOW)
    assert store.one("SELECT args FROM jobs WHERE key = '7/4'") == ('{"a": 2, "b": 1}',)


@pytest.mark.parametrize("state", [one for one in JobState if one is not JobState.QUEUED])
def test_only_what_waits_untouched_gives_way(store: Database, state: JobState) -> None:
    ask(store, new("7/1"), new("7/2"))
    with store.transaction() as tx:
        tx.execute("UPDATE jobs SET state = ?", (state,))
    instead(store, {"7/": new("7/2", priority=40)})
    assert [(job.key, job.state, job.priority) for job in job_figures.listed(store, Wanted(), 9)] == [
        ("7/2", state, 20),
        ("7/1", state, 20),
    ]


def test_the_same_job_again_is_at_most_hastened(store: Database) -> None:
    ask(store, new("7/1", run_after=NOW + 60))
    assert due(store, now=NOW + 60)
    instead(store, {"7/": new("7/1", run_after=NOW)})
    assert waiting(store) == {"7/1": (NOW + 60, 20)}
    assert due(store, now=NOW + 60) == []
    instead(store, {"7/": new("7/1", run_after=NOW + 90, priority=30)})
    assert waiting(store) == {"7/1": (NOW + 60, 30)}
    assert due(store, now=NOW + 60)


def test_nothing_wanted_instead_changes_nothing(store: Database) -> None:
    ask(store, new("7/1"))
    instead(store, {})
    assert waiting(store) == {"7/1": (NOW, 20)}


def test_a_running_job_is_not_hastened(store: Database) -> None:
    (job_id,) = ask(store, new(priority=10))
    take(store, job_id)
    ask(store, new(priority=40))
    assert (get(store, job_id).priority, get(store, job_id).state) == (10, JobState.RUNNING)


def test_the_best_are_due_first_and_each_once(store: Database) -> None:
    wanted = [new("low", priority=10), new("high", priority=30)]
    wanted += [new("older", run_after=NOW - 9), new("later", run_after=NOW + 1)]
    low, high, older, later = ask(store, *wanted)
    ask(store, new("elsewhere", queue=Queue.SLOW, priority=99))
    assert set(due(store, limit=2)) == {high, older}
    assert due(store) == [low]
    assert due(store) == []
    assert job_line.handed_over(store) == {"fast": 3}
    assert job_line.next_due(store, after=NOW) == NOW + 1
    assert job_line.next_due(store, after=NOW + 1) is None
    assert due(store, now=NOW + 1) == [later]


def test_whether_anything_is_due(store: Database) -> None:
    ask(store, new(run_after=NOW + 1))
    assert not job_line.anything_due(store, Queue.FAST, Line(NOW))
    assert job_line.anything_due(store, Queue.FAST, Line(NOW + 1))
    assert not job_line.anything_due(store, Queue.SLOW, Line(NOW + 1))


def test_a_job_is_claimed_once_and_not_early(store: Database) -> None:
    (job_id,) = ask(store, new())
    assert take(store, job_id, now=NOW - 1) is None
    job = take(store, job_id)
    assert job is not None
    assert (job.state, job.attempt, job.started_at) == (JobState.RUNNING, 1, NOW)
    assert take(store, job_id, "b") is None


def test_put_back_jobs_are_handed_over_again(store: Database) -> None:
    ids = ask(store, new("1"), new("2"), new("3"))
    due(store)
    with store.transaction() as tx:
        job_line.put_back(tx, ids[:1])
    assert due(store) == ids[:1]
    with store.transaction() as tx:
        assert job_line.put_back_all(tx, keep=ids[1:2]) == 2
    assert due(store) == [ids[0], ids[2]]
    with store.transaction() as tx:
        assert job_line.put_back_all(tx) == 3


def test_only_the_holder_of_the_lease_may_go_on(store: Database) -> None:
    (job_id,) = ask(store, new())
    assert not ledger.may_go_on(store, job_id, lease="a")
    take(store, job_id)
    assert ledger.may_go_on(store, job_id, lease="a")
    assert not ledger.may_go_on(store, job_id, lease="b")
    with store.transaction() as tx:
        assert ledger.cancel(tx, job_id, now=NOW)
    assert not ledger.may_go_on(store, job_id, lease="a")


def test_only_the_holder_of_the_lease_decides(store: Database) -> None:
    (job_id,) = ask(store, new())
    take(store, job_id)
    with store.transaction() as tx:
        assert not ledger.finish(tx, job_id, JobState.DEAD, lease="b", now=NOW)
        assert not ledger.retry_later(tx, job_id, lease="b", now=NOW, again=Again(1, 1), ending=Ending("x"))
        assert not ledger.release(tx, job_id, lease="b", now=NOW)
    assert get(store, job_id).state is JobState.RUNNING
    with store.transaction() as tx:
        assert ledger.finish(tx, job_id, JobState.SUCCEEDED, lease="a", now=NOW + 2, ending=Ending("Done"))
        assert not ledger.finish(tx, job_id, JobState.DEAD, lease="a", now=NOW)
        assert tx.changes == {Changed.JOBS}
    job = get(store, job_id)
    assert (job.state, job.result, job.error, job.finished_at) == (JobState.SUCCEEDED, "Done", "", NOW + 2)


def test_a_dead_job_says_why(store: Database) -> None:
    (job_id,) = ask(store, new())
    take(store, job_id)
    with store.transaction() as tx:
        ledger.finish(tx, job_id, JobState.DEAD, lease="a", now=NOW, ending=Ending("The password is wrong."))
    assert (get(store, job_id).error, get(store, job_id).result) == ("The password is wrong.", "")
    assert ledger.error_of(store, "small", "1") == "The password is wrong."
    assert ledger.error_of(store, "small", "2") == ""
    assert ledger.state_of(store, "small", "1") is JobState.DEAD
    assert ledger.state_of(store, "small", "2") is None


def test_a_job_is_awaited_until_it_ends_or_is_cancelled(store: Database) -> None:
    (first,) = ask(store, new())
    assert ledger.awaited(store, "small", "1") == first
    assert ledger.awaited(store, "small", "2") is None
    take(store, first)
    assert ledger.awaited(store, "small", "1") == first
    with store.transaction() as tx:
        ledger.cancel(tx, first, now=NOW)
    assert ledger.awaited(store, "small", "1") is None


def test_a_job_that_waits_for_another_try(store: Database) -> None:
    (job_id,) = ask(store, new())
    take(store, job_id)
    with store.transaction() as tx:
        assert ledger.retry_later(tx, job_id, lease="a", now=NOW, again=Again(30, 1), ending=Ending("away"))
        assert tx.jobs_enqueued
    job = get(store, job_id)
    assert (job.state, job.run_after, job.error, job.finished_at) == (
        JobState.WAITING_RETRY,
        NOW + 30,
        "away",
        None,
    )
    again = take(store, job_id, now=NOW + 30)
    assert again is not None
    assert (again.attempt, again.error) == (2, "")


def test_what_ran_in_a_process_that_died_is_put_back_uncounted(store: Database) -> None:
    lost, alive, waiting = ask(store, new("1"), new("2"), new("3"))
    take(store, lost, "dead process")
    take(store, alive, "here")
    with store.transaction() as tx:
        assert job_repairs.recover(tx, now=NOW + 5, alive=["here"]) == 1
        assert tx.jobs_enqueued
    assert (get(store, lost).state, get(store, lost).attempt, get(store, lost).run_after) == (
        JobState.QUEUED,
        0,
        NOW,
    )
    assert get(store, alive).state is JobState.RUNNING
    assert get(store, waiting).state is JobState.QUEUED
    assert store.one("SELECT interruptions FROM jobs WHERE id = ?", (lost,)) == (1,)
    with store.transaction() as tx:
        assert job_repairs.recover(tx, now=NOW) == 1
        assert job_repairs.recover(tx, now=NOW) == 0


@pytest.mark.parametrize("way", ["recover", "release", "retry"])
def test_a_cancelled_job_that_stops_for_any_reason_is_cancelled(store: Database, way: str) -> None:
    (job_id,) = ask(store, new())
    take(store, job_id)
    with store.transaction() as tx:
        ledger.cancel(tx, job_id, now=NOW)
        if way == "recover":
            job_repairs.recover(tx, now=NOW + 1)
        elif way == "release":
            ledger.release(tx, job_id, lease="a", now=NOW + 1)
        else:
            ledger.retry_later(tx, job_id, lease="a", now=NOW + 1, again=Again(1, 1), ending=Ending("x"))
    assert (get(store, job_id).state, get(store, job_id).finished_at) == (JobState.CANCELLED, NOW + 1)


def test_cancelled_and_dead_jobs_get_a_fresh_set_of_tries(store: Database) -> None:
    (job_id,) = ask(store, new())
    due(store)
    with store.transaction() as tx:
        assert ledger.cancel(tx, job_id, now=NOW)
        assert not ledger.cancel(tx, job_id, now=NOW)
        assert ledger.again(tx, job_id, now=NOW + 3)
        assert not ledger.again(tx, job_id, now=NOW + 3)
        assert tx.jobs_enqueued
    job = get(store, job_id)
    assert (job.state, job.attempt, job.run_after, job.finished_at) == (JobState.QUEUED, 0, NOW + 3, None)
    assert due(store, now=NOW + 3) == [job_id]


def test_only_what_is_over_is_discarded_or_forgotten(store: Database) -> None:
    (job_id,) = ask(store, new())
    with store.transaction() as tx:
        assert not ledger.discard(tx, job_id)
        ledger.forget_finished(tx, "small", "1")
    assert get(store, job_id).state is JobState.QUEUED
    with store.transaction() as tx:
        ledger.cancel(tx, job_id, now=NOW)
        assert ledger.discard(tx, job_id)
    assert ledger.get(store, job_id) is None


def test_progress_is_only_of_running_jobs(store: Database) -> None:
    (job_id,) = ask(store, new())
    with store.transaction() as tx:
        ledger.progress(tx, job_id, Note(1, 2, "too early"), now=NOW + 1)
    assert get(store, job_id).progress_done == 0
    take(store, job_id)
    with store.transaction() as tx:
        ledger.progress(tx, job_id, Note(1, 2, "half"), now=NOW + 1)
    job = get(store, job_id)
    assert (job.progress_done, job.progress_total, job.progress_text) == (1, 2, "half")


def test_lists_and_counts(store: Database) -> None:
    first, second = ask(store, new("1"), new("2", name="other"))
    take(store, first)
    assert [job.id for job in job_figures.listed(store, Wanted(), 10)] == [second, first]
    assert [job.id for job in job_figures.listed(store, Wanted((JobState.RUNNING,)), 10)] == [first]
    assert len(job_figures.listed(store, Wanted(), 1)) == 1
    assert job_figures.counts(store) == {"small": {"running": 1}, "other": {"queued": 1}}
    assert ledger.open_count(store) == 2
    assert ledger.open_count(store, ["other"]) == 1
    assert ledger.open_count(store, ["nothing"]) == 0
    usual = get(store, first).priority
    assert ledger.open_count(store, least=usual) == 2
    assert ledger.open_count(store, ["other"], least=usual + 1) == 0


VERBS: dict[str, Callable[[Transaction, JobId], object]] = {
    "claim": lambda tx, one: ledger.claim(tx, one, lease="a", now=NOW),
    "succeed": lambda tx, one: ledger.finish(tx, one, JobState.SUCCEEDED, lease="a", now=NOW),
    "die": lambda tx, one: ledger.finish(tx, one, JobState.DEAD, lease="a", now=NOW),
    "retry": lambda tx, one: ledger.retry_later(
        tx, one, lease="a", now=NOW, again=Again(0, 1), ending=Ending("x")
    ),
    "release": lambda tx, one: ledger.release(tx, one, lease="a", now=NOW),
    "recover": lambda tx, _one: job_repairs.recover(tx, now=NOW),
    "cancel": lambda tx, one: ledger.cancel(tx, one, now=NOW),
    "again": lambda tx, one: ledger.again(tx, one, now=NOW),
    "due": lambda tx, _one: job_line.due(tx, Queue.FAST, Line(NOW, 5)),
    "put back": lambda tx, one: job_line.put_back(tx, [one]),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=25))
def test_a_job_is_never_lost_whatever_happens_to_it(store: Database, verbs: list[str]) -> None:
    """After any history the job is over, or it can be brought to run: nothing is stuck in between."""
    with store.transaction() as tx:
        tx.execute("DELETE FROM jobs")
    (job_id,) = ask(store, new())
    for verb in verbs:
        with store.transaction() as tx:
            VERBS[verb](tx, job_id)
    with store.transaction() as tx:
        job_repairs.recover(tx, now=NOW)
        job_line.put_back_all(tx)
    job = get(store, job_id)
    over = job.state in (JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED)
    assert over == (job.finished_at is not None)
    assert over or due(store) == [job_id]
    assert job.attempt >= 0


def test_what_is_open_for_an_account_costs_no_more_among_many_other_jobs(store: Database) -> None:
    with store.transaction() as tx:
        for name, account_id in (("sync", 7), ("sync", 8), ("other", 7)):
            job = NewJob(name, f"{account_id}", {"account_id": account_id}, Queue.FAST, 20, run_after=NOW)
            ledger.enqueue(tx, job, now=NOW)
        tx.executemany(
            "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at) "
            "VALUES ('many', ?, '{}', 'fast', 10, 'queued', 0, 0)",
            [(str(number),) for number in range(20_000)],
        )
    assert len(ledger.open_of_account(store, 7)) == 2

    def ask() -> list[JobId]:
        return [one for _ in range(100) for one in ledger.open_of_account(store, 7, "sync")]

    assert len(within(0.1, ask)) == 100
