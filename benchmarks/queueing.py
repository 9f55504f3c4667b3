"""The price of a job: nothing to do, through ledger and Huey against plain Huey, and how soon it starts."""

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer

from benchmarks import programs
from benchmarks.programs import Contender
from benchmarks.results import Row, at_most, percentile
from benchmarks.workshop import Workshop
from fluffy_core.config import Paths, resources_folder
from fluffy_core.domain.jobs import Queue
from fluffy_core.events import Bus
from fluffy_core.jobs.machine import ThisMachine, workers
from fluffy_core.jobs.registry import MEDIUM, JobKind, Registry
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.system import JobSystem
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from fluffy_core.store.migrations import migrate

WORKERS = workers(ThisMachine().cores())[Queue.FAST]
STARTS = 20
OVERHEAD_BAR, START_BAR = 3.0, 1.0
BUDGET = 60.0
LIMIT = 60.0
"""Seconds that one round may take."""


class Count:
    """Counts jobs as they run, and tells when all have."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._lock = threading.Lock()
        self.starts: list[float] = []
        self.full = threading.Event()

    def note(self) -> None:
        """One ran."""
        with self._lock:
            self.starts.append(time.perf_counter())
            if len(self.starts) >= self._wanted:
                self.full.set()

    def wait(self) -> None:
        """Until all ran. Raises BenchmarkError when that takes too long."""
        if not self.full.wait(LIMIT):
            raise programs.BenchmarkError(
                f"only {len(self.starts)} of {self._wanted} jobs ran in {LIMIT:.0f} s"
            )


class _Consumer(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves this process's signal handlers alone."""

    def _set_signal_handlers(self) -> None:
        pass


def measure(shop: Workshop) -> Iterator[Row]:
    """Overhead in turns, then the wait of single jobs after a rest."""
    jobs = shop.sizes.jobs
    folder = Path(tempfile.mkdtemp(dir=shop.folder))
    contenders = [
        Contender("plain", lambda n: plain(folder / f"plain-{n}.db", jobs)),
        Contender("batch", lambda n: through_ledger(folder / f"batch-{n}", jobs, singly=False)),
        Contender("single", lambda n: through_ledger(folder / f"single-{n}", jobs, singly=True)),
    ]
    times = programs.best_in_turns(contenders, rounds=shop.sizes.rounds, budget=BUDGET)
    best = {name: 1000 * min(found) / jobs for name, found in times.items()}
    yield from overhead(best, jobs=jobs, rounds=len(times["plain"]))
    yield start_row(waits(folder / "waits", shop.sizes.idle_seconds), shop.sizes.idle_seconds)
    shutil.rmtree(folder)


def overhead(best: dict[str, float], *, jobs: int, rounds: int) -> Iterator[Row]:
    """Milliseconds for each job, and the ratio to plain Huey."""
    how = f"{jobs:,} jobs that do nothing, best of {rounds}"
    yield Row("jobs", "plain Huey, SQLite", best["plain"], "ms/job", None, how)
    bar = at_most(OVERHEAD_BAR)
    told = f"{best['batch']:.2f} ms/job, encrypted, enqueued in one transaction"
    yield Row("jobs", "ledger + Huey against plain Huey", best["batch"] / best["plain"], "x", bar, told)
    told = f"{best['single']:.2f} ms/job, each enqueued in a durable transaction of its own"
    yield Row("jobs", "the same, enqueued one by one", best["single"] / best["plain"], "x", None, told)


def start_row(found: list[float], idle: float) -> Row:
    """How long a job waits for its start when nothing else is there."""
    how = f"{len(found)} jobs, median {percentile(found, 0.5):.3f} s, after {idle:.0f} s of rest"
    return Row("jobs", "enqueue to start, p95", percentile(found, 0.95), "s", at_most(START_BAR), how)


def plain(path: Path, jobs: int) -> float:
    """Seconds to enqueue and run `jobs` empty tasks with Huey alone."""
    huey = SqliteHuey(name="plain", filename=str(path), results=False)
    count = Count(jobs)
    task: Any = huey.task(name="nothing")(count.note)
    consumer = _Consumer(huey, workers=WORKERS, periodic=False, initial_delay=0.05, check_worker_health=False)
    consumer.start()
    try:
        started = time.perf_counter()
        for _ in range(jobs):
            task()
        count.wait()
        return time.perf_counter() - started
    finally:
        consumer.stop(graceful=True)
        huey.storage.close()


@contextmanager
def job_system(home: Path, count: Count) -> Iterator[tuple[JobSystem, Database]]:
    """A home with nothing but a job that does nothing, its workers running."""

    def nothing(run: JobRun) -> str:
        count.note()
        with run.store.transaction() as tx:
            return run.succeed(tx, "")

    home.mkdir(parents=True)
    paths = Paths(home=home, models=home / "models", resources=resources_folder())
    kind = JobKind(
        name="nothing",
        queue=Queue.FAST,
        priority=MEDIUM,
        args={"number": int},
        key=lambda args: str(args["number"]),
        handler=nothing,
        parallel=WORKERS,
    )
    store = Database(paths.database, secrets.token_bytes(32))
    migrate(store)
    system = JobSystem(store, Registry([kind]), Bus(), paths=paths)
    system.start()
    try:
        yield system, store
    finally:
        if system.stop():
            store.close()


def through_ledger(home: Path, jobs: int, *, singly: bool) -> float:
    """Seconds to enqueue and run `jobs` empty jobs through ledger and Huey."""
    count = Count(jobs)
    with job_system(home, count) as (system, store):
        started = time.perf_counter()
        if singly:
            for number in range(jobs):
                system.enqueue("nothing", {"number": number})
        else:
            now = time.time()
            with store.transaction(durable=True) as tx:
                for number in range(jobs):
                    ledger.enqueue(
                        tx, system.registry.new_job("nothing", {"number": number}, run_after=now), now=now
                    )
        count.wait()
        while not system.idle():
            time.sleep(0.002)
        return time.perf_counter() - started


def waits(home: Path, idle: float) -> list[float]:
    """Seconds between enqueueing and the start of single jobs, the first after `idle` seconds of rest."""
    found: list[float] = []
    count = Count(STARTS)
    with job_system(home, count) as (system, _):
        time.sleep(idle)
        for number in range(STARTS):
            asked = time.perf_counter()
            system.enqueue("nothing", {"number": number})
            limit = asked + LIMIT
            while len(count.starts) <= number and time.perf_counter() < limit:
                time.sleep(0.001)
            if len(count.starts) <= number:
                raise programs.BenchmarkError(f"a job did not start within {LIMIT:.0f} s")
            found.append(count.starts[number] - asked)
            time.sleep(0.3 + 0.037 * number)  # the workers' naps grow again, and are met at any moment
    return found
