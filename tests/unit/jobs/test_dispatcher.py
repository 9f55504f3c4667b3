"""Huey between the ledger and the threads: nothing lost, nothing executed that we did not write."""

import json
import pickle
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huey import SqliteHuey

from fluffy_core.domain.jobs import JobState, Pauses, Queue
from fluffy_core.errors import DiskFullError, StoreError
from fluffy_core.events import Bus
from fluffy_core.jobs import dispatcher as dispatching
from fluffy_core.jobs.dispatcher import Dispatcher
from fluffy_core.jobs.queues import JsonMessages
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.jobs.run import JobRun, Runner
from fluffy_core.store import job_figures, job_line, ledger, pauses
from fluffy_core.store.database import Database
from tests.fakes.jobs import FakeMachine, all_jobs, kind, wait


class Machine:
    """A dispatcher over a store, to be started and stopped as often as a test wants."""

    def __init__(self, store: Database, *kinds: JobKind) -> None:
        self.store = store
        self.queue = store.path.with_name("queue.db")
        self.registry = Registry(kinds)
        self.machine = FakeMachine()
        self.dispatcher = self._made()
        store.add_after_commit(lambda _changes, jobs: self.dispatcher.wake() if jobs else None)

    def _made(self) -> Dispatcher:
        runner = Runner(self.store, self.registry, Bus())
        return Dispatcher(self.store, runner, self.registry, path=self.queue, machine=self.machine)

    def start(self) -> "Machine":
        self.dispatcher.start()
        return self

    def stop(self) -> bool:
        stopped = self.dispatcher.stop()
        self.dispatcher = self._made()
        return stopped

    def ask(self, name: str, *numbers: int, priority: int | None = None) -> None:
        with self.store.transaction() as tx:
            for number in numbers:
                job = self.registry.new_job(name, {"n": number}, run_after=time.time(), priority=priority)
                ledger.enqueue(tx, job, now=time.time())

    def pause(self, everything: bool, *, kinds: tuple[str, ...] = ()) -> None:
        with self.store.transaction() as tx:
            pauses.write(tx, Pauses(everything=everything, kinds=frozenset(kinds)))
        wait(lambda: self.dispatcher._pauses == pauses.read(self.store))

    def idle(self) -> bool:
        return ledger.open_count(self.store) == 0

    def states(self) -> set[JobState]:
        return {job.state for job in all_jobs(self.store)}


Build = Callable[..., Machine]


@pytest.fixture
def build(store: Database) -> Iterator[Build]:
    made: list[Machine] = []

    def build(*kinds: JobKind) -> Machine:
        made.append(Machine(store, *kinds))
        return made[-1]

    yield build
    for machine in made:
        machine.stop()


def test_messages_are_json_with_one_id(build: Build) -> None:
    machine = build(kind())
    machine.ask("small", 1, 2)
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    rows = sqlite3.connect(machine.queue).execute("SELECT queue, data FROM task ORDER BY id").fetchall()
    assert [queue for queue, _ in rows] == ["fast", "fast"]
    messages = [json.loads(data) for _, data in rows]
    assert [one["args"] for one in messages] == [[[1]], [[2]]]
    assert {frozenset(one) for one in messages} == {frozenset({"id", "name", "args"})}


