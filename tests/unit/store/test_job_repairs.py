"""A clock set back, rows nobody understands, pruning, and dealing with all dead jobs at once."""

import pytest

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobFigures, JobState, Pauses, Queue
from fluffy_core.store import alerts, job_figures, job_line, job_repairs, ledger
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.job_figures import Wanted
from fluffy_core.store.ledger import Again, Ending, NewJob

NOW = 1_000_000.0
DAY = 86_400.0


def ask(store: Database, key: str, *, at: float = NOW, delay: float = 0.0, name: str = "small") -> JobId:
    job = NewJob(name, key, {"n": 1, "account_id": 4}, Queue.FAST, 20, at + delay)
    with store.transaction() as tx:
        made = ledger.enqueue(tx, job, now=at)
    assert made is not None
    return made


def end(store: Database, job_id: JobId, state: JobState, *, at: float = NOW, told: str = "no") -> None:
    with store.transaction() as tx:
        assert ledger.claim(tx, job_id, lease="a", now=at)
        assert ledger.finish(tx, job_id, state, lease="a", now=at, ending=Ending(told, "Bug"))


def get(store: Database, job_id: JobId) -> Job:
    found = ledger.get(store, job_id)
    assert found is not None
    return found


@pytest.mark.parametrize("delay", [0.0, 60.0, 900.0])
def test_after_the_clock_went_back_a_job_keeps_its_delay(store: Database, delay: float) -> None:
    job_id = ask(store, "1", delay=delay)
    with store.transaction() as tx:
        assert job_repairs.redate(tx, now=NOW - DAY) == 1
        assert tx.jobs_enqueued
        assert job_repairs.redate(tx, now=NOW - DAY) == 0
    assert get(store, job_id).run_after == NOW - DAY + delay


def test_a_retry_keeps_its_delay_too(store: Database) -> None:
    job_id = ask(store, "1", at=NOW - 3 * DAY)
    with store.transaction() as tx:
        ledger.claim(tx, job_id, lease="a", now=NOW)
        ledger.retry_later(
            tx, job_id, lease="a", now=NOW + 2, again=Again(8.0, 1), ending=Ending("away", "TransientError")
        )
        assert job_repairs.redate(tx, now=NOW - DAY) == 1
    job = get(store, job_id)
    assert (job.run_after, job.state) == (NOW - DAY + 10, JobState.WAITING_RETRY)


def test_a_clock_that_goes_on_changes_nothing(store: Database) -> None:
    far = ask(store, "1", delay=30 * DAY)
    done = ask(store, "2")
    end(store, done, JobState.SUCCEEDED, at=NOW + DAY)
    with store.transaction() as tx:
        assert job_repairs.redate(tx, now=NOW - 1) == 0, "a second is no jump"
        assert job_repairs.redate(tx, now=NOW + 1) == 0
        assert job_repairs.redate(tx, now=NOW - DAY) == 1, "what is done is done"
    assert get(store, far).run_after == NOW + 29 * DAY
    assert get(store, done).finished_at == NOW + DAY


@pytest.mark.parametrize("change", ["state = 'asleep'", "queue = 'express'", "state = '', queue = ''"])
def test_what_nobody_understands_is_dead_with_an_alert(store: Database, change: str) -> None:
    job_id, other = ask(store, "1"), ask(store, "2")
    with store.transaction() as tx:
        tx.execute(f"UPDATE jobs SET {change} WHERE id = ?", (job_id,))
    assert get(store, job_id).key == "1", "it can be read all the same"
    with store.transaction() as tx:
        assert job_repairs.bury_broken(tx, now=NOW) == 1
        assert job_repairs.bury_broken(tx, now=NOW) == 0
    job = get(store, job_id)
    assert (job.state, job.failure, job.finished_at) == (JobState.DEAD, "DamagedEntry", NOW)
    assert get(store, other).state is JobState.QUEUED
    assert [one.text for one in alerts.listed(store)] == [f"Small failed: {job.error}"]
    with store.transaction() as tx:
        assert ledger.discard(tx, job_id)


def test_pruning_leaves_what_is_recent_dead_or_open(store: Database) -> None:
    kept = []
    for number, (state, at) in enumerate(
        [
            (JobState.SUCCEEDED, NOW - 31 * DAY),
            (JobState.CANCELLED, NOW - 31 * DAY),
            (JobState.SUCCEEDED, NOW - 29 * DAY),
            (JobState.DEAD, NOW - 90 * DAY),
        ]
    ):
        job_id = ask(store, str(number), at=at)
        end(store, job_id, state, at=at)
        kept += [job_id] if number >= 2 else []
    kept.append(ask(store, "open", at=NOW - 365 * DAY))
    with store.transaction() as tx:
        assert ledger.prune(tx, before=NOW - 30 * DAY) == 2
        assert ledger.prune(tx, before=NOW - 30 * DAY) == 0
    assert sorted(job.id for job in job_figures.listed(store, Wanted(), 10)) == kept
    assert ask(store, "0"), "its key is free again"


