"""The idle job that gives mail its vectors: asked for while some lack, in steps that are kept."""

import pytest

from fluffy_core.ai.base import Models
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import TransientError
from fluffy_core.events import Bus, Progress
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import intelligence, meaning
from fluffy_core.services.reading import meaning as service
from fluffy_core.store import ledger, vectors
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock
from tests.fakes.models import NoModels, Scripted
from tests.fakes.stored import Letter


def run(store: Database, clock: Clock, models: Models, bus: Bus | None = None) -> Job:
    """Ask for what the slot wants and do it."""
    registry = Registry(intelligence.kinds(models))
    (args,) = meaning.backlog(store)
    with store.transaction() as tx:
        wanted = registry.new_job("summarize-email-thread", args, run_after=clock())
        job_id = ledger.enqueue(tx, wanted, now=clock())
    assert job_id is not None
    Runner(store, registry, bus or Bus(), clock=clock).run(job_id)
    job = ledger.get(store, job_id)
    assert job is not None
    return job


@pytest.fixture
def filled(store: Database) -> Database:
    stored.keep(store, [Letter(f"s{n}", f"Text {n}.") for n in range(5)])
    return store


def test_it_is_asked_for_only_while_messages_lack_vectors(filled: Database, clock: Clock) -> None:
    assert list(meaning.backlog(filled)) == [{"thread_id": 0, "last_message_id": 5, "model": "meaning"}]
    run(filled, clock, Scripted())
    assert list(meaning.backlog(filled)) == []


def test_nothing_is_asked_for_in_an_empty_home(store: Database) -> None:
    assert list(meaning.backlog(store)) == []


def test_it_covers_everything_and_says_how_far_it_is(
    filled: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PORTION", 2)
    bus, told = Bus(), list[str]()
    bus.subscribe(lambda event: told.append(event.text) if isinstance(event, Progress) else None)
    job = run(filled, clock, Scripted(), bus)
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Meaning search covers 5 of 5 messages")
    assert told[:3] == [f"Meaning search covers {n} of 5 messages" for n in (2, 4, 5)]


def test_when_its_time_is_over_the_next_half_hour_goes_on(
    filled: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PORTION", 2)
    monkeypatch.setattr(meaning, "SECONDS", 0.0)
    assert run(filled, clock, Scripted()).result == "Meaning search covers 2 of 5 messages"


def test_it_makes_way_for_everybody_else(
    filled: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PORTION", 2)
    with filled.transaction() as tx:
        args = {"thread_id": 1, "last_message_id": 1, "model": "fast"}
        other = Registry(intelligence.kinds(Scripted())).new_job("summarize-email-thread", args, run_after=0)
        ledger.enqueue(tx, other, now=clock())
    assert run(filled, clock, Scripted()).result == "Meaning search covers 2 of 5 messages"
    (again,) = meaning.backlog(filled)
    assert again["last_message_id"] == 7


def test_without_a_model_it_says_so_and_succeeds(filled: Database, clock: Clock) -> None:
    job = run(filled, clock, NoModels())
    assert (job.state, job.result) == (JobState.SUCCEEDED, "Meaning search waits: no model")


@pytest.mark.logged("summarize-email-thread")
def test_a_model_that_dies_is_tried_again_later(filled: Database, clock: Clock) -> None:
    class Dying(Scripted):
        def embed(self, texts, *, interactive=False, deadline=60.0):  # type: ignore[no-untyped-def]
            raise TransientError("The model process died.")

    assert run(filled, clock, Dying()).state is JobState.WAITING_RETRY
    assert vectors.coverage(filled) == (0, 5)
