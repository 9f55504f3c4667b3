"""Jobs in a process that is killed at any moment: none lost, none done twice."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fluffy_core.domain.jobs import JobState
from fluffy_core.store import integrity, ledger
from fluffy_core.store.database import Database
from tests.conftest import PROJECT
from tests.fakes import stored
from tests.fakes.jobs import all_jobs
from tests.faults.job_victim import CHILD, REGISTRY

LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
KILLS, JOBS = (300, 3000) if LONG else (30, 300)


def victim(store: Database, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.faults.job_victim",
        str(store.path.parent),
        store._key.hex(),
        *options,
    ]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def says(process: subprocess.Popen[str], word: str) -> None:
    """Wait until the process says a word."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"the process ended before it said {word}")


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def filled(folder: Path, count: int) -> Database:
    store = stored.empty(folder)
    with store.transaction(durable=True) as tx:
        tx.execute("CREATE TABLE effects (n INTEGER)")
        for number in range(count):
            job = REGISTRY.new_job("small", {"n": number}, run_after=time.time() - 1)
            ledger.enqueue(tx, job, now=time.time())
    return store


@pytest.mark.timeout(1800 if LONG else 180)
def test_no_kill_loses_or_doubles_a_job(tmp_path: Path) -> None:
    store = filled(tmp_path, JOBS)
    dice = random.Random(61)
    done_at_kills = []
    for _ in range(KILLS):
        process = victim(store)
        says(process, "ready")
        time.sleep(dice.uniform(0, 0.1))
        kill(process)
        done_at_kills.append((store.one("SELECT count(*) FROM effects") or (0,))[0])
    assert len(set(done_at_kills)) > KILLS / 3, "the kills came between the runs"
    process = victim(store)
    assert process.wait(timeout=120) == 0
    process.communicate()
    effects = [row[0] for row in store.all("SELECT n FROM effects ORDER BY n")]
    assert effects == [*range(JOBS), *range(CHILD, CHILD + JOBS, 2)]
    assert {job.state for job in all_jobs(store)} == {JobState.SUCCEEDED}
    assert {job.attempt for job in all_jobs(store)} == {1}
    assert integrity.database(store) == ""
    store.close()


def test_a_job_that_ran_when_the_process_was_killed_runs_again(tmp_path: Path) -> None:
    store = filled(tmp_path, 1)
    process = victim(store, "--endless")
    says(process, "running")
    kill(process)
    (job,) = all_jobs(store)
    assert (job.state, job.attempt) == (JobState.RUNNING, 1)
    process = victim(store)
    assert process.wait(timeout=60) == 0
    process.communicate()
    assert {one.state for one in all_jobs(store)} == {JobState.SUCCEEDED}
    assert all_jobs(store)[0].attempt == 1
    assert store.all("SELECT interruptions FROM jobs ORDER BY id") == [(1,), (0,)]
    store.close()
