"""From the ledger to the threads: order, batches, places, pauses, and nothing lost."""

import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest

from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.errors import DiskFullError, TransientError
from fluffy_core.jobs import dispatcher as dispatching
from fluffy_core.jobs.run import JobRun
from fluffy_core.store import job_figures, job_line, ledger
from tests.fakes.effort import least
from tests.fakes.jobs import Crowd, all_jobs, kind, wait
from tests.fakes.machines import Build


def test_what_was_handed_over_is_handed_over_again_after_a_restart(build: Build) -> None:
    machine = build(kind())
    machine.ask("small", *range(10))
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    assert job_line.handed_over(machine.store) == {"fast": 10}
    machine.dispatcher._queues._hueys[Queue.FAST].storage.flush_queue()
    machine.stop()
    machine.start()
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}


def test_what_huey_loses_while_it_runs_is_found(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "REPAIR", 0.3)
    machine = build(kind())
    monkeypatch.setattr(machine.dispatcher, "_hand_over", lambda queue, jobs: None)
    machine.ask("small", 1, 2, 3)
    machine.start()
    wait(lambda: job_line.handed_over(machine.store) == {"fast": 3})
    monkeypatch.undo()
    monkeypatch.setattr(dispatching, "REPAIR", 0.3)
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}


@pytest.mark.logged("could not be written: full")
def test_an_unwritten_outcome_is_found(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "REPAIR", 0.3)
    fulls: list[int] = []
    original = ledger.finish

    def finish(*args: object, **more: object) -> bool:
        if not fulls:
            fulls.append(1)
            raise DiskFullError("full")
        return original(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "finish", finish)
    machine = build(kind(retries=0)).start()
    machine.ask("small", 1)
    wait(machine.idle)
    assert [(job.state, job.attempt) for job in all_jobs(machine.store)] == [(JobState.SUCCEEDED, 1)]


@pytest.mark.logged("could not be written: full")
def test_a_job_that_could_not_be_claimed_is_found_while_others_wait(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "REPAIR", 0.3)
    fulls: list[int] = []
    original = ledger.claim

    def claim(*args: object, **more: object) -> Job | None:
        if not fulls:
            fulls.append(1)
            raise DiskFullError("full")
        return original(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "claim", claim)
    gate = threading.Event()
    machine = build(kind(), kind("stuck", lambda _run: str(gate.wait(20)), parallel=2)).start()
    machine.ask("small", 1, priority=30)
    wait(lambda: bool(fulls))
    machine.ask("stuck", *range(5))
    wait(lambda: len(machine.dispatcher._turns) == 2)
    lost = all_jobs(machine.store)[0].id
    wait(lambda: lost in machine.dispatcher._with_queues)
    gate.set()
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}


