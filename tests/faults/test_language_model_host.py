"""The model process killed, hanging and babbling while it answers: every request is answered in the end."""

import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.host.host import ModelHost
from fluffy_core.ai.models.catalog import SMALL_LANGUAGE_MODEL
from fluffy_core.errors import KnownError, ModelError, TransientError
from tests.fakes.embedders import HashEmbedder, engine
from tests.fakes.speakers import Hungry, Parrot, llama_engine, speaker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

MODELS = Path(os.environ.get("FLUFFY_MODELS", "no models"))  # read now: other tests set it for themselves
PAGE = " ".join(f"word{number}" for number in range(40))
KILLS, ANSWERS, WARM_UP = 8, 40, 15
MANY_KILLS, MANY_ANSWERS, LONG_WARM_UP = 100, 1_000, 60


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ModelHost]:
    chosen = speaker(Parrot, tmp_path)
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen) as running:
        ask(running, "warm")
        yield running


@pytest.fixture
def models() -> Path:
    if not (MODELS / SMALL_LANGUAGE_MODEL).is_dir() or find_spec("llama_cpp") is None:
        pytest.skip("no language model installed: set FLUFFY_MODELS")
    return MODELS


def ask(host: ModelHost, user: str, *, most: int = 100, deadline: float = 150.0) -> str:
    return "".join(host.generate(Prompt("", user, max_tokens=most), deadline=deadline)).strip()


def living_pid(host: ModelHost) -> int:
    while (pid := host.pid) is None:
        time.sleep(0.01)
    return pid


class Requests:
    """Threads with a pile of requests, each repeated until it is answered, as the job queue does it."""

    def __init__(self, ask: Callable[[int], str], count: int) -> None:
        self.answers: dict[int, str] = {}
        self.retried = 0
        self.talking = threading.Event()
        self._ask = ask
        self._left = list(range(count))
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._left:
                    return
                number = self._left.pop()
            while number not in self.answers:
                try:
                    self.answers[number] = self._ask(number)
                except TransientError:
                    self.retried += 1

    @property
    def going_on(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)


def killed_while_talking(host: ModelHost, *, kills: int, prompt: Callable[[int], Prompt]) -> Requests:
    """Answer `2 * kills` requests while the process is killed `kills` times in the middle of an answer."""
    moments, talking = random.Random(7), threading.Event()

    def answered(number: int) -> str:
        text = ""
        for piece in host.generate(prompt(number), interactive=number % 2 == 0, deadline=150):
            text += piece
            if text:
                talking.set()
        return text.strip()

    requests = Requests(answered, 2 * kills)
    for _ in range(kills):
        talking.clear()
        assert talking.wait(120), "no answer after a kill"
        time.sleep(moments.uniform(0, 0.03))
        os.kill(living_pid(host), signal.SIGKILL)
    for thread in requests.threads:
        thread.join(600)
    assert not requests.going_on
    return requests


def slow_parrot(folder: Path) -> ModelHost:
    chosen = speaker(Parrot, folder, pause=4)
    return ModelHost(engine(HashEmbedder, folder), lambda: chosen)


def pages(number: int) -> Prompt:
    return Prompt("", f"{number} {PAGE}", max_tokens=100)


def assert_kills_cost_nothing(folder: Path, kills: int) -> None:
    with slow_parrot(folder) as host:
        requests = killed_while_talking(host, kills=kills, prompt=pages)
    assert requests.answers == {number: f"{number} {PAGE}" for number in range(2 * kills)}
    assert requests.retried >= kills / 2


def test_killed_in_the_middle_of_answers(tmp_path: Path) -> None:
    assert_kills_cost_nothing(tmp_path, KILLS)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_killed_a_hundred_times_in_the_middle_of_answers(tmp_path: Path) -> None:
    assert_kills_cost_nothing(tmp_path, MANY_KILLS)


def assert_real_kills_cost_nothing(models: Path, kills: int) -> None:
    """With the real model: what is answered after a kill is what would have been answered without."""
    prompts = [
        Prompt("Answer briefly.", f"What can one do with {number} apples?", max_tokens=6)
        for number in range(2 * kills)
    ]
    chosen = llama_engine(models)
    with ModelHost(engine(HashEmbedder, models), lambda: chosen) as host:
        requests = killed_while_talking(host, kills=kills, prompt=prompts.__getitem__)
        again = {number: "".join(host.generate(prompts[number])).strip() for number in range(3)}
    assert len(requests.answers) == 2 * kills
    assert {number: requests.answers[number] for number in range(3)} == again


def test_the_real_model_killed_in_the_middle_of_answers(models: Path) -> None:
    assert_real_kills_cost_nothing(models, 2)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_real_model_killed_a_hundred_times(models: Path) -> None:
    assert_real_kills_cost_nothing(models, MANY_KILLS)


@pytest.mark.parametrize("word", ["!die=1", "!die=0", "!die=139", "!raise", "!garbage", "!connect", "!run"])
def test_whatever_it_does_the_next_request_is_answered(host: ModelHost, word: str) -> None:
    pid = host.pid
    with pytest.raises(TransientError, match=r"^The model process (ended unexpectedly|sent something)"):
        ask(host, f"one two {word} three")
    assert ask(host, "after") == "after"
    assert host.pid != pid