def test_all_dead_jobs_of_a_kind_are_tried_again_or_forgotten(store: Database) -> None:
    for number in range(6):
        name = "small" if number < 4 else "other"
        end(store, ask(store, str(number), name=name), JobState.DEAD)
    assert [one.about for one in alerts.listed(store)] == ["job small", "job other"]
    with store.transaction() as tx:
        assert ledger.again_dead(tx, "small", now=NOW + 5) == 4
        assert ledger.again_dead(tx, "nothing", now=NOW + 5) == 0
        assert tx.jobs_enqueued
    assert [one.about for one in alerts.listed(store)] == ["job other"], "it was dealt with"
    assert job_figures.counts(store) == {"small": {"queued": 4}, "other": {"dead": 2}}
    with store.transaction() as tx:
        assert ledger.discard_dead(tx) == 2
    assert alerts.listed(store) == ()
    assert job_figures.counts(store) == {"small": {"queued": 4}}


def test_an_alert_stays_while_one_dead_job_is_left(store: Database) -> None:
    first, second = ask(store, "1"), ask(store, "2")
    end(store, first, JobState.DEAD)
    end(store, second, JobState.DEAD)
    with store.transaction() as tx:
        ledger.again(tx, first, now=NOW)
    assert len(alerts.listed(store)) == 1
    with store.transaction() as tx:
        ledger.discard(tx, second)
    assert alerts.listed(store) == ()


def test_tries_are_counted_over_a_fresh_set_of_them(store: Database) -> None:
    job_id = ask(store, "1")
    end(store, job_id, JobState.DEAD)
    with store.transaction() as tx:
        ledger.again(tx, job_id, now=NOW)
    assert get(store, job_id).attempt == 0
    end(store, job_id, JobState.DEAD)
    assert job_figures.runs(store) == {"small": 2}


def test_figures(store: Database) -> None:
    assert job_figures.figures(store, now=NOW) == JobFigures(0, 0, 0, 0, 0.0, 0)
    ask(store, "1", at=NOW - 50)
    ask(store, "2", at=NOW - 90, delay=30)
    ask(store, "3", delay=100)
    for number, at in (("4", NOW - 10), ("5", NOW - 4000)):
        end(store, ask(store, number, at=at), JobState.SUCCEEDED, at=at)
    end(store, ask(store, "6"), JobState.DEAD)
    with store.transaction() as tx:
        ledger.claim(tx, ask_in(tx), lease="a", now=NOW)
    found = job_figures.figures(store, now=NOW)
    assert (found.waiting, found.later, found.running, found.dead) == (2, 1, 1, 1)
    assert (found.oldest_seconds, found.done_last_hour) == (60.0, 1)


def ask_in(tx: Transaction) -> JobId:
    made = ledger.enqueue(tx, NewJob("small", "in", {}, Queue.SLOW, 20, NOW), now=NOW)
    assert made is not None
    return made


def test_lists_by_state_kind_and_account(store: Database) -> None:
    first, second, third = ask(store, "1"), ask(store, "2", name="other"), ask(store, "3")
    with store.transaction() as tx:
        tx.execute("UPDATE jobs SET args = '{\"account_id\": 9}' WHERE id = ?", (second,))
        tx.execute("UPDATE jobs SET args = '{broken' WHERE id = ?", (third,))

    def found(wanted: Wanted) -> list[JobId]:
        return [job.id for job in job_figures.listed(store, wanted, 10)]

    assert found(Wanted()) == [third, second, first]
    assert found(Wanted(names=["other"])) == [second]
    assert found(Wanted(account_id=4)) == [first]
    assert found(Wanted(account_id=9, names=["small", "other"])) == [second]
    assert found(Wanted(states=[JobState.DEAD])) == []


def test_held_jobs_are_counted(store: Database) -> None:
    ask(store, "1")
    ask(store, "2", name="other")
    count = job_line.held_count
    assert count(store, Pauses(), below=20) == 0
    assert count(store, Pauses(everything=True), below=20) == 2
    assert count(store, Pauses(kinds=frozenset({"other", "x"})), below=20) == 1
    assert count(store, Pauses(held="battery"), below=20) == 0
    assert count(store, Pauses(held="battery"), below=21) == 2


@pytest.mark.parametrize(("failure", "held"), [("UnreachableError", 1), ("TransientError", 0)])
def test_what_waits_for_the_network_is_held(store: Database, failure: str, held: int) -> None:
    ask(store, "1")
    with store.transaction() as tx:
        ledger.claim(tx, JobId(1), lease="mine", now=NOW)
        ending = Ending("Gone.", failure)
        ledger.retry_later(tx, JobId(1), lease="mine", now=NOW, again=Again(60, 1), ending=ending)
    assert job_line.held_count(store, Pauses(), below=20) == held
