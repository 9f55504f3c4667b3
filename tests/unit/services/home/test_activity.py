"""Jobs as a person reads about them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.job_words import CURES
from fluffy_core.domain.jobs import JobState, Pauses
from fluffy_core.domain.outgoing import OutboxState
from fluffy_core.errors import KnownError, UsageError
from fluffy_core.services.home import activity
from fluffy_core.store import alerts, ledger, outbox, pauses, sources
from fluffy_core.store.database import Database
from fluffy_core.store.outbox import NewItem, Next
from tests.fakes import stored
from tests.unit.services.homes import opened


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        for day in ("a", "b"):
            core.jobs.enqueue("check-follow-ups", {"lookback_days": 3, "as_of": day})
        core.jobs.enqueue("extract-contacts", {"message_ids": [1], "force": 0})
        yield core


def test_waiting_jobs_are_counted_by_name(core: Core) -> None:
    assert activity.waiting(core.store) == {"check-follow-ups": 2, "extract-contacts": 1}


def test_a_job_is_a_sentence_that_ends_with_what_came_of_it(core: Core) -> None:
    (first,) = [one for one in activity.jobs(core.store) if one.name == "extract-contacts"]
    assert activity.sentence(first) == "Finding people: waiting"
    with core.store.transaction() as tx:
        tx.execute(
            "UPDATE jobs SET state = 'succeeded', result = 'Looked at 1 message' WHERE id = ?", (first.id,)
        )
    (done,) = activity.jobs(core.store, states=[JobState.SUCCEEDED])
    assert activity.sentence(done) == "Finding people: Looked at 1 message"
    assert activity.title("prepare-meeting") == "Preparing a meeting"
    assert activity.title("make-coffee") == "Make coffee"


def test_figures_by_state_and_kind(core: Core) -> None:
    (first, *_) = activity.jobs(core.store, limit=1)
    assert first.state is JobState.QUEUED
    with core.store.transaction() as tx:
        ledger.cancel(tx, first.id, now=5.0)
    found = activity.stats(core.store)
    assert found["states"]["queued"] == 2
    assert found["states"]["cancelled"] == 1
    assert set(found["kinds"]) == {"check-follow-ups", "extract-contacts"}
    assert sum(1 for _ in found["kinds"]) == 2


NOW = 2_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    made = stored.empty(tmp_path)
    yield made
    made.close()


def add(store: Database, state: JobState, *, name: str = "extract-contacts", **more: object) -> JobId:
    """A row in some state."""
    values = {"run_after": NOW, "created_at": NOW - 60, "priority": 20, "queue": "fast", "args": "{}"}
    values |= {"name": name, "state": state.value} | more
    with store.transaction() as tx:
        values["key"] = f"k{tx.one('SELECT count(*) FROM jobs')}"
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO jobs ({', '.join(values)}) VALUES ({marks}) RETURNING id"
        row = tx.one(sql, tuple(values.values()))
    assert row is not None
    return JobId(row[0])


def line(store: Database) -> tuple[str, str]:
    found = activity.health(store, now=NOW)
    return found.text, found.level


def test_failed_and_waiting_jobs_are_counted_by_kind_and_account(store: Database) -> None:
    for account in (1, 1, 2):
        add(store, JobState.DEAD, args=f'{{"account_id": {account}}}')
        add(store, JobState.QUEUED, name="x", args=f'{{"account_id": {account}}}')
    assert activity.failed(store) == {"extract-contacts": 3}
    assert activity.failed(store, account_id=1) == {"extract-contacts": 2}
    assert activity.failed(store, names=["x"]) == {}
    assert activity.waiting(store, account_id=2) == {"x": 1}


def test_history_is_what_was_done_or_cancelled(store: Database) -> None:
    done = add(store, JobState.SUCCEEDED, finished_at=NOW)
    gone = add(store, JobState.CANCELLED, finished_at=NOW - 5)
    add(store, JobState.DEAD, finished_at=NOW)
    found = activity.history(store)
    assert [one.job_id for one in found] == [done, gone]
    assert activity.history(store, names=["x"]) == ()
    assert activity.by_id(store, [gone])[gone].state is JobState.CANCELLED
    assert activity.accounts(store) == ()


def put_in(store: Database, *states: OutboxState) -> None:
    """Messages in the outbox."""
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        for state in states:
            item = NewItem(account_id, False, "1@x.example", "me@example.com", ("a@x.example",), "Hi", b"x")
            row_id = outbox.add(tx, item, now=NOW, not_before=NOW)
            outbox.move(tx, row_id, OutboxState.WAITING, after=Next(state))


def test_what_is_to_be_sent_and_what_was_not_is_said(store: Database) -> None:
    put_in(store, OutboxState.SENT, OutboxState.FILING, OutboxState.CANCELLED, OutboxState.SAVED)
    assert line(store) == ("All quiet", "quiet")
    put_in(store, OutboxState.WAITING, OutboxState.SENDING, OutboxState.CHECKING)
    assert line(store) == ("3 to be sent", "waiting")
    add(store, JobState.QUEUED)
    assert line(store) == ("3 to be sent · 1 job waits", "waiting")
    put_in(store, OutboxState.FAILED)
    assert line(store) == ("1 message not sent · 3 to be sent · 1 job waits", "failing")
    put_in(store, OutboxState.UNCERTAIN)
    add(store, JobState.DEAD)
    text, level = line(store)
    assert text.startswith("2 messages not sent · 1 job failed: ")
    assert level == "failing"


def test_all_quiet(store: Database) -> None:
    assert line(store) == ("All quiet", "quiet")
    add(store, JobState.SUCCEEDED, finished_at=NOW)
    assert line(store) == ("All quiet", "quiet")


def test_what_runs_and_how_long_it_takes(store: Database) -> None:
    add(store, JobState.RUNNING, heartbeat_at=NOW - 1)
    assert line(store) == ("1 job running", "working")
    add(store, JobState.RUNNING, heartbeat_at=NOW - 1, eta_at=NOW + 185)
    assert line(store) == ("2 jobs running, about 3 min left", "working")
    add(store, JobState.RUNNING, heartbeat_at=NOW - 40)
    assert line(store) == ("3 jobs running, one without a sign of life (Finding people)", "working")


def test_what_failed_comes_first(store: Database) -> None:
    add(store, JobState.DEAD)
    assert line(store) == ("1 job failed: Finding people", "failing")
    add(store, JobState.DEAD, name="categorize-emails")
    add(store, JobState.DEAD, name="categorize-emails")
    assert line(store) == ("3 jobs failed: Sorting mail, Finding people", "failing")
    add(store, JobState.DEAD, name="check-follow-ups")
    add(store, JobState.RUNNING, heartbeat_at=NOW)
    assert line(store) == (
        "4 jobs failed: Looking for unanswered mail, Sorting mail and more · 1 job running",
        "failing",
    )


def test_why_nothing_runs(store: Database) -> None:
    add(store, JobState.WAITING_RETRY, run_after=NOW + 5)
    assert line(store) == ("1 job to be tried later", "quiet")
    add(store, JobState.QUEUED)
    assert line(store) == ("1 job waits", "waiting")
    with store.transaction() as tx:
        pauses.hold(tx, "battery")
    assert line(store) == ("1 job waits until the computer is plugged in", "waiting")
    with store.transaction() as tx:
        pauses.write(tx, Pauses(everything=True))
    assert line(store) == ("Paused, 2 jobs to go", "waiting")
    assert activity.paused(store) == Pauses(everything=True, held="battery")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (-5, "0 s"), (59, "59 s"), (60, "1 min"), (185, "3 min"), (5400, "2 h"), (86_400, "24 h"),
     (4 * 86_400, "4 days")],
)  # fmt: skip
def test_spans_of_time(seconds: float, words: str) -> None:
    assert activity.span(seconds) == words
    assert activity.left(seconds) == (f"about {words} left" if seconds >= 60 else "less than a minute left")


def test_a_running_job_in_a_sentence(store: Database) -> None:
    one = add(
        store, JobState.RUNNING, progress_text="394 messages read", heartbeat_at=NOW - 2, eta_at=NOW + 180
    )
    job = ledger.get(store, one)
    assert job is not None
    assert activity.sentence(job, now=NOW) == "Finding people: 394 messages read, about 3 min left"
    assert activity.sentence(job, now=NOW + 38).endswith("394 messages read, no sign of life for 40 s")


@pytest.mark.parametrize("failure", [*CURES, "", "SomethingNew"])
def test_a_failed_job_says_cause_consequence_and_cure(store: Database, failure: str) -> None:
    add(store, JobState.DEAD, error="The disk is full.", failure=failure)
    (letter,) = activity.dead_letters(store)
    assert letter.cause == "The disk is full."
    assert letter.consequence == "Some people in your mail are not among your contacts."
    assert letter.cure == CURES.get(failure, CURES["Bug"])
    assert letter.cure.endswith(".")


def test_every_error_a_user_may_meet_has_a_cure() -> None:
    def names(kind: type[Exception]) -> set[str]:
        return {kind.__name__}.union(
            *(names(one) for one in kind.__subclasses__() if "fluffy_core.errors" in one.__module__)
        )

    assert names(KnownError) - {"KnownError"} <= set(CURES)


def test_dead_letters_by_kind_and_account(store: Database) -> None:
    add(store, JobState.DEAD, args='{"account_id": 2}')
    add(store, JobState.DEAD, name="sync-emails-initial", args='{"account_id": 3}')
    add(store, JobState.SUCCEEDED, finished_at=NOW)
    assert len(activity.dead_letters(store)) == 2
    assert [one.job.name for one in activity.dead_letters(store, account_id=3)] == ["sync-emails-initial"]
    assert [one.job.name for one in activity.dead_letters(store, names=["extract-contacts"])] == [
        "extract-contacts"
    ]


def test_alerts_are_read_and_acknowledged(store: Database) -> None:
    with store.transaction() as tx:
        alerts.note(tx, "job small", text="It failed.", cure="Try again.", now=NOW)
    (alert,) = activity.alerts(store)
    activity.acknowledge(store, alert.id)
    assert activity.alerts(store) == ()
    assert [one.acknowledged for one in activity.alerts(store, all_of_them=True)] == [True]
    with pytest.raises(UsageError, match=f"There is no alert {alert.id} that was not read yet"):
        activity.acknowledge(store, alert.id)


def test_stats_name_kinds_without_jobs_when_asked(store: Database) -> None:
    add(store, JobState.SUCCEEDED, attempt=1, finished_at=time.time())
    found = activity.stats(store, ["score-leads", "extract-contacts"])
    assert found["kinds"] == {"extract-contacts": {"runs": 1, "succeeded": 1}, "score-leads": {"runs": 0}}


def test_stats_have_figures_of_the_queue(store: Database) -> None:
    add(store, JobState.QUEUED, run_after=time.time() - 50, created_at=time.time() - 50)
    add(store, JobState.DEAD, attempt=3)
    add(store, JobState.SUCCEEDED, attempt=1, finished_at=time.time())
    found = activity.stats(store)
    assert found["kinds"]["extract-contacts"] == {"runs": 4, "queued": 1, "dead": 1, "succeeded": 1}
    queue = found["queue"]
    assert 50 <= float(str(queue.pop("oldest_seconds"))) < 80
    assert queue == {"depth": 1, "later": 0, "done_last_hour": 1}