def test_stopped_and_late(host: ModelHost) -> None:
    pid = living_pid(host)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TransientError, match="did not answer in time"):
        ask(host, "one", deadline=0.5)
    assert ask(host, "after") == "after"
    assert host.pid != pid


def test_more_memory_than_it_may_have_ends_the_process_alone(tmp_path: Path) -> None:
    chosen = [speaker(Hungry, tmp_path)]
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen[0]) as host:
        with pytest.raises(TransientError, match="ended unexpectedly"):
            ask(host, "one")
        chosen[0] = speaker(Parrot, tmp_path)
        assert ask(host, "two") == "two"


def assert_memory_stays(models: Path, *, count: int, warm_up: int) -> None:
    """The process's own memory over `count` answers; mapped weights come and go with the disk cache."""
    chosen = llama_engine(models)
    sizes: list[int] = []
    with ModelHost(engine(HashEmbedder, models), lambda: chosen) as host:
        for number in range(count):
            user = f"Letter {number}: " + "please send the contract. " * (number % 7)
            prompt = Prompt("Answer briefly.", user, max_tokens=3)
            "".join(host.generate(prompt, deadline=150))
            memory = psutil.Process(living_pid(host)).memory_info()
            sizes.append(memory.rss - memory.shared)
    assert max(sizes[-warm_up:]) <= 1.05 * max(sizes[:warm_up])


def test_memory_does_not_grow_with_answers(models: Path) -> None:
    assert_memory_stays(models, count=ANSWERS, warm_up=WARM_UP)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_memory_does_not_grow_over_a_thousand_answers(models: Path) -> None:
    assert_memory_stays(models, count=MANY_ANSWERS, warm_up=LONG_WARM_UP)


@pytest.mark.timeout(300)
def test_the_real_model_stops_reading_a_long_prompt_within_two_seconds(models: Path) -> None:
    chosen = llama_engine(models)
    with ModelHost(engine(HashEmbedder, models), lambda: chosen) as host:
        ask(host, "Say hello.", most=2)
        pid = host.pid
        pieces = host.generate(Prompt("Sum up.", "Please send the signed contract. " * 400), deadline=600)
        assert [next(pieces) for _ in range(3)] == [""] * 3  # 2,800 tokens are no matter of three portions
        started = time.monotonic()
        pieces.close()  # type: ignore[attr-defined]
        host.embed(["now"], interactive=True)
        assert time.monotonic() - started < 2.0 + 2.0  # the embedder is loaded, too
        assert host.pid == pid


@pytest.mark.timeout(300)
def test_a_real_answer_that_was_overtaken_goes_on_where_it_was(models: Path) -> None:
    chosen = llama_engine(models)
    slow = Prompt("Answer briefly.", "Tell me of the sea.", max_tokens=16)
    quick = Prompt("You teach geography.", "What is the capital of Peru?", max_tokens=6)
    with ModelHost(engine(HashEmbedder, models), lambda: chosen) as host:
        expected = ["".join(host.generate(one)) for one in (slow, quick)]
        pieces, told = host.generate(slow), ""
        while len(told) < 12:
            told += next(pieces)
        assert "".join(host.generate(quick, interactive=True)) == expected[1]
        assert told + "".join(pieces) == expected[0]


def damaged(models: Path, folder: Path, change: Callable[[Path], object]) -> ModelHost:
    """A host whose language model's file was changed."""
    copy = folder / SMALL_LANGUAGE_MODEL
    shutil.copytree(models / SMALL_LANGUAGE_MODEL, copy)
    change(copy / "model.gguf")
    chosen = llama_engine(folder)
    return ModelHost(engine(HashEmbedder, folder), lambda: chosen)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: os.truncate(file, 40_000_000),
        lambda file: os.truncate(file, 100),
        lambda file: file.write_bytes(b"GGUF" + b"\xff" * 5_000),
        lambda file: file.write_bytes(b"PK\x03\x04 no model"),
        lambda file: file.write_bytes(b""),
    ],
    ids=["half", "a bit", "nonsense", "another kind", "empty"],
)
def test_a_damaged_file_is_said_and_embeddings_go_on(
    models: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    with damaged(models, tmp_path, change) as host:
        for _ in range(2):
            with pytest.raises(KnownError, match=r"damaged|ended unexpectedly"):
                ask(host, "x")
            assert host.embed(["one"]).shape == (1, 384)


def test_a_file_that_is_deleted_meanwhile_is_said(models: Path, tmp_path: Path) -> None:
    with damaged(models, tmp_path, lambda file: None) as host:
        pieces = host.generate(Prompt("", "Count to ten.", max_tokens=8))
        next(pieces)
        (tmp_path / SMALL_LANGUAGE_MODEL / "model.gguf").unlink()
        assert "".join(pieces)
        with pytest.raises(ModelError, match="No language model"):
            host.generate(Prompt("", "x"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_native_code_of_the_real_model_holds_no_socket(models: Path) -> None:
    """The audit hook sees Python only; the open descriptors show what libraries opened."""
    chosen = llama_engine(models)
    with ModelHost(engine(HashEmbedder, models), lambda: chosen) as host:
        ask(host, "Say hello.", most=2)
        targets = [str(link.readlink()) for link in Path(f"/proc/{host.pid}/fd").iterdir()]
        assert len(targets) >= 3
        assert not [target for target in targets if target.startswith("socket:")]
