"""A process to be killed, frozen and starved while it runs jobs of all kinds with effects that are counted.

Run as `python -m tests.faults.job_victim HOME KEY [--endless] [--pages N] [--clock FILE]`: says "ready" once
the workers run, and ends when nothing is left to do. With --endless every job says "running" and never ends;
--pages is the most pages that the database may have (a full disk); FILE holds seconds that its clock is off.
"""

import argparse
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path

from fluffy_core.errors import KnownError, TransientError
from fluffy_core.events import Bus
from fluffy_core.jobs import catalogue
from fluffy_core.jobs.registry import Handler, JobKind, Registry
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.system import JobSystem
from fluffy_core.store import database, ledger
from fluffy_core.store.database import Database, Transaction
from tests.fakes.jobs import NO_PIM, nowhere, paths
from tests.fakes.models import NoModels

CHILD = 1_000_000
POISON, WRONG, SHAKY = 97, 193, 11
"""Every so many-th job always fails, fails for good at once, or fails the first time."""


def work(run: JobRun) -> str:
    """Note the effect; an even number asks for a child in the same transaction."""
    number = int(str(run.job.args["n"]))
    time.sleep(0.002)
    if number < CHILD:
        _fail_as_told(run, number)
    with run.store.transaction() as tx:
        tx.execute("INSERT INTO effects (name, n) VALUES (?, ?)", (run.job.name, number))
        if number < CHILD and number % 2 == 0:
            ask(tx, run.job.name, number + CHILD, now=run._runner.clock())
        return run.succeed(tx, "Done")


def _fail_as_told(run: JobRun, number: int) -> None:
    if number % POISON == 1:
        raise TransientError("It fails each time.", retry_after=0.0)
    if number % WRONG == 2:
        raise KnownError("It can never work.")
    if number % SHAKY == 3 and run.job.attempt == 1:
        raise TransientError("It fails the first time.", retry_after=0.0)


def never_end(_run: JobRun) -> str:
    """Run for ever."""
    sys.stdout.write("running\n")
    sys.stdout.flush()
    time.sleep(600)
    return "Done"


def ask(tx: Transaction, name: str, number: int, *, now: float) -> None:
    """Ask for a job by its number."""
    ledger.enqueue(tx, REGISTRY.new_job(name, {"n": number}, run_after=now), now=now)


def kinds(handler: Handler) -> list[JobKind]:
    """All twenty kinds as they are declared, but for what they do and are asked with."""
    declared = catalogue.kinds(paths(Path("unused")), NoModels(), connect=nowhere, pim=NO_PIM)
    same = {"handler": handler, "args": {"n": int}, "schedule": None}
    return [replace(one, key=lambda args: str(args["n"]), **same) for one in declared]  # type: ignore[arg-type]


REGISTRY = Registry(kinds(work))
NAMES = REGISTRY.names()


def name_of(number: int) -> str:
    """The kind of the job of a number."""
    return NAMES[number % len(NAMES)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("key")
    parser.add_argument("--endless", action="store_true")
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--clock", type=Path)
    return parser.parse_args()


def main() -> None:
    """Work until nothing is left."""
    arguments = _arguments()
    logging.disable(logging.CRITICAL)

    def clock() -> float:
        return time.time() + (float(arguments.clock.read_text() or 0) if arguments.clock else 0.0)

    if arguments.pages:
        full = (*database._PRAGMAS, f"PRAGMA max_page_count = {arguments.pages}")
        setattr(database, "_PRAGMAS", full)  # noqa: B010 - one more than the constant's type has
    store = Database(arguments.home / "fluffy.db", bytes.fromhex(arguments.key))
    registry = Registry(kinds(never_end)) if arguments.endless else REGISTRY
    jobs = JobSystem(store, registry, Bus(), paths=paths(arguments.home), clock=clock)
    assert jobs.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not jobs.idle():
        time.sleep(0.01)
    assert jobs.stop()
    sys.stdout.write("idle\n")


if __name__ == "__main__":
    main()
