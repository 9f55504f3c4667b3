"""Limits that end a job for certain: signs of life, child processes, workers whose job does not stop."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.events import Bus
from fluffy_core.jobs import dispatcher as dispatching
from fluffy_core.jobs import watchdog
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import JobRun, Runner
from fluffy_core.services.home import activity
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from tests.fakes.jobs import all_jobs, kind, wait
from tests.fakes.machines import Build

pytestmark = pytest.mark.logged("does not stop; it was taken away")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "GRACE", 0.15)
    monkeypatch.setattr(watchdog, "BEAT", 0.05)
    monkeypatch.setattr(dispatching, "TICK", 0.05)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Where a handler hangs; open at the end, so that its thread ends."""
    made = threading.Event()
    yield made
    made.set()


def job_of(store: Database, key: str) -> Job:
    return next(job for job in all_jobs(store) if job.key == key)


def hang_on_one(gate: threading.Event, run: JobRun) -> str:
    """Job 1 hangs and then tries to have an effect; the others are done at once."""
    if run.job.args["n"] == 1:
        gate.wait(20)
        with run.store.transaction() as tx:
            tx.execute("INSERT INTO settings VALUES ('effect', '1')")
            return run.succeed(tx, "Done after all")
    return "Done"


def test_a_job_that_hangs_is_taken_away_and_the_queue_goes_on(
    build: Build, store: Database, gate: threading.Event
) -> None:
    hangs = kind(handler=partial(hang_on_one, gate), time_limit=0.2, retries=0, parallel=2)
    machine = build(hangs).start()
    machine.ask("small", 1)
    wait(lambda: job_of(store, "1").state is JobState.RUNNING)
    machine.ask("small", *range(2, 20))
    wait(machine.idle)
    job = job_of(store, "1")
    assert (job.state, job.failure, job.attempt) == (JobState.DEAD, "TimeLimit", 1)
    assert job.error == "It took longer than its limit of 0 seconds and did not stop."
    assert activity.dead_letter(job).cure == "Try again when the computer is less busy."
    assert {job_of(store, str(n)).state for n in range(2, 20)} == {JobState.SUCCEEDED}


def test_the_late_outcome_of_a_job_that_was_taken_away_is_refused(
    build: Build, store: Database, gate: threading.Event
) -> None:
    machine = build(kind(handler=partial(hang_on_one, gate), time_limit=0.2, retries=0)).start()
    machine.ask("small", 1)
    wait(machine.idle)
    before = threading.active_count()
    gate.set()
    wait(lambda: threading.active_count() < before)
    assert job_of(store, "1").state is JobState.DEAD
    assert store.one("SELECT 1 FROM settings WHERE key = 'effect'") is None


def test_a_hanging_job_is_tried_as_often_as_any_other(
    build: Build, store: Database, gate: threading.Event
) -> None:
    hangs = kind(handler=partial(hang_on_one, gate), time_limit=0.1, retries=2, backoff_base=0.01)
    machine = build(hangs).start()
    machine.ask("small", 1)
    wait(machine.idle)
    assert (job_of(store, "1").state, job_of(store, "1").attempt) == (JobState.DEAD, 3)
    assert [one.times for one in activity.alerts(store)] == [1]
    machine.ask("small", 2)
    wait(machine.idle)
    assert job_of(store, "2").state is JobState.SUCCEEDED


def test_the_rest_of_its_batch_goes_back_in_line(
    build: Build, store: Database, gate: threading.Event
) -> None:
    hangs = kind(handler=partial(hang_on_one, gate), time_limit=0.2, retries=0, batch=5)
    machine = build(hangs)
    machine.ask("small", 1, 2, 3)
    machine.start()
    wait(machine.idle)
    assert [job.state for job in all_jobs(store)] == [JobState.DEAD, JobState.SUCCEEDED, JobState.SUCCEEDED]
    assert [job.attempt for job in all_jobs(store)] == [1, 1, 1]


def test_a_cancelled_job_that_hangs_is_taken_away(
    build: Build, store: Database, gate: threading.Event
) -> None:
    machine = build(kind(handler=partial(hang_on_one, gate), time_limit=0.0)).start()
    machine.ask("small", 1)
    wait(lambda: job_of(store, "1").state is JobState.RUNNING)
    with store.transaction() as tx:
        ledger.cancel(tx, job_of(store, "1").id, now=time.time())
    wait(machine.idle)
    job = job_of(store, "1")
    assert (job.state, job.error) == (JobState.CANCELLED, "Cancelled; it did not stop by itself.")
    assert activity.alerts(store) == ()


