"""`analyze-writing-style` and `generate-email-draft` as the runner does them."""

import json
from collections.abc import Iterator

import pytest

from fluffy_core.ai.base import Models, Prompt
from fluffy_core.domain.drafting import DraftRequest, Suggestion
from fluffy_core.domain.events import DraftWanted
from fluffy_core.domain.ids import JobId, ThreadId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.errors import UsageError
from fluffy_core.events import Bus, DraftGrew, Event
from fluffy_core.jobs.registry import HIGH, INTERACTIVE, Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import writing
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.services.writing import drafting, habits, styles
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock
from tests.fakes.models import NoModels, Scripted
from tests.fakes.stored import ANN, Letter

ME = "Max Roe <me@example.com>"
HI = "Hi Ann,\n\nI have read the plan and I think that it is good.\n\nBest,\nMax\n"
ASK = "Hello Max,\n\ncould you send me the signed contract by Friday?\n"
SAID = "I will send the signed contract. I will send it by Friday."


class Desk:
    """Asks for the writing jobs and does them; keeps what the bus hears."""

    def __init__(self, store: Database, clock: Clock, models: Models) -> None:
        self.store = store
        self.clock = clock
        self.registry = Registry(writing.kinds(models))
        bus = Bus()
        self.heard: list[Event] = []
        bus.subscribe(self.heard.append)
        self.runner = Runner(store, self.registry, bus, clock=clock)
        store.add_trigger(Triggers(self.registry, clock=clock))

    def ask(self, name: str, **args: object) -> JobId | None:
        with self.store.transaction() as tx:
            wanted = self.registry.new_job(name, args, run_after=self.clock())
            return ledger.enqueue(tx, wanted, now=self.clock())

    def do(self, name: str, **args: object) -> Job:
        job_id = self.ask(name, **args)
        assert job_id is not None
        return self.run(job_id)

    def run(self, job_id: JobId) -> Job:
        self.runner.run(job_id)
        job = ledger.get(self.store, job_id)
        assert job is not None
        return job


@pytest.fixture
def box(store: Database) -> Database:
    """Four letters of mine to Ann, and a question of hers in thread 5."""
    stored.keep(store, [Letter(f"Plan {n}", HI, ME, ANN, n, id=f"p{n}") for n in range(4)])
    stored.keep(store, [Letter("Contract", ASK, day=9, id="ask")], name="asked")
    return store


def test_the_style_is_learned_once_a_month(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, NoModels())
    job = desk.do("analyze-writing-style", month="2025-03")
    assert (job.state, job.queue) == (JobState.SUCCEEDED, Queue.SLOW)
    assert job.result == "Learned how you write from 4 letters, with habits of their own for 1 person"
    assert desk.ask("analyze-writing-style", month="2025-03") is None
    kept = styles.kept(box)
    desk.do("analyze-writing-style", month="2025-04")
    assert styles.kept(box) == kept != []


def test_the_sample_is_limited(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, NoModels())
    for size in (9, 1001):
        with pytest.raises(UsageError):
            desk.ask("analyze-writing-style", sample_size=size)
    assert desk.do("analyze-writing-style", sample_size=10).state is JobState.SUCCEEDED


def test_an_empty_mailbox_teaches_nothing(store: Database, clock: Clock) -> None:
    job = Desk(store, clock, NoModels()).do("analyze-writing-style")
    assert (job.state, job.result) == (JobState.SUCCEEDED, "You have sent no mail yet to learn from")


def test_a_draft_is_stored_under_its_request(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, NoModels())
    job = desk.do("generate-email-draft", request_id="r", thread_id=5)
    assert (job.state, job.queue, job.priority) == (JobState.SUCCEEDED, Queue.FAST, HIGH)
    found = drafting.get(box, "r")
    assert found is not None
    assert found.text.startswith("Hi Ann,")
    assert job.result == f"Drafted {len(found.text.split())} words"


def test_the_bus_hears_a_draft_grow(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, Scripted(lambda _prompt: SAID))
    desk.do("generate-email-draft", request_id="r", thread_id=5)
    grown = [one.text for one in desk.heard if isinstance(one, DraftGrew)]
    found = drafting.get(box, "r")
    assert found is not None
    assert grown[-1] == found.text
    assert [len(one) for one in grown] == sorted(len(one) for one in grown)
    assert len(set(grown)) == 2


def test_the_first_draft_is_read_while_the_model_still_writes(box: Database, clock: Clock) -> None:
    seen: list[Suggestion | None] = []

    def answer(_prompt: Prompt) -> str:
        seen.append(drafting.get(box, "r"))
        return SAID

    Desk(box, clock, Scripted(answer)).do("generate-email-draft", request_id="r", thread_id=5)
    (first,), better = seen, drafting.get(box, "r")
    assert first is not None
    assert better is not None
    assert (first.engine, first.improving) == (drafting.FAST, True)
    assert (better.engine, better.improving) == ("accurate (scripted)", False)


