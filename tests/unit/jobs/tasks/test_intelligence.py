"""`categorize-emails` as the runner does it: with the embedder where there is one, never failing by it."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import intelligence as jobs
from fluffy_core.store import insight, ledger
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock
from tests.fakes.models import NoModels, Scripted
from tests.fakes.stored import Letter

LETTERS = [Letter("Print", "Keep your head up.\n"), Letter("Contract", "Could you send me the contract?\n")]
"""The words of the first leave in doubt whether it asks for something."""


class Embeds(Scripted):
    """Keeps what it is asked; then `during` happens."""

    def __init__(self, during: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.asked: list[tuple[list[str], float]] = []
        self.during = during
        self.ended = 0

    def embed(
        self, texts: Sequence[str], *, interactive: bool = False, deadline: float = 60.0
    ) -> NDArray[np.float32]:
        assert not interactive
        self.asked.append((list(texts), deadline))
        self.during()
        return super().embed(texts)

    def interrupt(self) -> None:
        self.ended += 1


def failing(error: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


class Desk:
    """Two letters, to be sorted."""

    def __init__(self, store: Database, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.ids = [int(one) for one in stored.keep(store, LETTERS)]

    def do(self, models: NoModels) -> Job:
        registry = Registry(jobs.kinds(models))
        self.runner = Runner(self.store, registry, Bus(), clock=self.clock)
        with self.store.transaction() as tx:
            args = {"message_ids": self.ids, "force": 0}
            new = registry.new_job("categorize-emails", args, run_after=self.clock())
            ledger.forget_finished(tx, new.name, new.key)
            job_id = ledger.enqueue(tx, new, now=self.clock())
        assert job_id is not None
        self.runner.run(job_id)
        job = ledger.get(self.store, job_id)
        assert job is not None
        return job

    @property
    def kept(self) -> list[tuple[object, ...]]:
        return insight.categories(self.store, 10)


@pytest.fixture
def desk(store: Database, clock: Clock) -> Desk:
    return Desk(store, clock)


def test_what_is_in_doubt_is_embedded_in_the_background_and_in_time(desk: Desk) -> None:
    models = Embeds()
    job = desk.do(models)
    assert (job.state, job.result[:18]) == (JobState.SUCCEEDED, "Sorted 2 messages;")
    assert models.asked == [(["Keep your head up."], jobs.PATIENCE)]


def test_without_an_embedder_none_is_asked(desk: Desk) -> None:
    models = Embeds()
    models.is_installed = False
    job = desk.do(models)
    assert (job.result, models.asked) == ("Sorted 2 messages; 2 ask you something", [])


@pytest.mark.parametrize("error", [ModelError("damaged"), TransientError("late")])
def test_an_embedder_that_fails_is_done_without(desk: Desk, error: Exception) -> None:
    desk.do(NoModels())
    by_words = desk.kept
    job = desk.do(Embeds(failing(error)))
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Sorted 2 messages; 2 ask you something")
    assert desk.kept == by_words


def test_a_job_that_is_to_end_writes_nothing(desk: Desk) -> None:
    """The embedder is ended with it, which is no reason to go on by words."""

    def cancelled() -> None:
        (run,) = desk.runner.runs()
        run.cancelled = True
        run.kill_children()
        raise TransientError("ended")

    models = Embeds(cancelled)
    job = desk.do(models)
    assert (job.state, models.ended) == (JobState.CANCELLED, 1)
    assert desk.kept == []
