"""Huey's three queues in one file: nothing executed that we did not write, a lost file made anew."""

import json
import pickle
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from huey import SqliteHuey

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState, Queue
from fluffy_core.errors import StoreError
from fluffy_core.jobs import queues as queueing
from fluffy_core.jobs.queues import JsonMessages, Queues
from tests.fakes.jobs import all_jobs, kind, wait
from tests.fakes.machines import Build


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


def test_the_queue_file_holds_no_word_of_mail(build: Build, tmp_path: Path) -> None:
    machine = build(kind("small", args={"n": int}))
    machine.ask("small", *range(40))
    machine.dispatcher._queues.open()
    machine.dispatcher._feed()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("queue.db*"))
    assert b"run_jobs" in content
    assert b"small" not in content


class Desk:
    """Queues whose workers note the ids they are given, and wait where a test wants them to."""

    def __init__(self, path: Path) -> None:
        self.seen: list[Sequence[JobId]] = []
        self.begun: list[threading.Thread] = []
        self.gate = threading.Event()
        self.stuck = threading.Event()
        self.allowed = 1
        self.queues = Queues(path, self.work, lambda: self.begun.append(threading.current_thread()))
        self.queues.open()
        self.queues.start(dict.fromkeys(Queue, 2), lambda _queue: self.allowed)

    def work(self, ids: Sequence[JobId]) -> None:
        if ids == [JobId(0)]:
            self.stuck.set()
            self.gate.wait(10)
        self.seen.append(ids)

    def put(self, *ids: int) -> None:
        self.queues.put(Queue.FAST, [JobId(one) for one in ids], priority=1)

    def end(self) -> None:
        self.gate.set()
        self.queues.ask_to_stop()
        for thread in self.queues.threads():
            thread.join(5)
        self.queues.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "queue.db")
    yield made
    made.end()


def test_a_message_carries_a_batch(desk: Desk) -> None:
    desk.put(4, 5, 6)
    wait(lambda: bool(desk.seen))
    assert desk.seen == [[4, 5, 6]]
    assert desk.queues.is_empty()


def test_a_message_wakes_a_worker_that_sleeps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = [worker for one in desk.queues._consumers for worker, _ in one.worker_threads]
    naps = dict.fromkeys(workers, 0)
    original = type(workers[0]).sleep

    def sleep(worker: queueing._Worker) -> None:
        naps[worker] += 1
        worker.delay = 3600.0
        original(worker)

    monkeypatch.setattr(queueing._Worker, "sleep", sleep)
    wait(lambda: sum(count > 0 for count in naps.values()) == len(Queue))  # of each two one is allowed
    for number in range(1, 6):
        desk.put(number)
        wait(lambda: [number] in desk.seen)  # noqa: B023 - it is over before the next
    desk.queues.ask_to_stop()
    wait(lambda: not any(thread.is_alive() for thread in desk.queues.threads()))


def test_each_worker_begins_in_its_own_thread(desk: Desk) -> None:
    wait(lambda: len(desk.begun) == 2 * len(Queue))
    assert set(desk.begun) <= set(desk.queues.threads())


def test_only_so_many_workers_work_as_may(desk: Desk) -> None:
    desk.put(0)
    assert desk.stuck.wait(10)
    desk.put(1)
    time.sleep(0.6)  # longer than any poll
    assert desk.seen == []
    desk.allowed = 2
    wait(lambda: desk.seen == [[1]])


def test_a_worker_that_is_stuck_is_replaced_and_leaves_when_it_can(desk: Desk) -> None:
    desk.put(0)
    assert desk.stuck.wait(10)
    (consumer,) = (one for one in desk.queues._consumers if one.huey.name == "fast")
    stuck = consumer.worker_threads[0][1]
    desk.queues.replace(stuck)
    desk.put(1)
    wait(lambda: desk.seen == [[1]])
    assert stuck.is_alive()
    assert stuck in desk.queues.threads()
    desk.gate.set()
    wait(lambda: not stuck.is_alive())
    assert desk.seen == [[1], [0]]


@pytest.mark.parametrize("harm", ["deleted", "replaced", "damaged"])
def test_a_file_lost_while_it_is_used_is_noticed_and_made_anew(desk: Desk, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "queue.db"
    assert not desk.queues.is_lost()
    desk.allowed = 0
    desk.put(1)
    if harm == "damaged":
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE task")
        with pytest.raises(StoreError, match=r"queue\.db"):
            desk.put(2)
    else:
        path.unlink()
        if harm == "replaced":
            path.write_bytes(b"")
    assert desk.queues.is_lost()
    desk.queues.rebuild()
    assert not desk.queues.is_lost()
    assert desk.queues.is_empty()
    desk.put(7)
    desk.allowed = 1
    wait(lambda: [7] in desk.seen)


def test_damage_met_by_a_worker_is_noticed(desk: Desk, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "queue.db")
    other.execute("DROP TABLE task")
    other.close()
    assert desk.queues.damaged.wait(10)


@pytest.mark.parametrize(
    ("code", "damage"),
    [(sqlite3.SQLITE_BUSY, False), (sqlite3.SQLITE_FULL, False), (sqlite3.SQLITE_CORRUPT, True),
     (sqlite3.SQLITE_NOTADB, True), (sqlite3.SQLITE_IOERR_READ, True), (sqlite3.SQLITE_BUSY_SNAPSHOT, False)],
)  # fmt: skip
def test_what_counts_as_damage(code: int, damage: bool) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    assert queueing.is_damage(error) is damage


def test_an_error_without_a_code_is_damage() -> None:
    assert queueing.is_damage(sqlite3.DatabaseError("malformed"))
