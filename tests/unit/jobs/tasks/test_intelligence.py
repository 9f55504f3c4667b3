"""`categorize-emails` as the runner does it: with the embedder where there is one, never failing by it."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.domain.learning import Scope
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import LOW, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import intelligence as jobs
from fluffy_core.jobs.tasks import meaning
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.services.imports import imports
from fluffy_core.services.sorting import labels, learning
from fluffy_core.store import insight, ledger, tags, threads
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock, all_jobs
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

    def do(self, models: NoModels) -> list[Job]:
        """Sort them; the job, and the one that looks closer where it was asked for."""
        registry = Registry(jobs.kinds(models))
        self.store.add_trigger(Triggers(registry, clock=self.clock))
        self.runner = Runner(self.store, registry, Bus(), clock=self.clock)
        with self.store.transaction() as tx:
            args = {"message_ids": self.ids, "force": 0}
            new = registry.new_job("categorize-emails", args, run_after=self.clock())
            ledger.enqueue(tx, new, now=self.clock())
        for _ in range(2):
            for job in all_jobs(self.store):
                if job.state is JobState.QUEUED:
                    self.runner.run(job.id)
        return all_jobs(self.store)

    @property
    def asking(self) -> list[object]:
        """The messages that ask for something."""
        return sorted(row[0] for row in insight.categories(self.store, 10) if row[4])  # type: ignore[type-var]


@pytest.fixture
def desk(store: Database, clock: Clock) -> Desk:
    return Desk(store, clock)


def test_words_sort_at_once_and_meaning_in_the_background(desk: Desk) -> None:
    models = Embeds()
    first, closer = desk.do(models)
    assert first.result == "Sorted 2 messages; 2 ask you something"
    assert (closer.state, closer.priority) == (JobState.SUCCEEDED, LOW)
    assert closer.args == {"message_ids": desk.ids, "force": 0, "closer": 1}
    assert closer.result == "Looked closer at 2 messages; meaning decided 1"
    assert models.asked == [(["Keep your head up."], jobs.PATIENCE)]


def test_who_waits_for_an_import_does_not_wait_for_meaning(desk: Desk) -> None:
    settled = []
    models = Embeds(lambda: settled.append(imports.is_settled(desk.store)))
    desk.do(models)
    assert settled == [True]


def test_without_an_embedder_there_is_no_closer_look(desk: Desk) -> None:
    models = Embeds()
    models.is_installed = False
    (job,) = desk.do(models)
    assert (job.result, models.asked) == ("Sorted 2 messages; 2 ask you something", [])


@pytest.mark.parametrize("error", [ModelError("damaged"), TransientError("late")])
def test_an_embedder_that_fails_is_done_without(desk: Desk, error: Exception) -> None:
    _, closer = desk.do(Embeds(failing(error)))
    assert (closer.state, closer.result) == (
        JobState.SUCCEEDED,
        "Looked closer at 2 messages; meaning decided 0",
    )
    assert desk.asking == desk.ids


def test_a_closer_look_that_is_to_end_writes_nothing(desk: Desk) -> None:
    """The embedder is ended with it, which is no reason to call it done."""

    def cancelled() -> None:
        (run,) = desk.runner.runs()
        run.cancelled = True
        run.kill_children()
        raise TransientError("ended")

    models = Embeds(cancelled)
    _, closer = desk.do(models)
    assert (closer.state, models.ended) == (JobState.CANCELLED, 1)
    assert desk.asking == desk.ids


def test_what_missed_the_closer_look_gets_it_when_the_model_comes(desk: Desk) -> None:
    models = Embeds()
    models.is_installed = False
    desk.do(models)
    models.is_installed = True
    registry = Registry(jobs.kinds(models))
    with desk.store.transaction() as tx:
        (args,) = meaning.backlog(desk.store)
        new = registry.new_job("summarize-email-thread", args, run_after=desk.clock())
        idle = ledger.enqueue(tx, new, now=desk.clock())
    assert idle is not None
    desk.runner.run(idle)
    closer = all_jobs(desk.store)[-1]
    assert (closer.name, closer.state, closer.priority) == ("categorize-emails", JobState.QUEUED, LOW)
    assert closer.args == {"message_ids": desk.ids[::-1], "force": 0, "closer": 1}
    desk.runner.run(closer.id)
    assert all_jobs(desk.store)[-1].result == "Looked closer at 2 messages; meaning decided 1"
    assert (["Keep your head up."], jobs.PATIENCE) in models.asked


@pytest.mark.parametrize("installed", [True, False])
def test_without_a_model_or_with_one_from_the_beginning_nothing_is_made_up(
    desk: Desk, installed: bool
) -> None:
    models = Embeds()
    models.is_installed = installed
    before = desk.do(models)
    registry = Registry(jobs.kinds(models))
    with desk.store.transaction() as tx:
        (args,) = meaning.backlog(desk.store)
        new = registry.new_job("summarize-email-thread", args, run_after=desk.clock())
        idle = ledger.enqueue(tx, new, now=desk.clock())
    assert idle is not None
    desk.runner.run(idle)
    assert [job.id for job in all_jobs(desk.store)] == [*(job.id for job in before), idle]


def test_what_a_correction_leaves_is_done_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "PAGE", 1)
    desk.do(NoModels())
    (thread_id,) = threads.of_messages(desk.store, desk.ids[:1])
    labels.categorize(desk.store, ThreadId(thread_id), "Receipts", scope=Scope.SENDER)
    assert tags.of_messages(desk.store, desk.ids).keys() == {desk.ids[0]}
    rest = all_jobs(desk.store)[-1]
    assert (rest.name, rest.state, rest.args["message_ids"]) == ("categorize-emails", JobState.QUEUED, [])
    desk.runner.run(rest.id)
    assert all_jobs(desk.store)[-1].result == "Looked at 2 messages by what was learned"
    assert tags.of_messages(desk.store, desk.ids).keys() == set(desk.ids)
    assert learning.left(desk.store, -int(str(rest.args["force"]))) == []
