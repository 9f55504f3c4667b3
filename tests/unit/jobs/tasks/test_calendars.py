"""sync-calendar-events as the runner does it: success, trouble of every kind, cancel, and odd arguments."""

import pytest

from fluffy_core.domain.accounts import AccountSettings, Service
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.domain.pim import ContactCard
from fluffy_core.errors import AnswerError, SignInError, TransientError, UntrustedServerError, UsageError
from fluffy_core.events import Bus
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.run import Runner
from fluffy_core.jobs.tasks import calendars as tasks
from fluffy_core.services.accounts import network
from fluffy_core.services.sync.calendars import JOB, PimConnectors
from fluffy_core.store import accounts, ledger
from fluffy_core.store.database import Database
from tests.contracts.test_calendar_account import meeting
from tests.fakes.calendar_stages import MemoryCalendarStage, MemoryCardStage
from tests.fakes.calendars_synced import SyncedCalendars, here
from tests.fakes.jobs import Clock

SPAN = {"start": "2026-01-01", "end": "2028-01-01"}


class Desk:
    """Asks for the job of one account and does it."""

    def __init__(self, store: Database, clock: Clock) -> None:
        self.events, self.cards = MemoryCalendarStage(), MemoryCardStage()
        self.synced = SyncedCalendars(store, self.events)
        self.store, self.clock = store, clock
        pim = PimConnectors(self.synced.connect, lambda _account_id: self.cards.account())
        self.registry = Registry(tasks.kinds(pim))
        self.runner = Runner(store, self.registry, Bus(), clock=clock)
        self.asked = 0

    def ask(self, **args: str) -> Job:
        self.asked += 1
        given = {"account_id": self.synced.id, "sync_token": str(self.asked), **(SPAN | args)}
        with self.store.transaction() as tx:
            wanted = self.registry.new_job(JOB, given, run_after=self.clock())
            job_id = ledger.enqueue(tx, wanted, now=self.clock())
        return self.get(job_id)

    def get(self, job_id: object) -> Job:
        job = ledger.get(self.store, job_id)  # type: ignore[arg-type]
        assert job is not None
        return job

    def do(self, **args: str) -> Job:
        return self.work(self.ask(**args))

    def work(self, job: Job) -> Job:
        self.runner.run(job.id)
        return self.get(job.id)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(store: Database, clock: Clock) -> Desk:
    found = Desk(store, clock)
    main = found.events.server.calendars["c1"][0]
    for number in range(4):
        found.events.put(main, meeting(str(number)))
    found.cards.put(ContactCard("Ann Ode", ("ann@firm.example",), uid="ann"))
    return found


def fail_with(desk: Desk, *errors: Exception) -> None:
    left = list(errors)

    def fault() -> None:
        if left:
            raise left.pop(0)

    desk.events.server.fault = fault


def test_meetings_and_people_in_one_sentence(desk: Desk) -> None:
    job = desk.do()
    assert job.state is JobState.SUCCEEDED
    assert job.result == "4 meetings new or changed, 0 gone; 1 contact (1 new or changed, 0 gone)"
    assert len(here(desk.store)) == 4
    assert desk.do().result == "0 meetings new or changed, 0 gone; 1 contact"


@pytest.mark.parametrize(
    ("services", "words"),
    [
        ((Service.CALENDAR,), "4 meetings new or changed, 0 gone"),
        ((Service.CONTACTS,), "1 contact (1 new or changed, 0 gone)"),
        ((Service.MAIL,), "Nothing but mail is fetched of this account"),
    ],
)
def test_only_what_is_wanted(desk: Desk, services: tuple[Service, ...], words: str) -> None:
    with desk.store.transaction() as tx:
        accounts.put(tx, desk.synced.id, AccountSettings(services=services), password="")
    assert desk.do().result == words


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (TransientError("No network."), JobState.WAITING_RETRY),
        (TransientError("A pause.", retry_after=0), JobState.WAITING_RETRY),
        (SignInError("Refused."), JobState.DEAD),
        (UntrustedServerError("Expired.", fingerprint="ab"), JobState.DEAD),
        (AnswerError("No calendars.", status=404), JobState.DEAD),
        (UsageError("No calendars."), JobState.DEAD),
    ],
)
def test_what_fails_waits_or_gives_up(desk: Desk, error: Exception, state: JobState) -> None:
    fail_with(desk, error)
    job = desk.do()
    assert (job.state, job.error) == (state, str(error))
    assert here(desk.store) == []
    assert desk.do().state is JobState.SUCCEEDED
    assert len(here(desk.store)) == 4


