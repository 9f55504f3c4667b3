"""The language model in the model host: order, priority, giving up, deadlines, another choice, unloading."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.host.host import ModelHost
from fluffy_core.ai.host.process import Engine, ModelProcess
from fluffy_core.errors import ModelError, TransientError
from tests.fakes.embedders import HashEmbedder, SlowEmbedder, engine
from tests.fakes.speakers import Endless, Mute, Parrot, SlowToLoad, Unreadable, speaker

Start = Callable[..., ModelHost]
PAGE = " ".join(f"word{number}" for number in range(200))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    hosts: list[ModelHost] = []

    def begin(
        kind: type[Parrot] = Parrot,
        *,
        pause: int = 0,
        embedder: type[HashEmbedder] = HashEmbedder,
        idle_seconds: float = 60.0,
    ) -> ModelHost:
        chosen = speaker(kind, tmp_path, pause=pause)
        hosts.append(ModelHost(engine(embedder, tmp_path), lambda: chosen, idle_seconds=idle_seconds))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.close()


def ask(host: ModelHost, user: str, *, interactive: bool = False, deadline: float = 60.0) -> str:
    prompt = Prompt("", user, max_tokens=1_000)
    return "".join(host.generate(prompt, interactive=interactive, deadline=deadline)).strip()


def heard(pieces: Iterator[str], count: int) -> list[str]:
    """The next `count` pieces that say something."""
    found: list[str] = []
    while len(found) < count:
        if piece := next(pieces):
            found.append(piece.strip())
    return found


def close(pieces: Iterator[str]) -> None:
    pieces.close()  # type: ignore[attr-defined]


class Teller:
    """A background answer in a thread of its own."""

    def __init__(self, host: ModelHost, user: str) -> None:
        self.begun, self.text = threading.Event(), ""
        self.moments: list[float] = []
        self._host, self._user = host, user
        self.thread = threading.Thread(target=self._tell)
        self.thread.start()
        assert self.begun.wait(20)

    def _tell(self) -> None:
        for piece in self._host.generate(Prompt("", self._user, max_tokens=1_000)):
            self.text += piece
            if piece:
                self.moments.append(time.monotonic())
                self.begun.set()


def test_one_process_holds_both_models(start: Start) -> None:
    host = start()
    before = host.pid
    assert ask(host, "good morning") == "good morning"
    pid = host.pid
    assert pid != before is None
    assert np.array_equal(host.embed(["one"]), HashEmbedder(Path()).encode(["one"]))
    assert ask(host, "good night") == "good night"
    assert host.pid == pid


def test_without_a_language_model_it_says_so_at_once(tmp_path: Path) -> None:
    with ModelHost(engine(HashEmbedder, tmp_path)) as host:
        assert host.language_model == ""
        with pytest.raises(ModelError, match=r"`fluffy models list` shows"):
            host.generate(Prompt("", "x"))
        assert host.pid is None


def test_a_model_whose_file_is_gone_is_none(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.touch()
    chosen = Engine("parrot", "tests.fakes.speakers:Parrot", tmp_path, files=(file.name,))
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen) as host:
        assert host.language_model == "parrot"
        assert ask(host, "still here") == "still here"
        file.unlink()
        assert host.language_model == ""
        with pytest.raises(ModelError, match="No language model"):
            host.generate(Prompt("", "x"))


def test_another_choice_holds_at_the_next_request(tmp_path: Path) -> None:
    chosen: list[Engine | None] = [speaker(Parrot, tmp_path, name="one")]
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen[0]) as host:
        assert (host.language_model, ask(host, "a")) == ("one", "a")
        pid = host.pid
        chosen[0] = speaker(Parrot, tmp_path, name="two")
        assert (host.language_model, ask(host, "b")) == ("two", "b")
        assert host.pid == pid
        chosen[0] = None
        assert host.language_model == ""


def test_an_answer_of_a_model_that_was_replaced_cannot_go_on(tmp_path: Path) -> None:
    chosen = [speaker(Endless, tmp_path, name="one")]
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen[0]) as host:
        pieces = host.generate(Prompt("", "go on", max_tokens=1_000))
        heard(pieces, 2)
        chosen[0] = speaker(Parrot, tmp_path, name="two")
        assert ask(host, "quick", interactive=True) == "quick"
        pid = host.pid
        with pytest.raises(TransientError, match="changed meanwhile"):
            list(pieces)
        assert host.pid == pid


def test_before_it_can_say_something_come_empty_pieces(start: Start) -> None:
    pieces = list(start().generate(Prompt("", PAGE, max_tokens=3)))
    assert pieces[:20] == [""] * 20
    assert [piece for piece in pieces if piece] == ["word0 ", "word1 ", "word2 "]


def test_loading_may_be_given_up_and_goes_on(start: Start) -> None:
    host = start(SlowToLoad)
    pieces, started = host.generate(Prompt("", "one")), time.monotonic()
    assert next(pieces) == ""
    close(pieces)
    assert time.monotonic() - started < 1.4
    pid = host.pid
    assert pid is not None
    assert ask(host, "two") == "two"
    assert host.pid == pid


def test_an_embedding_waits_for_one_piece_at_most(start: Start) -> None:
    host = start(pause=20)
    host.embed(["warm"])
    teller = Teller(host, PAGE)
    waits = []
    for _ in range(3):
        started = time.monotonic()
        host.embed(["now"], interactive=True)
        waits.append(time.monotonic() - started)
    assert teller.thread.is_alive()
    assert min(waits) < 0.5
    teller.thread.join(60)
    assert teller.text.strip() == PAGE


def test_an_interactive_answer_goes_before_one_in_the_background_and_costs_it_nothing(start: Start) -> None:
    host = start(pause=5)
    teller = Teller(host, PAGE)
    pieces = host.generate(Prompt("", "one two three four", max_tokens=10), interactive=True)
    heard(pieces, 1)
    asked = time.monotonic()
    assert heard(pieces, 3) == ["two", "three", "four"]
    assert list(pieces) == [""]
    answered = time.monotonic()
    assert not [moment for moment in teller.moments if asked < moment < answered]
    teller.thread.join(60)
    assert teller.text.strip() == PAGE


def test_embeddings_in_the_background_wait_for_an_interactive_answer(start: Start) -> None:
    host = start(embedder=SlowEmbedder)
    host.embed(["warm"])
    pieces = host.generate(Prompt("", "one two three", max_tokens=10), interactive=True)
    heard(pieces, 1)
    with pytest.raises(TransientError, match="busy"):
        host.embed(["later"], deadline=0.2)
    host.embed(["now"], interactive=True)
    close(pieces)
    host.embed(["later"], deadline=20)


def test_two_in_the_background_come_one_after_the_other(start: Start) -> None:
    host, order = start(pause=5), list[str]()
    first = Teller(host, "a " * 30)

    def second() -> None:
        for piece in host.generate(Prompt("", "b", max_tokens=5)):
            if piece:
                order.append(f"{first.thread.is_alive()} {piece.strip()}")

    thread = threading.Thread(target=second)
    thread.start()
    first.thread.join(60)
    thread.join(60)
    assert len(first.text.split()) == 30
    assert [one.split()[1] for one in order] == ["b"]


def test_giving_up_ends_the_work_and_leaves_the_process(start: Start) -> None:
    host = start(Endless)
    pieces = host.generate(Prompt("", "go"), deadline=600)
    assert heard(pieces, 3) == ["and"] * 3
    pid = host.pid
    close(pieces)
    again = host.generate(Prompt("", "go"), deadline=600)
    assert heard(again, 1) == ["and"]
    assert host.pid == pid
    close(again)


@pytest.mark.parametrize("hang", ["!sleep=60", "one !sleep=60"])
def test_giving_up_on_a_process_that_hangs_ends_it_within_two_seconds(start: Start, hang: str) -> None:
    host = start()
    ask(host, "warm")
    pid = host.pid
    assert pid is not None
    pieces = host.generate(Prompt("", hang))
    heard(pieces, hang.count(" "))
    started = time.monotonic()
    assert next(pieces) == ""
    close(pieces)
    assert time.monotonic() - started < 2.0
    assert ask(host, "after") == "after"
    assert host.pid != pid


def test_who_waits_for_another_answer_may_give_up_too(start: Start) -> None:
    host = start(Endless)
    talking = host.generate(Prompt("", "go"), interactive=True)
    heard(talking, 1)
    waiting = host.generate(Prompt("", "go"))
    assert next(waiting) == ""
    close(waiting)
    assert heard(talking, 1) == ["and"]
    close(talking)


def test_an_answer_past_its_deadline_ends_and_the_process_stays(start: Start) -> None:
    host = start(Endless)
    host.embed(["warm"])
    pid = host.pid
    with pytest.raises(TransientError, match="did not answer in time"):
        ask(host, "go", deadline=0.5)
    host.embed(["after"])
    assert host.pid == pid


def test_a_process_that_hangs_past_the_deadline_is_ended(start: Start) -> None:
    host = start()
    ask(host, "warm")
    pid, started = host.pid, time.monotonic()
    with pytest.raises(TransientError, match="did not answer in time"):
        ask(host, "one !sleep=60", deadline=0.5)
    assert time.monotonic() - started < 5
    assert ask(host, "after") == "after"
    assert host.pid != pid


def test_a_model_that_cannot_be_loaded_is_said_each_time_and_embeddings_go_on(start: Start) -> None:
    host = start(Unreadable)
    for _ in range(2):
        with pytest.raises(ModelError, match=r"made of straw\."):
            ask(host, "x")
        assert host.embed(["one"]).shape == (1, 384)


def test_the_failed_loading_of_one_model_is_not_told_to_who_asks_the_other(start: Start) -> None:
    """A caller leaves while the model loads; whoever comes next waits for its end, but asks for the other."""
    host = start(Unreadable)
    process = host._running()
    chosen = host._language()
    assert isinstance(chosen, Engine)
    process._loading = ("generate", chosen, time.monotonic())
    process._send(
        {"load": "generate", "factory": chosen.factory, "model_dir": ".", "memory_mb": 99, "options": {}}
    )
    assert host.embed(["one"]).shape == (1, 384)


def test_what_is_no_text_is_no_answer(start: Start) -> None:
    host = start(Mute)
    with pytest.raises(TransientError, match="makes no sense"):
        ask(host, "x")
    with pytest.raises(TransientError, match="makes no sense"):
        ask(host, "x")


def test_an_interruption_ends_the_answer(start: Start) -> None:
    host = start(Endless)
    pieces = host.generate(Prompt("", "go"))
    heard(pieces, 1)
    host.interrupt()
    with pytest.raises(TransientError):
        heard(pieces, 1_000_000)
    assert heard(host.generate(Prompt("", "go")), 1) == ["and"]


def test_close_ends_an_answer(start: Start) -> None:
    host = start(Endless)
    pieces = host.generate(Prompt("", "go"))
    heard(pieces, 1)
    host.close()
    with pytest.raises(TransientError):
        heard(pieces, 1_000_000)
    with pytest.raises(TransientError, match="is closed"):
        next(host.generate(Prompt("", "go"), interactive=True))


def test_a_language_model_that_is_not_needed_any_more_is_unloaded(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Embeddings for hours must not keep gigabytes of another model."""
    unloaded = list[str]()
    unload = ModelProcess.unload

    def noted(process: ModelProcess, role: str, until: float) -> Iterator[str]:
        before = set(process._loaded)
        yield from unload(process, role, until)
        unloaded.extend(before - set(process._loaded))

    monkeypatch.setattr(ModelProcess, "unload", noted)
    host = start()
    ask(host, "one")
    host.embed(["still talking"])
    assert unloaded == []
    monkeypatch.setattr(host, "_spoke", time.monotonic() - 61)
    host.embed(["for a minute"])
    assert unloaded == ["generate"]
    assert ask(host, "two") == "two"


