"""An import killed at any moment ends, once resumed, exactly like one that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fluffy_core.config import resources_folder
from fluffy_core.services.demo.demo import build_demo
from tests.conftest import PROJECT, REALDATA
from tests.faults import snapshot

LONG = os.environ.get("FLUFFY_LONG_FAULTS") == "1"
RANDOM_KILLS = 200 if LONG else 6
KILLS_AT_EACH_POINT = 20 if LONG else 1
LONGEST_LIFE = 12.0
"""Seconds after which a process is killed at the latest: many kills fall into the reading of mail."""
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def victim(home: Path, paths: Sequence[Path], *options: str, patience: float = 1800) -> int:
    """Run the process to be killed, killing it after `patience` seconds; its return code."""
    command = [sys.executable, "-m", "tests.faults.victim", str(home), *map(str, paths), *options]
    complaints = home.with_suffix(".stderr")
    with complaints.open("wb") as file:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=file)
        try:
            code = process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
    assert code in (0, -signal.SIGKILL), complaints.read_text()[-2000:]
    return code


def finish(home: Path, paths: Sequence[Path], *options: str) -> None:
    """Run to the end, undisturbed."""
    assert victim(home, paths, *options) == 0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The demo mailbox."""
    folder = tmp_path_factory.mktemp("demo")
    build_demo(folder, now=NOW, resources=resources_folder() / "demo")
    return [folder]


@pytest.fixture(scope="module")
def mailbox(demo: list[Path], request: pytest.FixtureRequest) -> list[Path]:
    """The demo mailbox; in the long form, where it is present, all the real mail."""
    if LONG and REALDATA.is_dir():
        return [request.getfixturevalue("realmail")]
    return demo


Quiet = tuple[snapshot.Snapshot, list[str], float]
"""(what a quiet run ends with, every commit point it met in order, seconds it took)"""


@pytest.fixture(scope="module")
def undisturbed(mailbox: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Quiet:
    """A run that nobody disturbs."""
    return _quiet_run(mailbox, tmp_path_factory.mktemp("quiet"))


def _quiet_run(mailbox: list[Path], folder: Path) -> Quiet:
    started = time.monotonic()
    finish(folder / "home", mailbox, "--list", str(folder / "points"))
    took = time.monotonic() - started
    return snapshot.take(folder / "home"), (folder / "points").read_text().split(), took


def test_importing_again_changes_nothing(mailbox: list[Path], undisturbed: Quiet, tmp_path: Path) -> None:
    home = tmp_path / "home"
    finish(home, mailbox)
    finish(home, mailbox)
    again = snapshot.take(home)
    expected, _, _ = undisturbed
    assert snapshot.differences(expected, again) == {}


def test_random_kills_lose_and_double_nothing(
    mailbox: list[Path], undisturbed: Quiet, tmp_path: Path
) -> None:
    expected, _, took = undisturbed
    dice = random.Random(20261123)
    killed = 0
    home = tmp_path / "home"
    while killed < RANDOM_KILLS:
        if victim(home, mailbox, patience=dice.uniform(0.3, min(max(took, 2.0) * 0.6, LONGEST_LIFE))):
            killed += 1
            continue
        assert snapshot.differences(expected, snapshot.take(home)) == {}
        shutil.rmtree(home)
    finish(home, mailbox)
    assert snapshot.differences(expected, snapshot.take(home)) == {}


@pytest.mark.timeout(14400 if LONG else 900)
def test_kills_at_every_commit_point(demo: list[Path], tmp_path: Path) -> None:
    expected, points, _ = _quiet_run(demo, tmp_path)
    dice = random.Random(7)
    for number, point in enumerate(sorted(set(points))):
        for when in ("before", "after") if LONG else (("before", "after")[number % 2],):
            home = tmp_path / f"{point}-{when}"
            for _ in range(KILLS_AT_EACH_POINT):
                count = dice.randrange(max(1, min(points.count(point), 40)))
                victim(home, demo, "--die", f"{point}:{when}:{count}")
            finish(home, demo)
            assert snapshot.differences(expected, snapshot.take(home)) == {}, (point, when)
            shutil.rmtree(home)