def test_the_server_says_when_it_is_asked_again(desk: Desk, clock: Clock) -> None:
    fail_with(desk, TransientError("A pause.", retry_after=37))
    job = desk.do()
    assert job.run_after == pytest.approx(clock() + 37, abs=1)


def test_after_its_tries_it_is_given_up(desk: Desk) -> None:
    fail_with(desk, *[TransientError("No network.")] * 9)
    job = desk.do()
    for _ in range(3):
        assert job.state is JobState.WAITING_RETRY
        desk.clock.now = job.run_after + 1
        job = desk.work(job)
    assert job.state is JobState.DEAD


def test_a_refusal_is_remembered_until_it_is_over(desk: Desk) -> None:
    fail_with(desk, SignInError("Refused."))
    desk.do()
    assert accounts.refused(desk.store, desk.synced.id) == "Refused."
    assert network.worth_asking(desk.store, Service.CALENDAR) == []
    desk.do()
    assert accounts.refused(desk.store, desk.synced.id) == ""
    assert [one.id for one in network.worth_asking(desk.store, Service.CALENDAR)] == [desk.synced.id]


def test_offline_nobody_is_asked(desk: Desk) -> None:
    network.set_offline(desk.store, True)
    assert desk.do().result == "Not asked: every connection is switched off"
    assert here(desk.store) == []


def test_an_account_that_was_removed(desk: Desk) -> None:
    job = desk.ask()
    with desk.store.transaction() as tx:
        accounts.remove(tx, desk.synced.id)
    assert desk.work(job).result == "The account was removed meanwhile"


def test_an_account_that_is_removed_while_it_is_asked(desk: Desk) -> None:
    def remove() -> None:
        with desk.store.transaction() as tx:
            accounts.remove(tx, desk.synced.id)

    desk.events.server.fault = remove
    assert desk.do().result == "The account was removed meanwhile"
    assert here(desk.store) == []


def test_cancelled_between_pages_it_goes_on_from_there(desk: Desk) -> None:
    job = desk.ask()
    calls = [0]

    def cancel() -> None:
        calls[0] += 1
        if calls[0] == 3:
            with desk.store.transaction() as tx:
                ledger.cancel(tx, job.id, now=desk.clock())
            for run in desk.runner.runs():
                run.cancelled = True

    desk.events.server.fault = cancel
    assert desk.work(job).state is JobState.CANCELLED
    assert len(here(desk.store)) == 3
    desk.events.server.fault = lambda: None
    assert desk.do().result.startswith("1 meeting new or changed")
    assert len(here(desk.store)) == 4


def test_other_days(desk: Desk) -> None:
    assert desk.do(start="2027-01-01").result.startswith("0 meetings")
    assert desk.do(start="2026-01-01").result.startswith("4 meetings")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("soon", "", "written like 2026-03-02"),
        ("", "2026-13-01", "written like 2026-03-02"),
        ("2026-01-02", "2026-01-02", "has to come after the first"),
        ("2026-01-02", "2025-01-02", "has to come after the first"),
    ],
)
def test_days_that_are_none(desk: Desk, start: str, end: str, words: str) -> None:
    job = desk.do(start=start, end=end)
    assert job.state is JobState.DEAD
    assert words in job.error


def test_the_key_names_account_and_token(desk: Desk) -> None:
    def keys(**more: str) -> str:
        return desk.registry.new_job(JOB, {"account_id": 3, **more}, run_after=0).key

    assert keys(sync_token="2026-03-02") == "3/2026-03-02"
    assert keys() == "3"
    assert keys(sync_token="t", **SPAN) == "3/t/2026-01-01/2028-01-01"
