"""A dispatcher over a store, as tests start and stop it."""

import time
from collections.abc import Callable

from fluffy_core.domain.jobs import JobState, Pauses
from fluffy_core.events import Bus
from fluffy_core.jobs.dispatcher import Dispatcher
from fluffy_core.jobs.registry import JobKind, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.store import ledger, pauses
from fluffy_core.store.database import Database
from tests.fakes.jobs import FakeMachine, all_jobs, wait


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
