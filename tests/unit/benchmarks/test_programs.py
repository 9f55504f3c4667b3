"""Programs against the clock: output, failures, time limits, memory of children, turns."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks import programs
from benchmarks.programs import BenchmarkError, Contender

SPAWNER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def test_output_and_time_of_a_program() -> None:
    ended = programs.run(python("import os; print(os.environ['BENCH_WORD'])"), env={"BENCH_WORD": "hello"})
    assert ended.output == "hello\n"
    assert ended.seconds > 0
    assert ended.peak == 0
    assert abs(ended.started - time.time()) < 60


def test_failure_tells_the_last_line_of_the_error() -> None:
    with pytest.raises(BenchmarkError, match="ended with 3: no such mailbox"):
        programs.run(python("import sys; print('x\\nno such mailbox', file=sys.stderr); sys.exit(3)"))


def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(BenchmarkError, match="took longer than 3 s"):
        programs.run(python(SPAWNER, str(note)), limit=3)
    pid = int(note.read_text(encoding="ascii"))
    end = time.monotonic() + 20  # it was killed; the system may take its time to see to that
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert is_gone(pid)


def is_gone(pid: int) -> bool:
    """Whether it runs no more; a zombie that nobody reaps here counts as gone."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_memory_is_that_of_the_whole_tree() -> None:
    hold = "x = bytearray(60_000_000); import time; time.sleep(0.6)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert programs.run(python(outer), memory=True).peak > 60_000_000


def test_a_process_that_is_gone_holds_no_memory() -> None:
    with subprocess.Popen(python("pass")) as process:
        process.wait()
    assert programs.tree_memory(process.pid) == 0


def test_contenders_take_turns() -> None:
    order: list[str] = []

    def runner(name: str) -> Contender:
        def once(number: int) -> float:
            order.append(f"{name}{number}")
            return float(number)

        return Contender(name, once)

    times = programs.best_in_turns([runner("a"), runner("b")], rounds=2, budget=60)
    assert order == ["a0", "b0", "a1", "b1"]
    assert times == {"a": [0.0, 1.0], "b": [0.0, 1.0]}


def test_a_round_that_does_not_fit_is_not_begun() -> None:
    def slow(_: int) -> float:
        time.sleep(0.05)
        return 0.05

    times = programs.best_in_turns([Contender("slow", slow)], rounds=50, budget=0.06)
    assert times == {"slow": [0.05]}
