"""The model host at work: order, priority, deadlines, unloading, closing."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fluffy_core.ai.host.host import ModelHost, embedder_engine, onnx_engine
from fluffy_core.ai.host.process import ModelProcess
from fluffy_core.ai.models.catalog import SAME_EMBEDDER
from fluffy_core.errors import ModelError, TransientError
from tests.fakes.embedders import HashEmbedder, Misbehaving, SlowEmbedder, SlowToLoad, Unloadable, engine

Start = Callable[..., ModelHost]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    hosts: list[ModelHost] = []

    def begin(kind: type[HashEmbedder] = HashEmbedder, *, idle_seconds: float = 60.0) -> ModelHost:
        hosts.append(ModelHost(engine(kind, tmp_path), idle_seconds=idle_seconds))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.close()


def right(texts: list[str]) -> np.ndarray:
    return HashEmbedder(Path()).encode(texts)


def test_nothing_runs_before_the_first_request(start: Start) -> None:
    host = start()
    assert host.pid is None
    assert host.embed(["one"]).shape == (1, 384)
    assert host.pid is not None


def test_the_answer_is_that_of_the_engine_in_the_order_asked(start: Start) -> None:
    texts = [f"{'long ' * (number % 300)}{number}" for number in range(200)]
    assert np.array_equal(start().embed(texts), right(texts))


def test_no_texts_need_no_process(start: Start) -> None:
    host = start()
    assert host.embed([]).shape == (0, 384)
    assert host.pid is None


def test_one_process_serves_many_threads(start: Start) -> None:
    host, failures = start(), list[str]()

    def work(name: int) -> None:
        for number in range(10):
            texts = [f"{name}/{number}/{part}" for part in range(1 + (name + number) % 20)]
            if not np.array_equal(host.embed(texts, interactive=bool(name % 2)), right(texts)):
                failures.append(f"{name}/{number}")

    host.embed(["warm"])
    pid = host.pid
    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert host.pid == pid


def test_the_process_outlives_the_thread_that_started_it(start: Start) -> None:
    host = start()
    thread = threading.Thread(target=host.embed, args=(["one"],))
    thread.start()
    thread.join(30)
    pid = host.pid
    time.sleep(0.3)
    assert pid is not None
    assert host.pid == pid
    host.embed(["two"])
    assert host.pid == pid


def test_interactive_requests_overtake_a_long_one_in_the_background(start: Start) -> None:
    host, done = start(SlowEmbedder), threading.Event()
    host.embed(["warm"])

    def background() -> None:
        host.embed(["background"] * 16 * 50)  # 50 batches of 40 ms
        done.set()

    thread = threading.Thread(target=background)
    thread.start()
    time.sleep(0.2)
    waits = []
    for _ in range(3):
        started = time.monotonic()
        host.embed(["now"], interactive=True)
        waits.append(time.monotonic() - started)
    assert not done.is_set()
    thread.join(30)
    assert done.is_set()
    assert max(waits) < 0.7


def test_a_missing_model_names_the_command_and_starts_nothing(tmp_path: Path) -> None:
    with ModelHost(onnx_engine(tmp_path)) as host:
        assert not host.is_installed
        with pytest.raises(ModelError, match=r"not installed\. `fluffy models pull` fetches it\."):
            host.embed(["one"])
        assert host.pid is None


def test_the_same_weights_for_another_runtime_serve_where_only_they_are_installed(tmp_path: Path) -> None:
    assert embedder_engine(tmp_path).name == "all-minilm-l6-v2"
    (tmp_path / SAME_EMBEDDER).mkdir()
    (tmp_path / SAME_EMBEDDER / "model.safetensors").touch()
    assert embedder_engine(tmp_path).name == SAME_EMBEDDER
    (tmp_path / "all-minilm-l6-v2").mkdir()
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / "all-minilm-l6-v2" / name).touch()
    assert embedder_engine(tmp_path).name == "all-minilm-l6-v2"


def test_a_model_that_cannot_be_loaded_is_said_each_time(start: Start) -> None:
    host = start(Unloadable)
    for _ in range(2):
        with pytest.raises(ModelError, match=r"The model is made of cheese\."):
            host.embed(["one"])


def test_a_late_answer_costs_the_process_and_the_next_request_gets_another(start: Start) -> None:
    host = start(Misbehaving)
    host.embed(["warm"])
    pid, started = host.pid, time.monotonic()
    with pytest.raises(TransientError, match="did not answer in time"):
        host.embed(["!sleep 30"], deadline=0.4)
    assert time.monotonic() - started < 1.5
    assert np.array_equal(host.embed(["after"]), right(["after"]))
    assert host.pid != pid


def test_who_cannot_wait_for_the_loading_does_not_end_it(start: Start) -> None:
    host = start(SlowToLoad)
    with pytest.raises(TransientError):
        host.embed(["one"], deadline=0.2)
    pid = host.pid
    assert pid is not None
    assert np.array_equal(host.embed(["one"]), right(["one"]))
    assert host.pid == pid


def test_who_cannot_wait_for_the_turn_does_not_disturb_its_holder(start: Start) -> None:
    host, answers = start(Misbehaving), list[np.ndarray]()
    host.embed(["warm"])
    thread = threading.Thread(target=lambda: answers.append(host.embed(["!sleep 1"])))
    thread.start()
    time.sleep(0.2)
    with pytest.raises(TransientError, match="busy"):
        host.embed(["hurry"], interactive=True, deadline=0.2)
    thread.join(30)
    assert np.array_equal(answers[0], right(["!sleep 1"]))


def test_it_unloads_when_idle_and_comes_back(start: Start) -> None:
    host = start(idle_seconds=0.3)
    host.embed(["one"])
    first, until = host.pid, time.monotonic() + 5
    while host.pid is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert host.pid is None
    assert np.array_equal(host.embed(["two"]), right(["two"]))
    assert host.pid != first


def test_a_request_in_the_moment_of_unloading_is_not_lost(start: Start) -> None:
    host = start(idle_seconds=0.02)
    for number in range(12):
        texts = [f"number {number}"]
        assert np.array_equal(host.embed(texts), right(texts))
        time.sleep(0.016 + number % 4 * 0.002)


def test_a_question_to_a_process_that_has_just_left_is_asked_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = start(idle_seconds=0.2)
    host.embed(["one"])
    first = host.pid
    while host.pid is not None:
        time.sleep(0.05)
    monkeypatch.setattr(ModelProcess, "is_alive", property(lambda process: process._asked < 3))
    assert np.array_equal(host.embed(["two"]), right(["two"]))
    assert host.pid not in {None, first}


def test_an_interruption_sends_who_waits_away_and_the_next_starts_afresh(start: Start) -> None:
    host = start(Misbehaving)
    host.interrupt()
    before = right(["a"])
    assert np.array_equal(host.embed(["a"]), before)
    pid, errors = host.pid, list[Exception]()

    def ask() -> None:
        try:
            host.embed(["!sleep 60"])
        except TransientError as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.2)
    host.interrupt()
    thread.join(10)
    assert [str(one) for one in errors] == ["The model process ended unexpectedly."]
    assert np.array_equal(host.embed(["a"]), before)
    assert host.pid != pid


def test_close_ends_everything_within_two_seconds(start: Start) -> None:
    host, told = start(Misbehaving), list[str]()
    host.embed(["warm"])
    pid = host.pid
    assert pid is not None

    def ask(text: str) -> None:
        try:
            host.embed([text])
        except TransientError as error:
            told.append(str(error))

    threads = [threading.Thread(target=ask, args=(text,)) for text in ("!sleep 60", "one", "two")]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    started = time.monotonic()
    host.close()
    for thread in threads:
        thread.join(5)
    assert time.monotonic() - started < 2.0
    assert sorted(set(told)) == [
        "The model is closed: the program is ending.",
        "The model process ended unexpectedly.",
    ]
    assert not psutil.pid_exists(pid)
    with pytest.raises(TransientError, match="is closed"):
        host.embed(["late"])
    host.close()


def test_an_interrupted_caller_leaves_no_answer_behind(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between question and answer: that answer must not reach whoever asks next."""
    host = start()
    host.embed(["warm"])
    pid, wait = host.pid, ModelProcess._next

    def interrupted(process: ModelProcess, until: float) -> object:
        wait(process, until)
        raise KeyboardInterrupt

    monkeypatch.setattr(ModelProcess, "_next", interrupted)
    with pytest.raises(KeyboardInterrupt):
        host.embed(["interrupted"])
    monkeypatch.undo()
    assert np.array_equal(host.embed(["next"]), right(["next"]))
    assert host.pid != pid


def test_it_is_an_embedder_with_the_name_of_its_engine(start: Start) -> None:
    host = start()
    assert host.name == "hash"
    assert np.array_equal(host.encode(["one"]), right(["one"]))


def test_texts_that_no_encoding_knows_are_cleaned_before_they_travel(start: Start) -> None:
    assert np.array_equal(start().embed(["a\udcffb"]), right(["a?b"]))
