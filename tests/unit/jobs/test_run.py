"""One try of one job: what its handler may do, and what becomes of each outcome."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import BugError, DiskFullError, KnownError, TransientError, UnreachableError
from fluffy_core.events import Bus, Event, Progress
from fluffy_core.jobs import run as running
from fluffy_core.jobs.registry import Handler, JobKind, Registry
from fluffy_core.jobs.run import PAUSES, JobRun, Runner, backoff
from fluffy_core.store import ledger
from fluffy_core.store.database import Database
from tests.fakes.jobs import NOW, Clock, kind


class Bench:
    """A runner with one kind of job and the job itself."""

    def __init__(self, store: Database, clock: Clock, one: JobKind) -> None:
        self.store, self.clock = store, clock
        self.bus = Bus()
        self.runner = Runner(store, Registry([one]), self.bus, clock=clock)
        job = Registry([one]).new_job(one.name, {"n": 1}, run_after=clock.now)
        with store.transaction() as tx:
            self.id = ledger.enqueue(tx, job, now=clock.now) or JobId(0)

    def run(self) -> JobState | None:
        return self.runner.run(self.id)

    @property
    def job(self) -> Job:
        found = ledger.get(self.store, self.id)
        assert found is not None
        return found

    def set(self, column: str, value: object) -> None:
        with self.store.transaction() as tx:
            tx.execute(f"UPDATE jobs SET {column} = ?", (value,))


Make = Callable[..., Bench]


@pytest.fixture
def bench(store: Database, clock: Clock) -> Make:
    return lambda handler, **changes: Bench(store, clock, kind(handler=handler, **changes))


def raising(error: BaseException) -> Handler:
    def handle(_run: JobRun) -> str:
        raise error

    return handle


def test_what_the_handler_says_is_the_result(bench: Make) -> None:
    made = bench(lambda run: f"Looked at {run.job.args['n']}")
    assert made.run() is JobState.SUCCEEDED
    job = made.job
    assert (job.state, job.result, job.error, job.attempt) == (JobState.SUCCEEDED, "Looked at 1", "", 1)
    assert (job.started_at, job.finished_at) == (NOW, NOW)
    assert made.run() is None


def test_success_is_one_transaction_with_the_effect(bench: Make, store: Database) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            tx.execute("INSERT INTO settings VALUES ('effect', '1')")
            run.succeed(tx, "Done")
            raise KnownError("after all, no")

    made = bench(handle)
    assert made.run() is JobState.DEAD
    assert store.one("SELECT 1 FROM settings WHERE key = 'effect'") is None
    assert made.job.error == "after all, no"


def test_the_try_says_so_itself_only_once(bench: Make) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            return run.succeed(tx, "by itself")

    made = bench(handle)
    assert made.run() is JobState.SUCCEEDED
    assert made.job.result == "by itself"


@pytest.mark.parametrize("error", [KnownError("The password is wrong."), DiskFullError("The disk is full.")])
def test_what_cannot_get_better_is_dead_at_once(bench: Make, error: KnownError) -> None:
    made = bench(raising(error), retries=5)
    assert made.run() is JobState.DEAD
    assert (made.job.state, made.job.error, made.job.attempt) == (JobState.DEAD, str(error), 1)


@pytest.mark.parametrize("retries", [0, 1, 3])
@pytest.mark.logged("failed with ZeroDivisionError")
@pytest.mark.parametrize("error", [TransientError("The network is away."), ZeroDivisionError("division")])
def test_one_try_and_the_retries_then_dead(bench: Make, clock: Clock, error: Exception, retries: int) -> None:
    made = bench(raising(error), retries=retries)
    states = []
    while made.job.state in (JobState.QUEUED, JobState.WAITING_RETRY):
        states.append(made.run())
        clock.now += 1000
    assert states == [JobState.WAITING_RETRY] * retries + [JobState.DEAD]
    assert made.job.attempt == 1 + retries


@pytest.mark.logged("job small .* failed")
def test_a_surprise_is_told_without_its_details(bench: Make, caplog: pytest.LogCaptureFixture) -> None:
    made = bench(raising(ValueError("a line of somebody's mail")), retries=0)
    made.run()
    assert made.job.error == "Something went wrong inside FluffyMail; its log says more."
    assert "ValueError" in caplog.text
    assert "test_run.py" in caplog.text, "where it happened"
    assert "somebody" not in caplog.text


@pytest.mark.parametrize(("said", "wait"), [(1.5, 1.5), (86_400.0, 86_400.0), (0.0, 0.0), (-5.0, 0.0)])
def test_retry_after_is_obeyed(bench: Make, clock: Clock, said: float, wait: float) -> None:
    made = bench(raising(TransientError("Slow down.", retry_after=said)))
    assert made.run() is JobState.WAITING_RETRY
    assert made.job.run_after == pytest.approx(clock.now + wait, abs=1)
    if wait:
        assert made.run() is None
    clock.now += wait
    assert made.run() is JobState.WAITING_RETRY


def test_a_pause_counts_from_when_it_was_asked_for(
    bench: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing connections and child processes takes its time: that is not added."""
    passed = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])

    def handle(_run: JobRun) -> str:
        try:
            raise TransientError("Slow down.", retry_after=37)
        finally:
            passed[0] += 5

    made = bench(handle)
    made.run()
    assert made.job.run_after == clock.now + 32


