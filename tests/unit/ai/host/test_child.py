"""The model process seen from outside: what it loads, refuses and leaves behind."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from fluffy_core.ai.host import child as host_child
from fluffy_core.ai.host import process as host_process
from fluffy_core.ai.host.child import ChildSettings
from fluffy_core.ai.host.host import ModelHost
from fluffy_core.ai.host.process import Engine
from fluffy_core.errors import ModelError, TransientError
from tests.fakes.embedders import HashEmbedder, Misbehaving, engine

END: Mapping[str, Any] = {"pieces": [], "end": True}
PROJECT = Path(__file__).resolve().parents[4]


def test_it_starts_without_the_rest_of_the_program(tmp_path: Path) -> None:
    """Also not what `fluffy_core/__init__.py` loads: it would cost the child seconds and memory."""
    lister = Engine(name="list", factory="tests.fakes.inventory:list_modules", model_dir=tmp_path)
    with ModelHost(lister) as host, pytest.raises(ModelError) as told:
        host.embed(["one"])
    loaded = set(str(told.value).split())
    assert {name for name in loaded if name.startswith("fluffy_core.")} == {
        f"fluffy_core.{name}"
        for name in ("ai", "ai.base", "ai.host", "ai.host.child", "ai.host.protocol", "errors")
    }
    assert not loaded & {"numpy", "onnxruntime", "sqlcipher3", "huey", "PySide6", "socket", "asyncio"}


@pytest.mark.parametrize("text", ["!connect", "!run"])
def test_network_and_programs_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    caplog.set_level("INFO", logger="fluffy_core.ai.host.process")
    with ModelHost(engine(Misbehaving, tmp_path)) as host:
        with pytest.raises(TransientError, match="ended unexpectedly"):
            host.embed([text])
        assert "PermissionError: the model process may not use" in caplog.text


def test_what_libraries_print_does_not_disturb_the_answers(tmp_path: Path) -> None:
    with ModelHost(engine(Misbehaving, tmp_path)) as host:
        for _ in range(3):
            assert host.embed(["!print", "and a text"]).shape == (2, 384)


@pytest.mark.skipif(sys.platform == "win32", reason="has priority classes instead")
def test_it_yields_to_the_user_and_has_a_ceiling(tmp_path: Path) -> None:
    with ModelHost(engine(HashEmbedder, tmp_path)) as host:
        host.embed(["one"])
        child = psutil.Process(host.pid)
        assert child.nice() >= min(19, os.nice(0) + 10)
        if sys.platform == "linux":
            assert child.rlimit(psutil.RLIMIT_DATA)[0] == 2_048 << 20


def test_a_ceiling_that_is_reached_ends_the_process_not_the_program(tmp_path: Path) -> None:
    greedy = Engine(name="greedy", factory="tests.fakes.embedders:Greedy", model_dir=tmp_path, memory_mb=300)
    with ModelHost(greedy) as host, pytest.raises(TransientError, match="ended unexpectedly"):
        host.embed(["one"])


@pytest.mark.parametrize(
    "event",
    [
        "socket.__new__",
        "socket.connect",
        "socket.getaddrinfo",
        "subprocess.Popen",
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.system",
    ],
)
def test_refused_events(event: str) -> None:
    with pytest.raises(PermissionError, match=event):
        host_child._refuse(event, ())


@pytest.mark.parametrize("event", ["open", "import", "os.listdir", "compile", "ctypes.dlopen"])
def test_allowed_events(event: str) -> None:
    host_child._refuse(event, ())


@pytest.mark.parametrize("given", [b"", b"garbage" * 100, b"FLM1"])
def test_it_leaves_when_the_owner_is_gone_or_talks_nonsense(given: bytes) -> None:
    settings = ChildSettings(60.0)
    done = subprocess.run(
        host_process.child_command(settings),
        input=given,
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == host_child.IDLE


def test_a_frozen_application_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    settings = ChildSettings(1.0, 2)
    program, flag, argument = host_process.child_command(settings)
    assert (program, flag) == (sys.executable, "--model-host")
    assert ChildSettings(**json.loads(argument)) == settings


def spoken(monkeypatch: pytest.MonkeyPatch, model_dir: Path, *, seconds: float) -> list[Mapping[str, Any]]:
    """Each turn of an answer whose pieces take so many seconds by a clock of its own."""
    clock = itertools.count(0.0, seconds)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    answers = host_child.Answers()
    load = {"factory": "tests.fakes.speakers:Parrot", "model_dir": str(model_dir), "options": {}}
    monkeypatch.setattr(host_child, "_limit_memory", lambda megabytes: None)
    answers.answer({"load": host_child.GENERATE, "memory_mb": 1, **load})
    prompt = {"system": "", "user": "a b c d e", "max_tokens": 9, "stop": []}
    turns = [answers.answer({"lane": 0, "prompt": prompt}).header]
    while "end" not in turns[-1]:
        turns.append(answers.answer({"lane": 0}).header)
    return turns


def test_the_first_word_comes_at_once_then_as_many_as_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, *turns = spoken(monkeypatch, tmp_path, seconds=host_child.TURN_SECONDS / 2)
    assert first == {"pieces": ["a "]}
    assert turns == [{"pieces": ["b ", "c "]}, {"pieces": ["d ", "e "]}, {"pieces": [""]}, END]


def test_a_slow_model_says_each_piece_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    turns = spoken(monkeypatch, tmp_path, seconds=host_child.TURN_SECONDS * 3)
    assert turns == [*({"pieces": [word]} for word in ("a ", "b ", "c ", "d ", "e ", "")), END]
