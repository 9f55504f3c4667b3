"""Jobs of all kinds in a process that is killed, frozen, starved and misled about the time."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.jobs import DeadLetter, JobState
from fluffy_core.services.home import activity
from fluffy_core.store import ledger
from tests.fakes.jobs import all_jobs, wait
from tests.faults.harness import Home, nap
from tests.faults.job_victim import REGISTRY, ask

LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
KILLS, JOBS, DELETIONS = (200, 20_000, 5) if LONG else (10, 500, 3)
DAY = 86_400


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """A home with as many jobs as the test's parameter says."""
    made = Home(tmp_path, getattr(request, "param", 300))
    yield made
    made.close()


@pytest.mark.timeout(3600 if LONG else 180)
@pytest.mark.parametrize("home", [JOBS], indirect=True)
def test_no_kill_loses_or_doubles_a_job(home: Home) -> None:
    dice = random.Random(61)
    seen = []
    deletions = {round((one + 0.5) * KILLS / DELETIONS): one for one in range(DELETIONS)}
    for number in range(KILLS):
        victim = home.victim().says("ready")
        nap(dice.uniform(0, 0.4 if LONG else 0.15))
        if number in deletions and deletions[number] % 2:
            home.delete_queue()
            nap(dice.uniform(0, 0.05))
        victim.kill()
        if number in deletions and not deletions[number] % 2:
            home.delete_queue()
        seen.append(home.effects())
    assert len(set(seen)) > KILLS / 3, "the kills came between the runs"
    home.victim().finish(1200)
    home.check()


@pytest.mark.parametrize("home", [1], indirect=True)
def test_a_job_that_ran_when_the_process_was_killed_runs_again(home: Home) -> None:
    home.victim("--endless").says("running").kill()
    (job,) = all_jobs(home.store)
    assert (job.state, job.attempt) == (JobState.RUNNING, 1)
    home.victim().finish()
    assert {one.state for one in all_jobs(home.store)} == {JobState.SUCCEEDED}
    assert all_jobs(home.store)[0].attempt == 1
    assert home.store.all("SELECT interruptions FROM jobs ORDER BY id") == [(1,), (0,)]


def test_a_process_that_was_frozen_goes_on_and_stays_the_owner(home: Home) -> None:
    victim = home.victim().says("ready")
    for _ in range(3):
        nap(0.05)
        victim.freeze()
        before = home.effects()
        second = home.victim()
        assert second.process.wait(timeout=60) != 0, "two owners of one home"
        second.process.communicate()
        assert home.effects() == before
        victim.thaw()
    victim.finish()
    home.check()


def test_a_full_disk_loses_nothing(home: Home) -> None:
    (pages,) = home.store.one("PRAGMA page_count") or (0,)
    victim = home.victim("--pages", pages).says("ready")
    wait(lambda: home.ended_by_a_full_disk() or victim.process.poll() is not None, seconds=60)
    victim.kill()
    assert home.effects() < home.count
    assert home.make_room() > 0
    home.victim().finish()
    home.check()


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_loses_nothing_and_holds_nobody_up(home: Home, tmp_path: Path, jump: int) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    victim = home.victim("--clock", clock).says("ready")
    nap(0.2)
    clock.write_text(str(jump))
    with home.store.transaction() as tx:
        for number in range(3):
            ask(tx, REGISTRY.names()[0], 2_000_001 + number, now=time.time() + jump)
    victim.finish(60)
    with home.store.transaction() as tx:
        tx.execute("DELETE FROM jobs WHERE CAST(key AS INTEGER) > 2000000")
        assert tx.execute("DELETE FROM effects WHERE n > 2000000").rowcount == 3
    home.check()


@pytest.mark.parametrize("home", [20], indirect=True)
def test_a_poison_job_is_dead_with_one_alert_for_its_kind(home: Home) -> None:
    home.victim().finish()
    dead = activity.dead_letters(home.store)
    assert sorted((int(one.job.key), one.job.attempt) for one in dead) == [
        (1, 1 + REGISTRY.kind(dead_name(dead, 1)).retries),
        (2, 1),
    ]
    alerts = activity.alerts(home.store)
    assert sorted(one.about for one in alerts) == sorted({ledger.about_kind(one.job.name) for one in dead})
    assert all((one.times, one.serious) == (1, False) for one in alerts)


def dead_name(dead: tuple[DeadLetter, ...], number: int) -> str:
    return next(one.job.name for one in dead if one.job.key == str(number))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("home", [100_000], indirect=True)
def test_the_queue_file_stays_small(home: Home) -> None:
    started = time.monotonic()
    victim = home.victim().says("ready")
    largest = 0
    while victim.process.poll() is None:
        largest = max([largest, *(home.queue.stat().st_size for _ in range(1) if home.queue.exists())])
        nap(0.2)
    victim.finish()
    assert largest <= 5_000_000, f"{largest:,} bytes after {time.monotonic() - started:.0f} s"
    home.check()