def advancing(*errors: TransientError, step: int = 1) -> Handler:
    """Gets `step` further with every try, and fails with one error after another."""
    left = list(errors)

    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            run.progress(run.job.progress_done + step, 0, "…", tx=tx)
        if left:
            raise left.pop(0)
        return "Done"

    return handle


def states(made: Bench, clock: Clock, tries: int) -> list[JobState | None]:
    """What so many tries end with, each at its time."""
    found = []
    for _ in range(tries):
        clock.now = max(clock.now, made.job.run_after)
        found.append(made.run())
    return found


def test_a_job_that_gets_on_between_pauses_goes_on_for_ever(bench: Make, clock: Clock) -> None:
    pauses = [TransientError("Slow down.", retry_after=60)] * (PAUSES + 10)
    made = bench(advancing(*pauses), retries=0, patient=True)
    assert states(made, clock, PAUSES + 11) == [JobState.WAITING_RETRY] * (PAUSES + 10) + [JobState.SUCCEEDED]


def test_pauses_without_getting_on_count_after_many_in_a_row(bench: Make, clock: Clock) -> None:
    made = bench(raising(TransientError("Slow down.", retry_after=60)), retries=1)
    assert states(made, clock, PAUSES) == [JobState.WAITING_RETRY] * PAUSES
    assert (made.job.attempt, made.job.pauses) == (0, PAUSES)
    assert states(made, clock, 1) == [JobState.WAITING_RETRY]
    assert (made.job.attempt, made.job.pauses) == (1, 0)
    assert states(made, clock, PAUSES + 1) == [JobState.WAITING_RETRY] * PAUSES + [JobState.DEAD]


def test_a_network_that_is_gone_counts_only_for_the_impatient(bench: Make, clock: Clock) -> None:
    gone = UnreachableError("No way.")
    patient = bench(raising(gone), retries=1, patient=True)
    assert states(patient, clock, 20) == [JobState.WAITING_RETRY] * 20
    assert (patient.job.attempt, patient.job.failure) == (0, "UnreachableError")
    assert patient.job.run_after - clock.now <= 900
    with patient.store.transaction() as tx:
        tx.execute("DELETE FROM jobs")
    assert states(bench(raising(gone), retries=1), clock, 2)[-1] is JobState.DEAD


def test_trouble_after_getting_on_is_the_first_again(bench: Make, clock: Clock) -> None:
    broken = [TransientError("Broken.")] * 10
    made = bench(advancing(*broken), retries=1, patient=True)
    assert states(made, clock, 11)[-1] is JobState.SUCCEEDED
    with made.store.transaction() as tx:
        tx.execute("DELETE FROM jobs")
    stuck = bench(advancing(*broken, step=0), retries=1, patient=True)
    assert states(stuck, clock, 2)[-1] is JobState.DEAD


def test_trying_again_by_hand_forgets_the_pauses(bench: Make, clock: Clock) -> None:
    made = bench(raising(TransientError("Slow down.", retry_after=60)))
    states(made, clock, 3)
    with made.store.transaction() as tx:
        assert ledger.again(tx, made.id, now=clock.now)
    assert (made.job.pauses, made.job.attempt) == (0, 0)