class Bomb:
    """Pickled, it is code that runs when it is read."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (exec, ("import sys; sys.exploded = True",))


GARBAGE: list[object] = [
    pickle.dumps(Bomb()),
    b"",
    b"\x00\xff" * 50,
    b"null",
    b"[1]",
    b'{"id": 1}',
    b'{"id": "a", "name": "os.system", "args": [1]}',
    b'{"id": "a", "name": "fluffy_core.jobs.queues.run_jobs", "args": ["x"]}',
    b'{"id": "a", "name": "fluffy_core.jobs.queues.run_jobs", "args": [1e999]}',
    b'{"id": "a", "name": "fluffy_core.jobs.queues.run_jobs", "args": [-7]}',
    b'{"id": "a", "name": "fluffy_core.jobs.queues.run_jobs", "args": [99999999]}',
    b"[" * 100_000,
    "text",
    10**12,
    1.5,
]


@pytest.mark.logged("was no message of FluffyMail")
def test_garbage_in_the_queue_file_is_neither_run_nor_fatal(build: Build) -> None:
    import sys

    machine = build(kind()).start()
    with sqlite3.connect(machine.queue, timeout=10) as connection:
        connection.executemany(
            "INSERT INTO task (queue, data, priority) VALUES (?, ?, 99)",
            [(queue.value, one) for queue in Queue for one in GARBAGE],
        )
    connection.close()
    machine.ask("small", *range(20))
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}
    assert not hasattr(sys, "exploded")
    assert all(
        thread.is_alive() for c in machine.dispatcher._queues._consumers for _, thread in c.worker_threads
    )


@pytest.mark.parametrize("row", [pickle.dumps(Bomb()), b"{}", "text", 10**12, b"[[[[", b"null"])
def test_the_serializer_refuses_what_it_did_not_write(row: object) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        JsonMessages().deserialize(row)


@pytest.mark.parametrize("damage", ["deleted", "garbage", "emptied", "cut", "other tables"])
def test_a_lost_queue_file_is_rebuilt_from_the_ledger(build: Build, damage: str) -> None:
    machine = build(kind())
    machine.ask("small", *range(30))
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    machine.stop()
    for suffix in ("-wal", "-shm"):
        machine.queue.with_name(f"queue.db{suffix}").unlink(missing_ok=True)
    if damage == "other tables":
        machine.queue.unlink()
        with sqlite3.connect(machine.queue) as connection:
            connection.execute("CREATE TABLE task (something TEXT)")
        connection.close()
    elif damage == "deleted":
        machine.queue.unlink()
    else:
        content = {"garbage": b"no database " * 999, "emptied": b"", "cut": machine.queue.read_bytes()[:5000]}
        machine.queue.write_bytes(content[damage])
    machine.start()
    wait(machine.idle)
    assert machine.states() == {JobState.SUCCEEDED}
    assert [job.attempt for job in all_jobs(machine.store)] == [1] * 30


def test_a_queue_file_that_cannot_be_made_is_said(build: Build) -> None:
    machine = build(kind())
    machine.queue.mkdir()
    with pytest.raises(StoreError, match=r"queue\.db"):
        machine.start()


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


class Crowd:
    """Counts how many run at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.inside, self.most = seconds, 0, 0
        self.lock = threading.Lock()

    def __call__(self, _run: JobRun) -> str:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(self.seconds)
        with self.lock:
            self.inside -= 1
        return "Done"


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


@pytest.mark.parametrize("where", ["main thread", "another thread"])
def test_the_signal_handlers_of_the_process_stay_as_they_are(build: Build, where: str) -> None:
    """Huey's consumer takes over SIGINT and SIGTERM, and refuses to start outside the main thread."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    machine = build(kind())
    if where == "main thread":
        machine.start()
    else:
        thread = threading.Thread(target=machine.start)
        thread.start()
        thread.join()
    machine.ask("small", 1)
    wait(machine.idle)
    assert {one: signal.getsignal(one) for one in before} == before


def test_hueys_own_schedule_is_never_read(build: Build) -> None:
    machine = build(kind()).start()
    other = SqliteHuey(name="fast", filename=str(machine.queue), serializer=JsonMessages())
    other.storage.sql("INSERT INTO schedule (queue, data, timestamp) VALUES ('fast', x'00', 0)", commit=True)
    time.sleep(1.3)
    assert other.storage.schedule_size() == 1
    other.storage.close()


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


def test_the_queue_file_holds_no_word_of_mail(build: Build, tmp_path: Path) -> None:
    machine = build(kind("small", args={"n": int}))
    machine.ask("small", *range(40))
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("queue.db*"))
    assert b"run_jobs" in content
    assert b"small" not in content
