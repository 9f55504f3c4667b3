"""A draft that is saved while it is written, killed at any moment: the newest saved text is there, once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.services.writing import unsent
from tests.conftest import PROJECT
from tests.faults.typing_victim import text
from tests.faults.victim import settings

SAVES = 3


def command(home: Path, *options: object) -> list[str]:
    return [sys.executable, "-m", "tests.faults.typing_victim", str(home), *map(str, options)]


def write(home: Path, *options: object) -> tuple[int, list[str]]:
    """Run the process to its end; its return code and what it said."""
    ran = subprocess.run(
        command(home, *options), cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr[-2000:]
    return ran.returncode, ran.stdout.split("\n")


def kept(home: Path) -> list[str]:
    """The texts of all drafts, after a start."""
    with Core.open(settings(home)) as core:
        return [one.written.text for one in unsent.overview(core.store)]


def test_kills_around_every_save(tmp_path: Path) -> None:
    met = tmp_path / "met"
    assert write(tmp_path / "quiet", SAVES, "--list", met)[0] == 0
    assert kept(tmp_path / "quiet") == [text(SAVES)]
    assert met.read_text().split().count("unsent.save") == SAVES
    for number in range(SAVES):
        for when, saved in (("before", number), ("after", number + 1)):
            home = tmp_path / f"{when}{number}"
            code, said = write(home, SAVES, "--die", f"unsent.save:{when}:{number}")
            assert code == -signal.SIGKILL
            assert f"saved {number + 1}" not in said
            # A draft that nothing was written in is forgotten or empty: the first save had not come through.
            assert kept(home) == ([text(saved)] if saved else []), (when, number)


def test_writing_goes_on_in_the_same_draft(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for _ in range(3):
        before = len(kept(home)[0].splitlines()) if kept(home) else 0
        assert write(home, SAVES, "--die", "unsent.save:after:1")[0] == -signal.SIGKILL
        assert kept(home) == [text(before + 2)]
    assert write(home, SAVES)[0] == 0
    assert kept(home) == [text(6 + SAVES)]


@pytest.mark.parametrize("saves", [1, 5, 17])
def test_a_kill_at_any_moment_costs_what_came_after_the_last_save(tmp_path: Path, saves: int) -> None:
    home = tmp_path / "home"
    with subprocess.Popen(
        command(home, 100_000), cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(2 * saves)]
        process.kill()
        said += [line.split() for line in process.stdout]
    assert process.returncode == -signal.SIGKILL
    numbers = {word: max(int(line[1]) for line in said if line[0] == word) for word in ("saving", "saved")}
    (found,) = kept(home)
    assert found in {text(number) for number in numbers.values()}