@pytest.mark.logged("jobs wait: full")
def test_a_full_disk_does_not_end_the_feeding(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    fulls: list[int] = []
    original = job_line.due

    def due(*args: object, **more: object) -> list[job_line.Due]:
        if len(fulls) < 2:
            fulls.append(1)
            raise DiskFullError("full")
        return original(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(job_line, "due", due)
    machine = build(kind()).start()
    machine.ask("small", 1)
    wait(machine.idle)
    assert len(fulls) == 2


@pytest.mark.logged("jobs wait: ")
def test_what_huey_refuses_goes_back_to_the_ledger(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = build(kind()).start()
    calls = []
    huey = machine.dispatcher._queues._hueys[Queue.FAST]
    original = huey.enqueue

    def enqueue(task: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return original(task)

    monkeypatch.setattr(huey, "enqueue", enqueue)
    machine.ask("small", *range(8))
    wait(machine.idle)
    assert len(calls) == 9
    assert [job.attempt for job in all_jobs(machine.store)] == [1] * 8


def test_the_most_urgent_runs_first(build: Build) -> None:
    order: list[int] = []

    def note(run: JobRun) -> str:
        order.append(int(str(run.job.args["n"])))
        return "Done"

    machine = build(kind(handler=note, queue=Queue.SLOW))
    for number in range(60):
        machine.ask("small", number, priority=number % 3)
    machine.start()
    wait(machine.idle)
    assert order[:20] == [number for number in range(60) if number % 3 == 2]
    assert [number % 3 for number in order] == [2] * 20 + [1] * 20 + [0] * 20


@pytest.mark.parametrize(("parallel", "most"), [(1, 1), (5, 2)])
def test_a_kind_runs_as_often_at_once_as_it_may(build: Build, parallel: int, most: int) -> None:
    crowd = Crowd(0.02)
    machine = build(kind(handler=crowd, parallel=parallel)).start()
    machine.ask("small", *range(25))
    wait(machine.idle)
    assert crowd.most == most


def test_a_kind_that_is_full_keeps_no_other_kind_waiting(build: Build) -> None:
    gate, passed = threading.Event(), threading.Event()
    others: list[int] = []

    def other(_run: JobRun) -> str:
        others.append(1)
        return "Done"

    def stuck(_run: JobRun) -> str:
        passed.set()
        gate.wait(10)
        return "Done"

    machine = build(kind("stuck", stuck), kind("other", other)).start()
    machine.ask("stuck", 1, 2, 3)
    passed.wait(10)
    machine.ask("other", *range(5))
    wait(lambda: len(others) == 5)
    assert sum(job.state is JobState.SUCCEEDED for job in all_jobs(machine.store)) >= 4
    gate.set()
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}


def test_waiting_for_a_place_costs_no_writes(build: Build) -> None:
    gate = threading.Event()
    machine = build(kind(handler=lambda _run: str(gate.wait(10)))).start()
    machine.ask("small", *range(100))
    wait(lambda: JobState.RUNNING in machine.states())
    time.sleep(0.5)
    commits: list[int] = []
    machine.store.add_after_commit(lambda _changes, _jobs: commits.append(1))
    time.sleep(1.5)
    gate.set()
    assert len(commits) <= 1


def test_parked_jobs_run_by_urgency(build: Build) -> None:
    gate, order = threading.Event(), list[int]()

    def handle(run: JobRun) -> str:
        gate.wait(10)
        order.append(int(str(run.job.args["n"])))
        return "Done"

    machine = build(kind(handler=handle)).start()
    machine.ask("small", 0)
    wait(lambda: JobState.RUNNING in machine.states())
    machine.ask("small", 1, 2, 3)
    wait(lambda: sum(map(len, machine.dispatcher._parked.values())) == 3)
    machine.ask("small", 9, priority=40)
    wait(lambda: sum(map(len, machine.dispatcher._parked.values())) == 4)
    gate.set()
    wait(machine.idle)
    assert order == [0, 9, 1, 2, 3]


def test_a_pause_starts_nothing_and_ends_nothing(build: Build) -> None:
    gate, started = threading.Event(), threading.Event()

    def handle(_run: JobRun) -> str:
        started.set()
        gate.wait(10)
        return "Done"

    machine = build(kind(handler=handle)).start()
    machine.ask("small", *range(5))
    started.wait(10)
    machine.pause(True)
    gate.set()
    wait(lambda: sum(job.state is JobState.SUCCEEDED for job in all_jobs(machine.store)) == 1)
    time.sleep(0.3)
    assert sum(job.state is JobState.SUCCEEDED for job in all_jobs(machine.store)) == 1
    machine.pause(False)
    wait(machine.idle)


def test_a_job_starts_soon_after_it_is_asked_for(build: Build) -> None:
    machine = build(kind()).start()
    time.sleep(1.5)
    delays = []
    for number in range(8):
        machine.ask("small", number)
        wait(machine.idle)
        job = all_jobs(machine.store)[-1]
        delays.append((job.started_at or 0.0) - job.created_at)
        time.sleep(0.1)
    assert max(delays) < 1.0
    assert sorted(delays)[len(delays) // 2] < 0.6


def test_a_delayed_job_starts_on_time(build: Build) -> None:
    machine = build(kind()).start()
    at = time.time() + 0.7
    with machine.store.transaction() as tx:
        ledger.enqueue(tx, machine.registry.new_job("small", {"n": 1}, run_after=at), now=time.time())
    wait(machine.idle)
    assert 0 <= (all_jobs(machine.store)[0].started_at or 0.0) - at < 1.0


def test_stopping_with_a_busy_job_gives_it_back(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(run: JobRun) -> str:
        while True:
            run.checkpoint()
            time.sleep(0.01)

    machine = build(kind(handler=handle)).start()
    machine.ask("small", 1)
    wait(lambda: JobState.RUNNING in machine.states())
    started = time.monotonic()
    assert machine.stop() is True
    assert time.monotonic() - started < 5
    assert [(job.state, job.attempt) for job in all_jobs(machine.store)] == [(JobState.QUEUED, 0)]


def test_stopping_with_a_thousand_waiting_jobs_takes_no_time(build: Build) -> None:
    machine = build(kind(handler=Crowd(0.01), parallel=5)).start()
    machine.ask("small", *range(1000))
    wait(lambda: JobState.SUCCEEDED in machine.states())
    started = time.monotonic()
    assert machine.stop() is True
    assert time.monotonic() - started < 2
    left = [job for job in all_jobs(machine.store) if job.state is not JobState.SUCCEEDED]
    assert {job.state for job in left} == {JobState.QUEUED}
    assert len(left) > 500


def test_a_job_that_does_not_let_go_is_said(build: Build) -> None:
    gate = threading.Event()
    machine = build(kind(handler=lambda _run: str(gate.wait(10)))).start()
    machine.ask("small", 1)
    wait(lambda: JobState.RUNNING in machine.states())
    started = time.monotonic()
    assert machine.dispatcher.stop(timeout=0.5) is False
    assert time.monotonic() - started < 2
    gate.set()
    wait(machine.idle)


def test_a_job_that_this_version_does_not_know_is_dead_with_words(build: Build) -> None:
    machine = build(kind()).start()
    with machine.store.transaction() as tx:
        job = machine.registry.new_job("small", {"n": 1}, run_after=time.time())
        job_id = ledger.enqueue(tx, job, now=time.time())
        tx.execute("UPDATE jobs SET name = 'read-minds' WHERE id = ?", (job_id,))
    wait(machine.idle)
    assert [(job.state, "does not know" in job.error) for job in all_jobs(machine.store)] == [
        (JobState.DEAD, True)
    ]


def test_ten_thousand_waiting_jobs_slow_nothing_down(build: Build) -> None:
    machine = build(kind())
    machine.ask("small", *range(10_000))
    machine.start()
    wait(lambda: job_figures.counts(machine.store)["small"].get("succeeded", 0) > 50)
    before, started = job_figures.counts(machine.store)["small"]["succeeded"], time.monotonic()
    time.sleep(2)
    rate = (job_figures.counts(machine.store)["small"]["succeeded"] - before) / (time.monotonic() - started)
    machine.stop()
    assert rate > 30, f"{rate:.0f} jobs/s"


def test_a_pause_is_kept_to_the_second(build: Build) -> None:
    """Never before its end; a busy machine may be late once."""
    wanted = iter([0.4] * 5)
    late: list[float] = []
    machine = build(kind(handler=lambda run: pause_once(run, wanted, late))).start()

    def measure() -> float:
        machine.ask("small", len(late))
        wait(machine.idle)
        return late[-1]

    assert least(measure, enough=0.9) <= 1.0
    assert min(late) >= 0.0


def pause_once(run: JobRun, wanted: Iterator[float], late: list[float]) -> str:
    """Asks for a pause at first; then notes by how many seconds it was overslept."""
    if run.job.pauses == 0:
        raise TransientError("Slow down.", retry_after=next(wanted))
    late.append(time.time() - run.job.run_after)
    return "Done"
