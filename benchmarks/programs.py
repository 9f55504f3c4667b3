"""Running other programs against the clock: wall time, peak memory of all their processes, a time limit."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

LOOK = 0.05
"""Seconds between two looks at the memory of a program and its children."""


class BenchmarkError(Exception):
    """Something could not be measured; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that came to its end well. `peak` is bytes of all its processes together, 0 if not asked."""

    output: str
    seconds: float
    started: float
    """When it was started, in Unix seconds."""
    peak: int = 0


def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, limit: float = 600, memory: bool = False
) -> Ended:
    """Run a program to its end. Raises BenchmarkError when it fails or takes longer than `limit` seconds."""
    name = " ".join(command[:1] if command[0] not in command[1:] else command)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started, clock = time.time(), time.perf_counter()
        with subprocess.Popen(
            command, stdout=out, stderr=errors, stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}
        ) as process:
            watch = _Watch(process.pid) if memory else None
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                _kill(process)
                raise BenchmarkError(f"{name} took longer than {limit:.0f} s") from None
            except BaseException:
                _kill(process)
                raise
            finally:
                peak = watch.end() if watch is not None else 0
        seconds = time.perf_counter() - clock
        errors.seek(0)
        if code:
            told = errors.read().decode("utf-8", "replace").strip().splitlines()
            raise BenchmarkError(f"{name} ended with {code}: {told[-1] if told else 'it said nothing'}")
        out.seek(0)
        return Ended(out.read().decode("utf-8", "replace"), seconds, started, peak)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    process.kill()
    process.wait()


def tree_memory(pid: int) -> int:
    """Bytes of resident memory of a process and everything below it (shared pages count once for each)."""
    try:
        top = psutil.Process(pid)
        processes = [top, *top.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for one in processes:
        with contextlib.suppress(psutil.Error):
            total += one.memory_info().rss
    return total


class _Watch:
    """Looks at the memory of a process tree until `end`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(LOOK):
            self._peak = max(self._peak, tree_memory(self._pid))

    def end(self) -> int:
        """The most that was seen."""
        self._over.set()
        self._thread.join()
        return self._peak


@dataclass(frozen=True, slots=True)
class Contender:
    """One of several ways to do the same, run in turns. `once(round)` returns seconds."""

    name: str
    once: Callable[[int], float]


def best_in_turns(contenders: Sequence[Contender], *, rounds: int, budget: float) -> dict[str, list[float]]:
    """Seconds of every round of every contender; they alternate, so that all meet the same machine.

    A round that would probably not fit into `budget` seconds any more is not begun; the first always is.
    """
    times: dict[str, list[float]] = {one.name: [] for one in contenders}
    started = time.monotonic()
    longest = 0.0
    for number in range(rounds):
        begun = time.monotonic()
        if number and begun - started + longest > budget:
            break
        for one in contenders:
            times[one.name].append(one.once(number))
        longest = max(longest, time.monotonic() - begun)
    return times