@given(attempt=st.integers(1, 2000), fraction=st.floats(0, 1))
def test_backoff_doubles_up_to_its_cap_with_full_jitter(attempt: int, fraction: float) -> None:
    one = kind(backoff_base=2.0, backoff_cap=900.0)
    ceiling = backoff(one, attempt, fraction=1.0)
    assert ceiling == min(900.0, 2.0 * 2 ** min(attempt - 1, 50))
    assert backoff(one, attempt, fraction=fraction) == pytest.approx(ceiling * fraction)
    assert 0 <= backoff(one, attempt) <= ceiling


def test_jitter_differs(bench: Make) -> None:
    assert len({backoff(kind(), 8) for _ in range(50)}) > 40


def test_a_cancelled_job_stops_at_its_checkpoint(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PROGRESS_INTERVAL", 0.0)
    steps = []

    def handle(run: JobRun) -> str:
        for step in range(10):
            run.checkpoint()
            steps.append(step)
            if step == 3:
                with run.store.transaction() as tx:
                    assert ledger.cancel(tx, run.job.id, now=NOW)
        return "not reached"

    made = bench(handle)
    assert made.run() is JobState.CANCELLED
    assert steps == [0, 1, 2, 3]
    assert made.job.state is JobState.CANCELLED


def test_a_checkpoint_in_a_transaction_rolls_it_back(bench: Make, store: Database) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            ledger.cancel(tx, run.job.id, now=NOW)
        with run.store.transaction() as tx:
            tx.execute("INSERT INTO settings VALUES ('page', '1')")
            run.interrupt_here(tx)
        return "not reached"

    assert bench(handle).run() is JobState.CANCELLED
    assert store.one("SELECT 1 FROM settings WHERE key = 'page'") is None


def test_checkpoints_ask_the_ledger_twice_a_second_at_most(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    original = ledger.may_go_on

    def may_go_on(*args: object, **more: object) -> bool:
        asked.append(1)
        return original(*args, **more)  # type: ignore[arg-type]

    def handle(run: JobRun) -> str:
        for _ in range(2000):
            run.checkpoint()
        return "Done"

    monkeypatch.setattr(ledger, "may_go_on", may_go_on)
    bench(handle).run()
    assert len(asked) <= 2


def test_a_stopping_program_gets_its_job_back_uncounted(bench: Make, clock: Clock) -> None:
    def handle(run: JobRun) -> str:
        clock.now += 5
        made.runner.stopping = lambda: True
        assert run.stopping
        run.checkpoint()
        return "not reached"

    made = bench(handle, retries=0)
    assert made.run() is JobState.QUEUED
    assert (made.job.attempt, made.job.run_after) == (0, NOW)


def test_what_quitting_broke_is_no_failure(bench: Make) -> None:
    def handle(_run: JobRun) -> str:
        made.runner.stopping = lambda: True
        raise TransientError("The model process ended unexpectedly.")

    made = bench(handle, retries=0)
    assert made.run() is JobState.QUEUED
    assert (made.job.attempt, made.job.error) == (0, "")


def test_a_paused_job_is_given_back_uncounted(bench: Make) -> None:
    def handle(run: JobRun) -> str:
        made.runner.held = lambda job: job.id == run.job.id
        run.checkpoint()
        return "not reached"

    made = bench(handle, retries=0)
    assert made.run() is JobState.QUEUED
    assert made.job.attempt == 0


def test_time_left_is_told_by_the_rate_of_this_try(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    found: list[float | None] = []

    def handle(run: JobRun) -> str:
        for done in (500, 510, 520):
            now[0] += 2.0
            run.progress(done, 1000, "reading")
            found.append(made.job.eta_at)
        return "Done"

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    made = bench(handle)
    made.run()
    assert found == [None, NOW + 2 / 10 * 490, NOW + 4 / 20 * 480]
    assert made.job.eta_at is None, "it is over"


def test_a_cancel_is_kept_by_a_job_that_stops_for_another_reason(bench: Make) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            ledger.cancel(tx, run.job.id, now=NOW)
        raise TransientError("The network is away.")

    made = bench(handle)
    made.run()
    assert (made.job.state, made.job.finished_at) == (JobState.CANCELLED, NOW)


def test_the_time_limit_is_a_reason_to_try_again(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(run: JobRun) -> str:
        passed = time.monotonic() + 61
        monkeypatch.setattr(time, "monotonic", lambda: passed)
        run.checkpoint()
        return "not reached"

    made = bench(handle, time_limit=60.0)
    assert made.run() is JobState.WAITING_RETRY
    assert made.job.error == "It took longer than its limit of 60 seconds."


def test_progress_is_heard_each_time_and_noted_now_and_then(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    heard: list[Event] = []
    noted: list[int] = []

    def handle(run: JobRun) -> str:
        for step in range(40):
            now[0] += 0.1
            run.progress(step, 40, f"{step} of 40")
            noted.append(made.job.progress_done)
        return "Done"

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    made = bench(handle)
    made.bus.subscribe(heard.append)
    made.run()
    steps = [one for one in heard if isinstance(one, Progress)]
    assert [one.done for one in steps] == list(range(40))
    assert 7 <= len(set(noted)) <= 9
    assert steps[20].seconds_left == pytest.approx(2.0 / 20 * 20)
    assert steps[0].seconds_left is None


def test_progress_within_the_work_is_rolled_back_with_it(bench: Make) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            run.progress(7, 9, "seven", tx=tx)
        with run.store.transaction() as tx:
            run.progress(8, 9, "eight", tx=tx)
            raise KnownError("no")

    made = bench(handle)
    made.run()
    assert (made.job.progress_done, made.job.progress_text) == (7, "seven")


@pytest.mark.parametrize("ending", ["return", "succeed", "transient", "permanent", "stop"])
def test_who_lost_the_lease_decides_nothing(bench: Make, ending: str) -> None:
    """Another process took the job over: whatever this try ends with, the job stays the other's."""

    def handle(run: JobRun) -> str:
        made.set("lease_owner", "somebody else's")
        if ending == "succeed":
            with run.store.transaction() as tx:
                tx.execute("INSERT INTO settings VALUES ('effect', '1')")
                run.succeed(tx, "Done")
        if ending == "stop":
            made.runner.stopping = lambda: True
            run.checkpoint()
        if ending in ("transient", "permanent"):
            raise TransientError("away") if ending == "transient" else KnownError("bad")
        return "Done"

    made = bench(handle)
    assert made.run() is None
    assert made.job.state is JobState.RUNNING
    assert made.store.one("SELECT 1 FROM settings WHERE key = 'effect'") is None


def test_a_job_of_another_version_is_dead_with_words(bench: Make) -> None:
    made = bench(lambda _run: "Done")
    made.set("name", "read-minds")
    assert made.run() is JobState.DEAD
    assert made.job.error == "This version of FluffyMail does not know the job “read-minds”."


def test_a_job_that_this_version_cannot_do_is_dead_with_words(bench: Make, clock: Clock) -> None:
    made = bench(lambda _run: "Done")
    runner = Runner(made.store, Registry([kind(handler=None)]), Bus(), clock=clock)  # type: ignore[arg-type]
    assert runner.run(made.id) is JobState.DEAD
    assert (made.job.error, made.job.failure) == (
        "This version of FluffyMail cannot do that yet.",
        "NotAvailable",
    )


def test_there_is_nothing_to_run_for_an_unknown_id_or_a_later_job(bench: Make, clock: Clock) -> None:
    made = bench(lambda _run: "Done")
    assert made.runner.run(JobId(99)) is None
    clock.now -= 1
    assert made.run() is None
    assert made.job.attempt == 0


def test_an_outcome_that_cannot_be_written_is_found_later(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> bool:
        raise DiskFullError("full")

    made = bench(lambda _run: "Done", retries=0)
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "finish", full)
        with pytest.raises(DiskFullError):
            made.run()
    assert made.job.state is JobState.RUNNING
    with made.store.transaction() as tx:
        assert made.runner.recover(tx) == 1
    assert made.run() is JobState.SUCCEEDED


def test_what_runs_here_is_not_recovered(bench: Make) -> None:
    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            return str(made.runner.recover(tx))

    made = bench(handle)
    made.run()
    assert made.job.result == "0"


@pytest.mark.logged("job small .* failed")
def test_a_bug_in_a_listener_does_not_undo_a_success(bench: Make) -> None:
    def broken(_changes: object, _jobs: bool) -> None:
        if made.job.state is JobState.SUCCEEDED:
            raise BugError("a listener fell over")

    def handle(run: JobRun) -> str:
        with run.store.transaction() as tx:
            return run.succeed(tx, "Done")

    made = bench(handle)
    made.store.add_after_commit(broken)
    with pytest.raises(BugError):
        made.run()
    assert made.job.state is JobState.SUCCEEDED
