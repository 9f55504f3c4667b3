"""One owner of a home, enqueueing beside it, and the verbs of the Activity view."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState, Pauses
from fluffy_core.errors import KnownError, StoreError, UsageError
from fluffy_core.events import Bus, Changed, Changes, Event
from fluffy_core.jobs.registry import Handler, Registry
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.system import JobSystem
from fluffy_core.store import ledger, pauses
from fluffy_core.store.database import Database
from tests.fakes.jobs import all_jobs, done, kind, paths, wait


def fail(_run: JobRun) -> str:
    raise KnownError("It cannot be done.")


def system(store: Database, handler: Handler = done) -> JobSystem:
    return JobSystem(store, Registry([kind(handler=handler)]), Bus(), paths=paths(store.path.parent))


@pytest.fixture
def jobs(store: Database) -> Iterator[JobSystem]:
    made = system(store)
    yield made
    made.stop()


def only(store: Database) -> tuple[JobId, JobState]:
    (job,) = all_jobs(store)
    return job.id, job.state


def test_asking_twice_for_the_same_is_one_job(jobs: JobSystem, store: Database) -> None:
    first = jobs.enqueue("small", {"n": 1})
    assert first is not None
    assert jobs.enqueue("small", {"n": 1}) is None
    assert jobs.enqueue("small", {"n": 2}) not in (None, first)
    assert len(all_jobs(store)) == 2


def test_without_workers_jobs_wait(jobs: JobSystem, store: Database) -> None:
    assert jobs.idle()
    jobs.enqueue("small", {"n": 1})
    assert (jobs.running, jobs.idle(), only(store)[1]) == (False, False, JobState.QUEUED)
    assert jobs.start()
    wait(jobs.idle)
    assert (jobs.running, only(store)[1]) == (True, JobState.SUCCEEDED)


def test_starting_and_stopping_twice_is_fine(jobs: JobSystem) -> None:
    assert jobs.start()
    assert jobs.start()
    assert jobs.stop() is True
    assert jobs.stop() is True
    assert not jobs.running
    assert jobs.start()


def test_a_home_has_one_owner_and_others_may_ask_beside_it(jobs: JobSystem, store: Database) -> None:
    other_store = Database(store.path, store._key)
    other = system(other_store)
    assert jobs.start()
    assert other.start() is False
    other.enqueue("small", {"n": 7})
    wait(jobs.idle)
    assert only(store)[1] is JobState.SUCCEEDED
    jobs.stop()
    assert other.start() is True
    assert jobs.start() is False
    other.stop()
    other_store.close()


SECOND = """
import sys
from pathlib import Path
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.system import JobSystem
from fluffy_core.store.database import Database
from tests.fakes.jobs import kind, paths
home = Path(sys.argv[1])
store = Database(home / "fluffy.db", bytes.fromhex(sys.argv[2]))
jobs = JobSystem(store, Registry([kind()]), Bus(), paths=paths(home))
print(jobs.start(), jobs.enqueue("small", {"n": int(sys.argv[3])}) is not None)
jobs.stop()
"""


def test_a_second_process_asks_and_the_first_works(jobs: JobSystem, store: Database) -> None:
    def second(number: int) -> str:
        command = [sys.executable, "-c", SECOND, str(store.path.parent), store._key.hex(), str(number)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    jobs.start()
    assert second(1) == "False True"
    wait(jobs.idle)
    assert only(store)[1] is JobState.SUCCEEDED
    jobs.stop()
    assert second(2) == "True True"


def test_an_owner_that_could_not_start_owns_nothing(store: Database) -> None:
    jobs = system(store)
    (store.path.parent / "queue.db").mkdir()
    with pytest.raises(StoreError):
        jobs.start()
    (store.path.parent / "queue.db").rmdir()
    other = system(store)
    assert other.start() is True
    other.stop()


def test_a_home_stays_owned_while_a_job_does_not_let_go(store: Database) -> None:
    gate = threading.Event()
    stuck, other = system(store, lambda _run: str(gate.wait(20))), system(store)
    stuck.start()
    stuck.enqueue("small", {"n": 1})
    wait(lambda: only(store)[1] is JobState.RUNNING)
    assert stuck.stop(timeout=0.2) is False
    assert other.start() is False
    assert (stuck.owned_elsewhere, other.owned_elsewhere) == (False, True)
    gate.set()
    wait(lambda: only(store)[1] is JobState.SUCCEEDED)


def test_dead_jobs_are_tried_again_or_discarded(store: Database) -> None:
    jobs = system(store, fail)
    jobs.start()
    jobs.enqueue("small", {"n": 1})
    wait(jobs.idle)
    job_id, state = only(store)
    assert state is JobState.DEAD
    jobs.retry(job_id)
    wait(jobs.idle)
    job = all_jobs(store)[0]
    assert (job.state, job.attempt) == (JobState.DEAD, 1)
    jobs.discard(job_id)
    assert all_jobs(store) == []
    jobs.stop()


def test_waiting_jobs_are_cancelled(jobs: JobSystem, store: Database) -> None:
    jobs.enqueue("small", {"n": 1})
    job_id, _ = only(store)
    jobs.cancel(job_id)
    assert only(store) == (job_id, JobState.CANCELLED)
    jobs.retry(job_id)
    assert only(store) == (job_id, JobState.QUEUED)


def test_what_makes_no_sense_is_said(jobs: JobSystem, store: Database) -> None:
    jobs.enqueue("small", {"n": 1})
    job_id, _ = only(store)
    for verb, words in (
        (jobs.retry, "not dead, cancelled or waiting"),
        (jobs.discard, "not dead or cancelled"),
    ):
        with pytest.raises(UsageError, match=words):
            verb(job_id)
    with pytest.raises(UsageError, match="not waiting or running"):
        jobs.cancel(JobId(99))
    with pytest.raises(UsageError, match="no job called"):
        jobs.enqueue("tiny", {})


def test_listeners_hear_of_jobs(store: Database) -> None:
    heard: list[Event] = []
    bus = Bus()
    jobs = JobSystem(store, Registry([kind()]), bus, paths=paths(store.path.parent))
    bus.subscribe(heard.append)
    jobs.enqueue("small", {"n": 1})
    assert heard == [Changes(frozenset({Changed.JOBS}))]


def test_a_pause_outlives_the_program(jobs: JobSystem, store: Database) -> None:
    assert not jobs.paused
    jobs.pause()
    jobs.start()
    jobs.enqueue("small", {"n": 1})
    jobs.stop()
    again = system(store)
    assert again.paused
    again.start()
    assert (again.held_back(), only(store)[1]) == (1, JobState.QUEUED)
    again.resume()
    wait(again.idle)
    assert (again.paused, only(store)[1]) == (False, JobState.SUCCEEDED)
    again.stop()


def test_one_kind_is_paused_by_name(jobs: JobSystem, store: Database) -> None:
    with pytest.raises(UsageError, match="no job called"):
        jobs.pause("tiny")
    jobs.pause("small")
    jobs.resume()
    jobs.start()
    jobs.enqueue("small", {"n": 1})
    assert (jobs.paused, jobs.held_back(), pauses.read(store).kinds) == (False, 1, frozenset({"small"}))
    jobs.resume("small")
    wait(jobs.idle)
    assert pauses.read(store) == Pauses()


def test_a_home_that_cannot_be_written_is_said(store: Database, tmp_path: Path) -> None:
    jobs = JobSystem(store, Registry([kind()]), Bus(), paths=paths(tmp_path / "missing" / "deeper"))
    (tmp_path / "missing").write_text("in the way")
    with pytest.raises(StoreError, match=r"owner\.lock cannot be written"):
        jobs.start()


def test_opening_recovers_what_an_earlier_process_left(jobs: JobSystem, store: Database) -> None:
    jobs.enqueue("small", {"n": 1})
    job_id, _ = only(store)
    with store.transaction() as tx:
        ledger.claim(tx, job_id, lease="of a process that died", now=2e9)
    jobs.start()
    wait(jobs.idle)
    job = all_jobs(store)[0]
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 1)
