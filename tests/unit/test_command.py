"""The process of a command: its exit code, and how often Python looks for garbage in it."""

import gc
import subprocess
import sys

import pytest

from fluffy_core import __main__ as command
from fluffy_core.cli import main as command_line


def test_the_command_decides_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[tuple[int, ...]] = []
    monkeypatch.setattr(gc, "set_threshold", lambda *found: chosen.append(found))
    monkeypatch.setattr(command_line, "main", lambda: 7)
    assert (command.main(), chosen) == (7, [command.THRESHOLDS])


def test_garbage_is_looked_for_less_often_than_usual_and_not_never() -> None:
    assert all(0 < usual < ours for usual, ours in zip(gc.get_threshold(), command.THRESHOLDS, strict=True))


def test_importing_it_changes_nothing() -> None:
    code = "import gc; a = gc.get_threshold(); import fluffy_core.__main__; print(a == gc.get_threshold())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "True"
