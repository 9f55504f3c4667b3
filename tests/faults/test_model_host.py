"""The model process killed, stopped, crashing and babbling: nobody ever gets a wrong answer."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fluffy_core.ai.host.host import ModelHost, onnx_engine
from fluffy_core.ai.models.catalog import EMBEDDER
from fluffy_core.errors import TransientError
from tests.fakes.embedders import HashEmbedder, Misbehaving, SlowEmbedder, engine

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 20

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ModelHost]:
    with ModelHost(engine(Misbehaving, tmp_path)) as running:
        running.embed(["warm"])
        yield running


def is_right(vectors: np.ndarray, texts: list[str]) -> bool:
    return np.array_equal(vectors, HashEmbedder(Path()).encode(texts))


def living_pid(host: ModelHost) -> int:
    until = time.monotonic() + 20
    while (pid := host.pid) is None:
        assert time.monotonic() < until, "no model process came back"
        time.sleep(0.01)
    return pid


def is_gone(pid: int) -> bool:
    """Whether it runs no more; a zombie that nobody reaps here counts as gone."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Callers:
    """Threads that ask without pause and judge every answer."""

    def __init__(self, host: ModelHost, count: int) -> None:
        self.right, self.retried, self.wrong = itertools.count(), itertools.count(), list[str]()
        self.served = threading.Event()
        self._host = host
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(name,)) for name in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self, name: int) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            texts = [f"{name}/{number}/{part}" for part in range(1 + number % 40)]
            try:
                vectors = self._host.embed(texts, interactive=bool(name % 2))
            except TransientError:
                next(self.retried)
            else:
                self.served.set()
                next(self.right)
                if not is_right(vectors, texts):
                    self.wrong.append(texts[0])

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


def test_killed_in_the_middle_of_requests(tmp_path: Path) -> None:
    moments = random.Random(20)
    with ModelHost(engine(SlowEmbedder, tmp_path)) as host:
        callers = Callers(host, 4)
        try:
            for _ in range(KILLS):
                callers.served.clear()
                assert callers.served.wait(20), "no answer after a kill"
                time.sleep(moments.uniform(0, 0.09))
                os.kill(living_pid(host), signal.SIGKILL)
        finally:
            callers.stop()
        assert callers.wrong == []
        assert next(callers.right) >= KILLS
        assert next(callers.retried) >= KILLS / 2
        assert is_right(host.embed(["after all"]), ["after all"])


@pytest.mark.parametrize(
    "text", ["!die 1", "!die 0", "!die 139", "!raise", "!nan", "!narrow", "!few", "!garbage"]
)
def test_whatever_it_does_the_next_request_is_served(host: ModelHost, text: str) -> None:
    pid = host.pid
    with pytest.raises(TransientError, match=r"^The model process (ended unexpectedly|sent something)"):
        host.embed(["before", text])
    assert is_right(host.embed(["after"]), ["after"])
    assert host.pid != pid


def test_stopped_and_late(host: ModelHost) -> None:
    pid, started = living_pid(host), time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TransientError, match="did not answer in time"):
        host.embed(["x" * 2_000, "\U0001f98a" * 2_000], deadline=0.5)
    assert time.monotonic() - started < 2
    assert is_right(host.embed(["after"]), ["after"])
    assert host.pid != pid


def test_stopped_and_closed(host: ModelHost) -> None:
    pid, started = living_pid(host), time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    host.close()
    assert time.monotonic() - started < 2
    assert is_gone(pid)


def test_killed_between_requests_costs_nobody_anything(host: ModelHost) -> None:
    for _ in range(5):
        pid = living_pid(host)
        os.kill(pid, signal.SIGKILL)
        while host.pid == pid:
            time.sleep(0.01)
        assert is_right(host.embed(["next"]), ["next"])


OWNER = """
import sys, threading, time
from pathlib import Path
from fluffy_core.ai.host.host import ModelHost
from tests.fakes.embedders import Misbehaving, engine
host = ModelHost(engine(Misbehaving, Path(".")))
host.embed(["warm"])
print(host.pid, flush=True)
if sys.argv[1] == "busy":
    host.embed(["!sleep 600"], deadline=600)
time.sleep(600)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_owner(state: str, end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, state],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        time.sleep(0.3)
        assert not is_gone(pid)
        owner.send_signal(end)
        until = time.monotonic() + 2
        while not is_gone(pid) and time.monotonic() < until:
            time.sleep(0.02)
        assert is_gone(pid)


def test_ctrl_c_in_the_terminal_is_the_owners_business(host: ModelHost) -> None:
    pid = living_pid(host)
    os.kill(pid, signal.SIGINT)
    assert is_right(host.embed(["after"]), ["after"])
    assert host.pid == pid


MODELS = Path(os.environ.get("FLUFFY_MODELS", "no models"))  # read now: other tests set it for themselves
RECORDED = """
import sys
reached = []
def record(event, args):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn")):
        reached.append(event)
sys.addaudithook(record)
from pathlib import Path
from fluffy_core.ai.embedding.onnx import OnnxEmbedder
vectors = OnnxEmbedder(Path(sys.argv[1])).encode(["no socket for this", "nor for that"])
print(len(vectors), reached)
"""


@pytest.fixture
def models() -> Path:
    if not (MODELS / EMBEDDER).is_dir():
        pytest.skip("no installed models: set FLUFFY_MODELS")
    return MODELS


def test_the_real_embedder_opens_no_socket_and_runs_no_program(models: Path) -> None:
    command = [sys.executable, "-c", RECORDED, str(models / EMBEDDER)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "2 []", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_native_code_of_the_real_embedder_holds_no_socket(models: Path) -> None:
    """The audit hook sees Python only; the open descriptors show what libraries opened."""
    with ModelHost(onnx_engine(models)) as host:
        host.embed(["no socket for this"] * 40)
        targets = [str(link.readlink()) for link in Path(f"/proc/{host.pid}/fd").iterdir()]
        assert len(targets) >= 3
        assert not [target for target in targets if target.startswith("socket:")]


def test_the_real_embedder_comes_back_after_a_kill(models: Path) -> None:
    with ModelHost(onnx_engine(models)) as host:
        expected = host.embed(["Where is the invoice?"])
        os.kill(living_pid(host), signal.SIGKILL)
        for _ in range(2):
            try:
                again = host.embed(["Where is the invoice?"])
            except TransientError:
                continue
            assert np.allclose(again, expected, atol=1e-6)
            return
        pytest.fail("no answer after a kill")