def wait_for_a_child(children: list["subprocess.Popen[bytes]"], run: JobRun) -> str:
    """Wait for a process that never ends by itself."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    children.append(child)
    with run.child(child.kill):
        child.wait()
    run.checkpoint()
    return "not reached"


@pytest.mark.parametrize("how", ["limit", "cancel", "stop"])
def test_the_child_of_a_job_that_must_end_is_killed(build: Build, store: Database, how: str) -> None:
    children: list[subprocess.Popen[bytes]] = []
    limit = 0.2 if how == "limit" else 0.0
    waits = kind(handler=partial(wait_for_a_child, children), time_limit=limit, retries=0)
    machine = build(waits).start()
    machine.ask("small", 1)
    wait(lambda: bool(children))
    if how == "cancel":
        with store.transaction() as tx:
            ledger.cancel(tx, job_of(store, "1").id, now=time.time())
    if how == "stop":
        assert machine.dispatcher.stop(timeout=1.0)
    wait(lambda: children[0].poll() is not None)
    ended = {"limit": JobState.DEAD, "cancel": JobState.CANCELLED, "stop": JobState.QUEUED}
    wait(lambda: job_of(store, "1").state is ended[how])
    if how == "limit":
        assert job_of(store, "1").error == "It took longer than its limit of 0 seconds."


def test_a_child_that_is_gone_is_nobodys_to_kill(build: Build, store: Database) -> None:
    killed: list[int] = []

    def handle(run: JobRun) -> str:
        with run.child(lambda: killed.append(1)):
            run.checkpoint()
        run.kill_children()
        return "Done"

    machine = build(kind(handler=handle)).start()
    machine.ask("small", 1)
    wait(machine.idle)
    assert killed == []


def test_signs_of_life_reach_the_ledger(build: Build, store: Database, gate: threading.Event) -> None:
    silent = threading.Event()

    def handle(run: JobRun) -> str:
        while not silent.is_set():
            run.checkpoint()
            time.sleep(0.01)
        gate.wait(20)
        return "Done"

    machine = build(kind(handler=handle)).start()
    machine.ask("small", 1)
    wait(lambda: job_of(store, "1").state is JobState.RUNNING)
    begun = job_of(store, "1").heartbeat_at or 0.0
    assert begun > 0
    wait(lambda: (job_of(store, "1").heartbeat_at or 0.0) > begun + 0.2)
    silent.set()
    time.sleep(0.3)
    last = job_of(store, "1").heartbeat_at
    time.sleep(0.3)
    assert job_of(store, "1").heartbeat_at == last
    told = activity.sentence(job_of(store, "1"), now=(last or 0.0) + 40)
    assert told == "Small: running, no sign of life for 40 s"


def test_a_job_without_limit_may_work_for_ever(build: Build, store: Database, gate: threading.Event) -> None:
    machine = build(kind(handler=lambda _run: str(gate.wait(20)), time_limit=0.0)).start()
    machine.ask("small", 1)
    wait(lambda: job_of(store, "1").state is JobState.RUNNING)
    time.sleep(0.6)
    assert job_of(store, "1").state is JobState.RUNNING
    gate.set()
    wait(machine.idle)
    assert job_of(store, "1").state is JobState.SUCCEEDED


def test_what_the_process_slept_is_no_jobs_fault(
    store: Database, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandoned: list[JobRun] = []
    one = kind(handler=partial(hang_on_one, gate), time_limit=60.0, retries=0)
    runner = Runner(store, Registry([one]), Bus())
    with store.transaction() as tx:
        job = Registry([one]).new_job("small", {"n": 1}, run_after=0.0)
        job_id = ledger.enqueue(tx, job, now=time.time())
    assert job_id is not None
    dog = watchdog.Watchdog(store, runner, abandoned.append)
    thread = threading.Thread(target=runner.run, args=(job_id,))
    thread.start()
    wait(lambda: bool(runner.runs()))
    now = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for jump, steps in ((0.0, 50), (100_000.0, 9)):
        now[0] += jump
        for _ in range(steps):
            dog.look()
            now[0] += 1.0
        assert abandoned == []
    for _ in range(5):
        dog.look()
        now[0] += 1.0
    monkeypatch.undo()
    assert [run.job.id for run in abandoned] == [job_id]
    gate.set()
    thread.join()


def test_nothing_running_costs_no_question(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody:
        def runs(self) -> tuple[()]:
            return ()

    monkeypatch.setattr(ledger, "cancelled", lambda _store: pytest.fail("asked for nothing"))
    watchdog.Watchdog(store, Nobody(), lambda _run: None).look()  # type: ignore[arg-type]
    assert ledger.get(store, JobId(1)) is None
