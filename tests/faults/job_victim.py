"""A process to be killed while it runs small jobs, each with an effect and some with a child.

Run as `python -m tests.faults.job_victim HOME KEY [--endless]`: says "ready" once the workers run, and ends
when nothing is left to do. With --endless every job says "running" and never ends.
"""

import sys
import time
from pathlib import Path

from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.system import JobSystem
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from tests.fakes.jobs import kind, paths

CHILD = 1_000_000


def work(run: JobRun) -> str:
    """Note the effect; an even number asks for a child in the same transaction."""
    number = int(str(run.job.args["n"]))
    time.sleep(0.008)
    with run.store.transaction() as tx:
        tx.execute("INSERT INTO effects (n) VALUES (?)", (number,))
        if number < CHILD and number % 2 == 0:
            child = REGISTRY.new_job("small", {"n": number + CHILD}, run_after=time.time())
            ledger.enqueue(tx, child, now=time.time())
        return run.succeed(tx, "Done")


def never_end(_run: JobRun) -> str:
    """Run for ever."""
    sys.stdout.write("running\n")
    sys.stdout.flush()
    time.sleep(600)
    return "Done"


REGISTRY = Registry([kind(handler=work, parallel=5, retries=0)])


def main() -> None:
    """Work until nothing is left."""
    home, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
    store = Database(home / "fluffy.db", key)
    endless = Registry([kind(handler=never_end, retries=0)])
    jobs = JobSystem(store, endless if "--endless" in sys.argv else REGISTRY, Bus(), paths=paths(home))
    assert jobs.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not jobs.idle():
        time.sleep(0.01)
    jobs.stop()


if __name__ == "__main__":
    main()
