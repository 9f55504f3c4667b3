"""The commands about background jobs: lists, figures, kinds, pauses, dead letters; and `fluffy run`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fluffy_core.config import load
from fluffy_core.core import Core
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState
from fluffy_core.store import ledger
from fluffy_core.store.ledger import Ending
from tests.conftest import PROJECT
from tests.unit.cli.conftest import Fluffy


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.fixture
def core(home: Path) -> Iterator[Core]:
    with Core.open(load(home)) as core:
        yield core


def dead(core: Core, *days: str) -> list[JobId]:
    """Jobs that were given up."""
    made = []
    for day in days:
        job_id = core.jobs.enqueue("check-follow-ups", {"lookback_days": 3, "as_of": day})
        assert job_id is not None
        with core.store.transaction() as tx:
            now = time.time()
            ledger.claim(tx, job_id, lease="a", now=now)
            ending = Ending("The disk is full.", "DiskFullError")
            ledger.finish(tx, job_id, JobState.DEAD, lease="a", now=now, ending=ending)
        made.append(job_id)
    return made


def test_kinds_are_a_table(fluffy: Fluffy, home: Path) -> None:
    ran = fluffy("--home", home, "jobs", "kinds")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["JOB", "QUEUE", "PRIORITY", "RETRIES", "BATCH", "LIMIT", "SCHEDULE"]
    assert len(lines) == 21
    (row,) = (line for line in lines if line.startswith("check-follow-ups"))
    assert row.split() == [
        "check-follow-ups",
        "normal",
        "medium",
        "2",
        "1",
        "x",
        "1",
        "5",
        "min",
        "daily",
        "09:00",
    ]
    assert sum("not available yet" in line for line in lines) == 8
    found = fluffy("--home", home, "--json", "jobs", "kinds").json
    extract = next(one for one in found if one["name"] == "extract-contacts")
    assert (extract["queue"], extract["batch"], extract["parallel"], extract["retries"]) == ("fast", 10, 5, 3)
    assert (extract["available"], extract["paused"], extract["title"]) == (True, False, "Finding people")


def test_stats_have_stable_keys(fluffy: Fluffy, home: Path, core: Core) -> None:
    dead(core, "a")
    found = fluffy("--home", home, "--json", "jobs", "stats").json
    assert list(found) == ["states", "kinds", "queue", "health", "alerts"]
    assert found["states"]["dead"] == 1
    assert list(found["kinds"]) == list(core.jobs.registry.names())
    assert found["kinds"].pop("check-follow-ups") == {"runs": 1, "dead": 1}
    assert all(one == {"runs": 0} for one in found["kinds"].values())
    assert found["queue"] == {"depth": 0, "later": 0, "oldest_seconds": 0.0, "done_last_hour": 0}
    assert found["health"] == {"text": "1 job failed: Looking for unanswered mail", "level": "failing"}
    assert [one["about"] for one in found["alerts"]] == ["job check-follow-ups"]
    told = fluffy("--home", home, "jobs", "stats").out
    assert "1 job failed" in told
    assert "Looking for unanswered mail: 1 run, 1 dead" in told
    assert "0 runs" not in told
    assert "Make room on the disk" in told


def test_a_dead_job_is_shown_with_its_cure(fluffy: Fluffy, home: Path, core: Core) -> None:
    (job_id,) = dead(core, "a")
    found = fluffy("--home", home, "--json", "jobs", "show", job_id).json
    assert (found["state"], found["failure"], found["cause"]) == (
        "dead",
        "DiskFullError",
        "The disk is full.",
    )
    assert found["consequence"] == "You are not reminded of unanswered mail."
    assert found["cure"] == "Make room on the disk, then try again."
    assert "cure: Make room" in fluffy("--home", home, "jobs", "show", job_id).out


@pytest.mark.parametrize("verb", ["retry", "discard"])
def test_all_dead_jobs_at_once(fluffy: Fluffy, home: Path, core: Core, verb: str) -> None:
    dead(core, "a", "b", "c")
    core.jobs.enqueue("extract-contacts", {"message_ids": [1]})
    assert fluffy("--home", home, "--json", "jobs", verb, "--kind", "extract-contacts").json == {"count": 0}
    assert fluffy("--home", home, "--json", "jobs", verb, "--all-dead").json == {"count": 3}
    left = fluffy("--home", home, "--json", "jobs", "stats").json
    assert left["states"]["dead"] == 0
    assert left["states"]["queued"] == (4 if verb == "retry" else 1)
    assert left["alerts"] == []


def test_the_dead_jobs_of_one_kind(fluffy: Fluffy, home: Path, core: Core) -> None:
    dead(core, "a", "b")
    ran = fluffy("--home", home, "jobs", "discard", "--all-dead", "--kind", "check-follow-ups")
    assert ran.out == "2 failed jobs are forgotten.\n"


def test_jobs_are_listed_by_kind_state_and_account(fluffy: Fluffy, home: Path, core: Core) -> None:
    (gone,) = dead(core, "a")
    core.jobs.enqueue("extract-contacts", {"message_ids": [1]})
    sync = core.jobs.enqueue("sync-emails-initial", {"account_id": 5})

    def ids(*words: object) -> list[int]:
        return [one["id"] for one in fluffy("--home", home, "--json", "jobs", "list", *words).json]

    assert len(ids()) == 3
    assert ids("--kind", "check-follow-ups") == [gone]
    assert ids("--account", 5) == [sync]
    assert ids("--state", "dead", "--kind", "extract-contacts") == []


def test_pauses_are_kept(fluffy: Fluffy, home: Path, core: Core) -> None:
    assert fluffy("--home", home, "jobs", "pause", "extract-contacts").out.startswith(
        "Paused: Finding people."
    )
    found = fluffy("--home", home, "--json", "jobs", "pause").json
    assert found == {"everything": True, "kinds": ["extract-contacts"], "on_battery": True, "held": ""}
    assert core.jobs.paused
    assert fluffy("--home", home, "--json", "jobs", "resume", "--on-battery").json["on_battery"] is False
    assert fluffy("--home", home, "jobs", "resume").out.startswith("Paused: Finding people.")
    assert fluffy("--home", home, "jobs", "resume", "extract-contacts").out == (
        "Nothing is paused. Background work goes on on battery.\n"
    )
    assert "paused" not in fluffy("--home", home, "jobs", "kinds").out


def test_alerts_are_listed_and_read(fluffy: Fluffy, home: Path, core: Core) -> None:
    assert fluffy("--home", home, "jobs", "alerts").out == "No alerts.\n"
    dead(core, "a")
    (alert,) = fluffy("--home", home, "--json", "jobs", "alerts").json
    assert alert["text"] == "Looking for unanswered mail failed: The disk is full."
    assert "Make room" in fluffy("--home", home, "jobs", "alerts").out
    assert fluffy("--home", home, "--json", "jobs", "alerts", "--read", alert["id"]).json == []


MISTAKES = [
    (("retry",), "Say which job by its number, or --all-dead"),
    (("retry", "1", "--all-dead"), "Say which job by its number"),
    (("discard", "1", "--kind", "extract-contacts"), "Say which job by its number"),
    (("retry", "--kind", "make-coffee"), "There is no job called “make-coffee”"),
    (("pause", "make-coffee"), "There is no job called “make-coffee”"),
    (("list", "--kind", "make-coffee"), "There is no job called “make-coffee”"),
    (("alerts", "--read", "9"), "There is no alert 9 that was not read yet."),
    (
        ("run", "prepare-meeting", '{"meeting_id": 1}'),
        "Preparing a meeting (prepare-meeting) is not available yet.",
    ),
    (("run", "extract-contacts", '{"message_ids": ["x"]}'), "message_ids is not a list of numbers."),
    (
        ("run", "extract-contacts", json.dumps({"message_ids": [10**15] * 9000})),
        "the arguments are too large",
    ),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[" ".join(one[0])[:40] for one in MISTAKES])
def test_mistakes_get_a_sentence(fluffy: Fluffy, home: Path, words: tuple[str, ...], said: str) -> None:
    ran = fluffy("--home", home, "--json", "jobs", *words)
    assert ran.code == 2
    assert said in ran.json["error"]


def test_running_until_idle_does_not_wait_for_what_is_paused(fluffy: Fluffy, home: Path, core: Core) -> None:
    core.jobs.enqueue("extract-contacts", {"message_ids": [1]})
    core.jobs.pause()
    core.close()
    ran = fluffy("--home", home, "--json", "run", "--until-idle")
    assert ran.json == {"idle": True, "held_back": 1}
    assert fluffy("--home", home, "run", "--until-idle").out == "Paused, 1 job to go\n"
    fluffy("--home", home, "jobs", "resume")
    assert fluffy("--home", home, "--json", "run", "--until-idle").json == {"idle": True, "held_back": 0}


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_cleanly_whatever_waits(home: Path, core: Core, which: signal.Signals) -> None:
    with core.store.transaction() as tx:
        for number in range(10_000):
            job = core.jobs.registry.new_job(
                "extract-contacts", {"message_ids": [number]}, run_after=time.time()
            )
            ledger.enqueue(tx, job, now=time.time())
    core.close()
    command = [sys.executable, "-m", "fluffy_core", "--home", str(home), "--json", "run"]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, env={**os.environ})
    wait_for_work(home)
    process.send_signal(which)
    out, _ = process.communicate(timeout=5)
    answer: Any = json.loads(out)
    assert (process.returncode, answer) == (0, {"idle": False})
    with Core.open(load(home)) as again:
        states = {row[0] for row in again.store.all("SELECT DISTINCT state FROM jobs")}
    assert states == {"queued", "succeeded"}


def wait_for_work(home: Path) -> None:
    """Until some job was done by another process."""
    limit = time.monotonic() + 30
    with Core.open(load(home)) as core:
        while core.store.one("SELECT 1 FROM jobs WHERE state = 'succeeded'") is None:
            assert time.monotonic() < limit, "nothing was done"
            time.sleep(0.02)
