"""`summarize-email-thread` as the runner does it: fast at once, accurate if it can, never failing."""

import json
from collections.abc import Callable, Iterator

import pytest

from fluffy_core.ai.base import Models, Prompt
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import summaries as jobs
from fluffy_core.store import ledger, summaries
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock
from tests.fakes.models import NoModels, Scripted
from tests.fakes.stored import Letter

OFFER = "The printing of 500 brochures will cost 900 euros including the delivery to Cologne."
SHORTER = "Printing 500 brochures will cost 900 euros including delivery to Cologne."


def shorter(_prompt: Prompt) -> str:
    return json.dumps({"sentences": [SHORTER]})


class Fails(Scripted):
    """Embeds, and fails when it is to speak."""

    def __init__(self, error: Exception, during: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.error, self.during = error, during

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        self.during()
        raise self.error


class Desk:
    """Asks for summaries of the one thread there is, and has them made."""

    def __init__(self, store: Database, clock: Clock) -> None:
        self.store, self.clock = store, clock
        stored.keep(store, [Letter("Print", OFFER)])

    def do(self, models: Models, model: str = "accurate") -> Job:
        registry = Registry([jobs.kind(models)])
        runner = Runner(self.store, registry, Bus(), clock=self.clock)
        args = {"thread_id": 1, "last_message_id": 1, "model": model}
        with self.store.transaction() as tx:
            new = registry.new_job(jobs.NAME, args, run_after=self.clock())
            ledger.forget_finished(tx, new.name, new.key)
            job_id = ledger.enqueue(tx, new, now=self.clock())
        assert job_id is not None
        for _ in range(jobs.RETRIES + 1):
            runner.run(job_id)
            self.clock.now += 3600
        job = ledger.get(self.store, job_id)
        assert job is not None
        return job

    @property
    def shown(self) -> tuple[str, str]:
        """(engine, first point)"""
        found = summaries.get(self.store, ThreadId(1))
        assert found is not None
        return found[0].engine, found[0].points[0].text


@pytest.fixture
def desk(store: Database, clock: Clock) -> Desk:
    return Desk(store, clock)


def test_fast_needs_no_model(desk: Desk) -> None:
    for models in (NoModels(), Scripted()):
        job = desk.do(models, "fast")
        assert (job.state, job.result) == (JobState.SUCCEEDED, "Summed up in 1 point")
        assert desk.shown == ("fast", OFFER)


def test_accurate_is_told_by_the_language_model(desk: Desk) -> None:
    job = desk.do(Scripted(shorter))
    assert job.state is JobState.SUCCEEDED
    assert desk.shown == ("accurate scripted", SHORTER)
    desk.do(Scripted(shorter), "fast")
    assert desk.shown == ("accurate scripted", SHORTER)


def test_the_fast_summary_is_there_while_the_model_thinks(desk: Desk) -> None:
    seen: list[tuple[str, str]] = []
    desk.do(Fails(ModelError("x"), lambda: seen.append(desk.shown)))
    assert seen[0] == ("fast", OFFER)


def test_nothing_sure_enough_is_said(desk: Desk) -> None:
    job = desk.do(Scripted(lambda _prompt: '{"sentences": ["It costs 5 dollars."]}'))
    assert (job.state, desk.shown[0]) == (JobState.SUCCEEDED, "fast")
    assert job.result == "The fast summary stays: nothing that the language model said was sure enough"


@pytest.mark.parametrize(
    ("models", "why"),
    [
        (NoModels(), "There is no language model"),
        (Fails(ModelError("The file is damaged.")), "The file is damaged."),
        (Fails(TransientError("It crashed.")), "the language model did not answer"),
    ],
    ids=["none", "damaged", "crashing"],
)
def test_a_model_that_fails_leaves_the_fast_summary(
    desk: Desk, models: Models, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    job = desk.do(models)
    assert job.state is JobState.SUCCEEDED
    assert why in job.result
    assert desk.shown == ("fast", OFFER)
    caplog.clear()


def test_a_model_that_crashed_once_is_tried_again(desk: Desk) -> None:
    class Recovers(Scripted):
        tries = 0

        def generate(
            self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
        ) -> Iterator[str]:
            self.tries += 1
            if self.tries == 1:
                raise TransientError("It crashed.")
            return super().generate(prompt, interactive=interactive, deadline=deadline)

    job = desk.do(Recovers(shorter))
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 2)
    assert desk.shown == ("accurate scripted", SHORTER)


def test_a_cancelled_job_stops_in_the_middle_of_an_answer(desk: Desk) -> None:
    pieces: list[str] = []

    class Endless(Scripted):
        def generate(
            self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
        ) -> Iterator[str]:
            job = desk.store.one("SELECT id FROM jobs WHERE state = 'running'")
            assert job is not None
            with desk.store.transaction() as tx:
                ledger.cancel(tx, job[0], now=desk.clock())
            while True:
                pieces.append("word ")
                yield "word "

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fluffy_core.jobs.run.PROGRESS_INTERVAL", 0.0)
        job = desk.do(Endless())
    assert job.state is JobState.CANCELLED
    assert len(pieces) == 1
    assert desk.shown == ("fast", OFFER)