def test_a_draft_that_is_stopped_keeps_the_first(box: Database, clock: Clock) -> None:
    def answer(_prompt: Prompt) -> str:
        drafting.stop(box, "r")
        (run,) = desk.runner.runs()
        run.cancelled = True  # as the watchdog says at its next look
        return SAID

    desk = Desk(box, clock, Scripted(answer))
    job = desk.do("generate-email-draft", request_id="r", thread_id=5)
    assert job.state is JobState.CANCELLED
    found = drafting.get(box, "r")
    assert found is not None
    assert (found.engine, found.improving) == (drafting.FAST, False)
    assert found.reason.endswith(drafting.STOPPED)


def test_who_waits_goes_first(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, NoModels())
    request = DraftRequest(
        "r", ThreadId(5), key_points=("it comes", "ü"), tone="formal", hint="shorter", model="fast"
    )
    with box.transaction() as tx:
        tx.emit(DraftWanted(request))
    ((job_id, priority, args),) = box.all("SELECT id, priority, args FROM jobs")
    assert priority == INTERACTIVE
    assert json.loads(args)["key_points"] == ["it comes", "ü"]
    assert desk.run(job_id).state is JobState.SUCCEEDED
    drafting.ask(box, request)
    assert box.one("SELECT count(*) FROM jobs") == (1,)


def test_the_request_is_the_one_that_was_made(box: Database, clock: Clock) -> None:
    models = Scripted(lambda _prompt: SAID)
    request = DraftRequest(
        "r", ThreadId(5), "", "answer her question about it", ("it comes",), "formal", "shorter"
    )
    Desk(box, clock, models).do("generate-email-draft", **drafting.arguments(request))
    (prompt,) = models.prompts
    for word in ("answer her question", "- it comes", "Tone: formal", "Change: shorter"):
        assert word in prompt.user


def test_a_draft_for_a_contact(box: Database, clock: Clock) -> None:
    with box.transaction() as tx:
        tx.execute("INSERT INTO contacts (id, name, created_at) VALUES (7, 'Ann', 0)")
        tx.execute(
            "INSERT INTO address_stats (address_id, contact_id) "
            "SELECT id, 7 FROM addresses WHERE email = 'ann@firm.example'"
        )
    desk = Desk(box, clock, NoModels())
    desk.do("generate-email-draft", request_id="r", recipient_id=7, key_points=["it is ready"])
    found = drafting.get(box, "r")
    assert found is not None
    assert found.text == "Hi Ann,\n\nIt is ready.\n\nBest,\nMax"
    assert desk.do("generate-email-draft", recipient_id=8, key_points=["x"]).state is JobState.DEAD


def test_nobody_to_write_to_is_no_job_to_try_again(box: Database, clock: Clock) -> None:
    job = Desk(box, clock, NoModels()).do("generate-email-draft", request_id="r")
    assert job.state is JobState.DEAD
    found = drafting.get(box, "r")
    assert found is not None
    assert (found.text, found.reason) == ("", job.error)


class Stopping(Scripted):
    """Speaks its first sentence, then calls `then`."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk | None = None
        self.stop = True

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        self.prompts.append(prompt)
        yield "I will send the signed contract. And "
        if self.stop and self.desk is not None:
            self.desk.runner.stopping = lambda: True
        yield "I will send it by Friday. "


def test_a_draft_that_was_interrupted_is_written_once(box: Database, clock: Clock) -> None:
    models = Stopping()
    models.desk = desk = Desk(box, clock, models)
    job = desk.do("generate-email-draft", request_id="r", thread_id=5)
    assert job.state is JobState.QUEUED
    first = drafting.get(box, "r")
    assert first is not None
    assert first.improving
    desk.runner.stopping, models.stop = (lambda: False), False
    assert desk.run(job.id).state is JobState.SUCCEEDED
    assert box.one("SELECT count(*) FROM draft_suggestions") == (1,)
    assert len(models.prompts) == 2
    assert desk.ask("generate-email-draft", request_id="r", thread_id=5) is None


def test_what_was_sent_teaches_the_next_draft(box: Database, clock: Clock) -> None:
    desk = Desk(box, clock, NoModels())
    for number in range(habits.REPEATED):
        asked = Letter(f"Question {number}", ASK, day=20 + number, id=f"q{number}")
        stored.keep(box, [asked], name=f"q{number}")
        (thread_id,) = box.all("SELECT max(thread_id) FROM messages")[0]
        desk.do("generate-email-draft", request_id=f"r{number}", thread_id=thread_id)
        sent = HI.replace("Hi Ann,", "Dear Ann,")
        answer = Letter(
            f"Re: Question {number}", sent, ME, ANN, 20.5 + number, id=f"s{number}", answers=f"q{number}"
        )
        stored.keep(box, [answer], name=f"s{number}")
    stored.keep(box, [Letter("One more", ASK, day=40, id="last")], name="last")
    (thread_id,) = box.all("SELECT max(thread_id) FROM messages")[0]
    desk.do("generate-email-draft", request_id="last", thread_id=thread_id)
    found = drafting.get(box, "last")
    assert found is not None
    assert found.text.startswith("Dear Ann,")