def test_it_unloads_when_idle_and_comes_back(start: Start) -> None:
    host = start(idle_seconds=0.3)
    assert ask(host, "one") == "one"
    first = host.pid
    while host.pid is not None:
        time.sleep(0.05)
    assert ask(host, "two") == "two"
    assert host.pid != first


def test_only_one_language_model_takes_memory(tmp_path: Path) -> None:
    if not hasattr(psutil, "RLIMIT_DATA"):
        pytest.skip("the ceiling is Linux's")
    chosen = [speaker(Parrot, tmp_path, name="one")]
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen[0]) as host:
        for name in ("one", "two"):
            chosen[0] = speaker(Parrot, tmp_path, name=name)
            ask(host, "x")
            assert psutil.Process(host.pid).rlimit(psutil.RLIMIT_DATA)[0] == 500 << 20
        host.embed(["x"])
        assert psutil.Process(host.pid).rlimit(psutil.RLIMIT_DATA)[0] == (500 + 2_048) << 20


class Elsewhere:
    """A language model that is asked from this process, as a server is."""

    name, context = "elsewhere", 100

    def __init__(self) -> None:
        self.closed = False

    def generate(self, prompt: Prompt) -> Iterator[str]:
        try:
            while True:
                yield prompt.user
        finally:
            self.closed = True


def test_a_model_elsewhere_needs_no_process(tmp_path: Path) -> None:
    model = Elsewhere()
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: model) as host:
        assert host.language_model == "elsewhere"
        pieces = host.generate(Prompt("", "there"), interactive=True)
        assert next(pieces) == "there"
        with pytest.raises(TransientError, match="busy"):
            host.embed(["background"], deadline=0.1)
        close(pieces)
        assert model.closed
        with pytest.raises(TransientError, match="in time"):
            ask(host, "x", deadline=0.05)
        assert host.pid is None


def test_texts_that_no_encoding_knows_are_cleaned_before_they_travel(start: Start) -> None:
    assert ask(start(), "a\udcffb") == "a?b"
