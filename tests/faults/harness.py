"""A home whose jobs run in a process that is killed, frozen, starved of disk, or given another time."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Self

import psutil

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState
from fluffy_core.store import integrity, job_line, ledger
from fluffy_core.store.database import Database
from tests.conftest import PROJECT
from tests.fakes import stored
from tests.fakes.jobs import all_jobs, wait
from tests.faults.job_victim import CHILD, POISON, REGISTRY, WRONG, ask, name_of


class Victim:
    """The process. `says` waits for a word of it."""

    def __init__(self, store: Database, *options: object) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.faults.job_victim",
            store.path.parent,
            store._key.hex(),
            *options,
        ]
        self.process = subprocess.Popen(
            list(map(str, command)), cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def says(self, word: str) -> Self:
        """Wait until the process says a word."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return self
        raise AssertionError(f"the process ended before it said {word}")

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.communicate()

    def freeze(self) -> None:
        """Stop it where it is, as a computer that sleeps does."""
        os.kill(self.process.pid, signal.SIGSTOP)
        wait(lambda: psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.process.pid, signal.SIGCONT)

    def finish(self, seconds: float = 120.0) -> None:
        """Wait until it did everything."""
        assert self.process.wait(timeout=seconds) == 0
        self.process.communicate()


class Home:
    """Numbered jobs of all kinds in a store, and what has to have come of them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self.store = stored.empty(folder)
        self.queue = folder / "queue.db"
        self._victims: list[Victim] = []
        with self.store.transaction(durable=True) as tx:
            tx.execute("CREATE TABLE effects (name TEXT, n INTEGER)")
            for number in range(count):
                ask(tx, name_of(number), number, now=time.time())

    def victim(self, *options: object) -> Victim:
        """A process that works here."""
        self._victims.append(Victim(self.store, *options))
        return self._victims[-1]

    def effects(self) -> int:
        """How many effects there are."""
        row = self.store.one("SELECT count(*) FROM effects")
        return int(row[0]) if row else 0

    def delete_queue(self) -> None:
        """Delete Huey's file, whoever uses it."""
        for suffix in ("", "-wal", "-shm"):
            self.queue.with_name(f"queue.db{suffix}").unlink(missing_ok=True)

    def ended_by_a_full_disk(self) -> list[JobId]:
        """The jobs that the full disk ended."""
        return [job.id for job in all_jobs(self.store) if job.failure == "DiskFullError"]

    def make_room(self) -> int:
        """Try again what the full disk ended; how many jobs."""
        ended = self.ended_by_a_full_disk()
        with self.store.transaction() as tx:
            return sum(ledger.again(tx, one, now=time.time()) for one in ended)

    def check(self) -> None:
        """Nothing lost, nothing doubled, every failure tried as often as it may, ledger and Huey agree."""
        numbers = [n for n in range(self.count) if n % POISON != 1 and n % WRONG != 2]
        wanted = sorted([*numbers, *(n + CHILD for n in numbers if n % 2 == 0)])
        assert [row[0] for row in self.store.all("SELECT n FROM effects ORDER BY n")] == wanted
        for job in all_jobs(self.store):
            number, kind = int(job.key), REGISTRY.kind(job.name)
            fails = number < CHILD and (number % POISON == 1 or number % WRONG == 2)
            assert job.state is (JobState.DEAD if fails else JobState.SUCCEEDED), job
            if number < CHILD and number % POISON == 1:
                assert job.attempt == 1 + kind.retries, job
            elif fails:
                assert job.attempt == 1, job
        assert ledger.open_count(self.store) == 0
        assert job_line.handed_over(self.store) == {}
        with closing(sqlite3.connect(self.queue)) as queue:
            assert queue.execute("SELECT count(*) FROM task").fetchone() == (0,)
        assert integrity.database(self.store) == ""

    def close(self) -> None:
        """End what still runs, and let the store go."""
        for victim in self._victims:
            if victim.process.poll() is None:
                victim.thaw()
                victim.kill()
        self.store.close()


def nap(seconds: float) -> None:
    """Let the process work for a while."""
    time.sleep(seconds)
