"""What the dispatcher makes of batches, pauses, a battery, a clock set back, and rows edited by hand."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from fluffy_core.domain.jobs import JobState, Queue
from fluffy_core.errors import KnownError
from fluffy_core.events import Bus
from fluffy_core.jobs import burden
from fluffy_core.jobs import dispatcher as dispatching
from fluffy_core.jobs.dispatcher import Dispatcher
from fluffy_core.jobs.registry import INTERACTIVE, MEDIUM, Registry
from fluffy_core.jobs.run import JobRun, Runner
from fluffy_core.services.home import activity
from fluffy_core.store import job_line, ledger, pauses
from fluffy_core.store.database import Database
from tests.fakes.jobs import Clock, Crowd, FakeMachine, all_jobs, done, kind, wait
from tests.fakes.machines import Build


def numbers_done(order: list[int]) -> Callable[[JobRun], str]:
    """A handler that notes the numbers of its jobs."""

    def handle(run: JobRun) -> str:
        order.append(int(str(run.job.args["n"])))
        return "Done"

    return handle


def test_as_many_as_a_batch_holds_go_in_one_message(build: Build) -> None:
    machine = build(kind(batch=4), kind("other", batch=4))
    machine.ask("small", *range(6))
    machine.ask("other", 1)
    machine.ask("small", 9, priority=30)
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    with closing(sqlite3.connect(machine.queue)) as file:
        rows = file.execute("SELECT data FROM task ORDER BY priority DESC, id").fetchall()
    sizes = [len(json.loads(data)["args"][0]) for (data,) in rows]
    assert sizes == [1, 4, 2, 1], "the urgent one alone, four and two of a kind, the other kind"


@pytest.mark.parametrize("size", [1, 3, 50])
def test_each_job_of_a_batch_has_an_outcome_of_its_own(build: Build, size: int) -> None:
    def handle(run: JobRun) -> str:
        number = int(str(run.job.args["n"]))
        if number % 3 == 1:
            raise KnownError(f"{number} cannot be done.")
        return f"Did {number}"

    machine = build(kind(handler=handle, batch=size))
    machine.ask("small", *range(9))
    machine.start()
    wait(machine.idle)
    told = [job.error or job.result for job in all_jobs(machine.store)]
    assert told == [f"{n} cannot be done." if n % 3 == 1 else f"Did {n}" for n in range(9)]
    assert [job.attempt for job in all_jobs(machine.store)] == [1] * 9


def test_a_batch_gives_way_to_what_is_more_urgent(build: Build) -> None:
    gate, order = threading.Event(), list[int]()
    note = numbers_done(order)

    def handle(run: JobRun) -> str:
        gate.wait(10)
        return note(run)

    machine = build(kind(handler=handle, queue=Queue.SLOW, batch=10))
    machine.ask("small", *range(10))
    machine.start()
    wait(lambda: JobState.RUNNING in machine.states())
    machine.ask("small", 99, priority=40)
    wait(lambda: job_line.more_urgent(machine.store, Queue.SLOW, 20))
    gate.set()
    wait(machine.idle)
    assert order == [0, 99, *range(1, 10)]


def test_a_batch_ends_at_a_pause(build: Build) -> None:
    gate, order = threading.Event(), list[int]()
    note = numbers_done(order)

    def handle(run: JobRun) -> str:
        gate.wait(10)
        return note(run)

    machine = build(kind(handler=handle, batch=10))
    machine.ask("small", *range(5))
    machine.start()
    wait(lambda: JobState.RUNNING in machine.states())
    machine.pause(False, kinds=("small",))
    gate.set()
    wait(lambda: job_line.handed_over(machine.store) == {} and order == [0])
    machine.pause(False)
    wait(machine.idle)
    assert order == [0, 1, 2, 3, 4]


def test_who_sits_before_the_window_waits_behind_no_backlog(build: Build) -> None:
    gate, order = threading.Event(), list[int]()
    note = numbers_done(order)

    def handle(run: JobRun) -> str:
        gate.wait(10)
        return note(run)

    machine = build(kind(handler=handle, queue=Queue.NORMAL), kind("quick", note, queue=Queue.NORMAL))
    machine.ask("small", *range(3 * dispatching.WINDOW))
    machine.start()
    wait(lambda: JobState.RUNNING in machine.states())
    machine.ask("quick", 7777, priority=INTERACTIVE)
    wait(lambda: job_line.more_urgent(machine.store, Queue.NORMAL, 20))
    gate.set()
    wait(lambda: 7777 in order)
    assert order[:2] == [0, 7777]
    machine.stop()


def test_a_kind_with_a_long_line_keeps_no_other_kind_waiting(build: Build) -> None:
    gate, others = threading.Event(), list[int]()
    stuck = kind("stuck", lambda _run: str(gate.wait(20)))
    machine = build(stuck, kind("other", numbers_done(others)))
    machine.ask("stuck", *range(3 * dispatching.WINDOW))
    machine.start()
    wait(lambda: JobState.RUNNING in machine.states())
    machine.ask("other", *range(50))
    wait(lambda: len(others) == 50)
    gate.set()
    wait(machine.idle)


def test_a_paused_kind_waits_and_keeps_nobody_waiting(build: Build) -> None:
    order: list[int] = []
    machine = build(kind(handler=numbers_done(order)), kind("quiet", numbers_done(order), priority=10))
    machine.start()
    machine.pause(False, kinds=("small",))
    machine.ask("small", 1)
    machine.ask("quiet", 2)
    wait(lambda: order == [2])
    assert job_line.held_count(machine.store, machine.dispatcher._pauses, below=MEDIUM) == 1
    machine.pause(False)
    wait(lambda: order == [2, 1])


def test_a_paused_job_stops_at_its_checkpoint_and_goes_on_later(build: Build) -> None:
    begun: list[float] = []
    gate = threading.Event()

    def handle(run: JobRun) -> str:
        begun.append(time.monotonic())
        while not gate.is_set():
            run.checkpoint()
            time.sleep(0.01)
        return "Done"

    machine = build(kind(handler=handle)).start()
    machine.ask("small", 1)
    wait(lambda: bool(begun))
    machine.pause(True)
    wait(lambda: machine.states() == {JobState.QUEUED})
    assert [job.attempt for job in all_jobs(machine.store)] == [0]
    gate.set()
    machine.pause(False)
    wait(machine.idle)
    assert [(job.state, job.attempt) for job in all_jobs(machine.store)] == [(JobState.SUCCEEDED, 1)]
    assert len(begun) == 2


def test_background_work_waits_for_the_charger(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burden, "INTERVAL", 0.0)
    order: list[int] = []
    machine = build(kind(handler=numbers_done(order)), kind("quiet", numbers_done(order), priority=10))
    machine.machine.unplugged = True
    machine.start()
    machine.ask("quiet", 1)
    machine.ask("small", 2)
    wait(lambda: order == [2])
    assert pauses.read(machine.store).held == "battery"
    machine.machine.unplugged = False
    machine.dispatcher.wake()
    wait(lambda: order == [2, 1])


def test_a_clock_set_back_by_a_day_holds_nobody_up(store: Database, clock: Clock) -> None:
    registry = Registry([kind(handler=done)])
    runner = Runner(store, registry, Bus(), clock=clock)
    path = store.path.with_name("queue.db")
    made = Dispatcher(store, runner, registry, path=path, machine=FakeMachine())
    made.start()
    with store.transaction() as tx:
        for number, delay in ((1, 0.0), (2, 60.0)):
            job = registry.new_job("small", {"n": number}, run_after=clock.now + delay)
            ledger.enqueue(tx, job, now=clock.now)
        clock.now -= 86_400
    made.wake()
    wait(lambda: all_jobs(store)[0].state is JobState.SUCCEEDED)
    assert all_jobs(store)[1].run_after == pytest.approx(clock.now + 60)
    clock.now += 61
    made.wake()
    wait(lambda: ledger.open_count(store) == 0)
    assert made.stop()


DAMAGES = {
    "state": ("state = 'asleep'", "Its entry was damaged"),
    "queue": ("queue = 'express'", "Its entry was damaged"),
    "no JSON": ("args = '{oops'", "small takes n."),
    "no object": ("args = '[1]'", "small takes n."),
    "deep": (f"args = '{'[' * 50_000}'", "small takes n."),
    "another type": ("""args = '{"n": "one"}'""", "small: n is not a number."),
    "too many": ("""args = '{"n": 1, "m": 2}'""", "small takes n."),
    "name": ("name = 'read-minds'", "does not know the job"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_row_edited_by_hand_is_dead_with_words_and_wedges_nothing(build: Build, damage: str) -> None:
    change, words = DAMAGES[damage]
    machine = build(kind())
    machine.ask("small", *range(6))
    with machine.store.transaction() as tx:
        tx.execute(f"UPDATE jobs SET {change} WHERE id = 3")
    machine.start()
    wait(machine.idle)
    jobs = all_jobs(machine.store)
    assert [job.state is JobState.DEAD for job in jobs] == [job.id == 3 for job in jobs]
    assert words in jobs[2].error
    assert activity.dead_letter(jobs[2]).cure
    assert activity.health(machine.store).level == "failing"


@pytest.mark.parametrize(
    "column", ["priority = -9e18", "attempt = 4000000", "run_after = 1e308", "created_at = 1e308"]
)
def test_numbers_edited_by_hand_wedge_nothing(build: Build, column: str) -> None:
    machine = build(kind())
    machine.ask("small", *range(6))
    with machine.store.transaction() as tx:
        tx.execute(f"UPDATE jobs SET {column.replace('-9e18', '-9000000000000000000')} WHERE id = 3")
    machine.start()
    wait(lambda: sum(job.state is JobState.SUCCEEDED for job in all_jobs(machine.store)) >= 5)
    assert activity.jobs(machine.store)
    assert activity.health(machine.store).text


@pytest.mark.logged("lost or damaged; it is made anew|jobs wait: .*no such table")
@pytest.mark.parametrize("harm", ["deleted", "tables dropped"])
def test_a_queue_file_lost_while_running_costs_no_job(build: Build, harm: str) -> None:
    machine = build(kind(handler=Crowd(0.002), parallel=5)).start()
    machine.ask("small", *range(400))
    wait(lambda: JobState.SUCCEEDED in machine.states())
    if harm == "deleted":
        machine.queue.unlink()
    else:
        with closing(sqlite3.connect(machine.queue, timeout=10)) as other:
            other.execute("DROP TABLE task")
    machine.dispatcher.wake()
    wait(machine.idle)
    jobs = all_jobs(machine.store)
    assert {(job.state, job.attempt) for job in jobs} == {(JobState.SUCCEEDED, 1)}
    assert job_line.handed_over(machine.store) == {}
    assert machine.queue.exists()


@pytest.mark.logged("job small .* failed with")
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError, RecursionError])
def test_no_error_of_a_handler_ends_its_worker(build: Build, error: type[BaseException]) -> None:
    def handle(run: JobRun) -> str:
        if run.job.args["n"] == 0:
            raise error
        return "Done"

    machine = build(kind(handler=handle, retries=1, backoff_base=0.01)).start()
    machine.ask("small", *range(5))
    wait(machine.idle)
    jobs = all_jobs(machine.store)
    assert [(job.state, job.attempt) for job in jobs] == [
        (JobState.DEAD, 2),
        *[(JobState.SUCCEEDED, 1)] * 4,
    ]
    assert all(
        thread.is_alive() for one in machine.dispatcher._queues._consumers for _, thread in one.worker_threads
    )


@pytest.mark.logged("job small .* failed with BugError")
@pytest.mark.parametrize("nonsense", [None, 5, b"Done", ["Done"], object()])
def test_nonsense_from_a_handler_is_no_success(build: Build, nonsense: object) -> None:
    machine = build(kind(handler=lambda _run: nonsense, retries=0)).start()  # type: ignore[arg-type,return-value]
    machine.ask("small", 1)
    wait(machine.idle)
    (job,) = all_jobs(machine.store)
    assert (job.state, job.failure) == (JobState.DEAD, "Bug")
