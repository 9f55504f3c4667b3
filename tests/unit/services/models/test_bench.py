"""How fast the language model is: measured with a clock of our own, kept, told in seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.domain.models import Bench
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.services.models import bench as model_bench
from tests.fakes.models import NoModels


class Paced(NoModels):
    """Loads for five seconds, reads and writes so many tokens a second, by a clock of its own."""

    language_model = "paced"

    def __init__(self, *, reads: float, writes: float) -> None:
        self.now = 100.0
        self.reads, self.writes = reads, writes
        self.prompts: list[Prompt] = []
        self.ended = 0

    def clock(self) -> float:
        return self.now

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        assert interactive
        if not self.prompts:
            self.now += 5
        self.prompts.append(prompt)
        yield ""
        self.now += len(prompt.user) / model_bench.LETTERS / self.reads
        try:
            for _ in range(prompt.max_tokens):
                self.now += 1 / self.writes
                yield "word "
        finally:
            self.ended += 1


def test_reading_and_writing_are_measured_without_the_loading() -> None:
    paced = Paced(reads=300, writes=20)
    found = model_bench.measure(paced, clock=paced.clock)
    assert found.writes == pytest.approx(20, rel=0.02)
    assert found.reads == pytest.approx(300, rel=0.1)
    assert found.summary_seconds == pytest.approx(1_200 / 300 + 140 / 20, rel=0.1)
    assert found.draft_seconds == pytest.approx(1_000 / 300 + 180 / 20, rel=0.1)
    assert paced.ended == 3


@pytest.mark.parametrize(("reads", "writes"), [(2_000, 200), (300, 60), (60, 6), (12, 2)])
def test_it_takes_about_twenty_seconds_at_most(reads: float, writes: float) -> None:
    paced = Paced(reads=reads, writes=writes)
    model_bench.measure(paced, clock=paced.clock)
    assert paced.now - 100.0 - 5 < 22


def test_no_two_measurements_read_the_same_text() -> None:
    paced = Paced(reads=1_000, writes=100)
    model_bench.measure(paced, clock=paced.clock)
    model_bench.measure(paced, clock=paced.clock)
    first, second = paced.prompts[2].user, paced.prompts[5].user
    assert first != second
    assert first[:10] != second[:10] or first.split()[0] != second.split()[0]


def test_a_model_that_says_nothing_cannot_be_measured() -> None:
    class Silent(Paced):
        def generate(
            self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
        ) -> Iterator[str]:
            yield ""

    with pytest.raises(ModelError, match="says nothing"):
        model_bench.measure(Silent(reads=1, writes=1))


def test_without_a_model_that_is_said() -> None:
    with pytest.raises(ModelError, match="no model"):
        model_bench.measure(NoModels())


def test_it_can_be_stopped_at_every_sign_of_life() -> None:
    paced = Paced(reads=300, writes=20)
    with pytest.raises(TransientError, match="was stopped"):
        model_bench.measure(paced, clock=paced.clock, stopped=lambda: True)
    assert len(paced.prompts) == 1


def test_measurements_are_kept_by_model(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    assert model_bench.kept(folder) == {}
    one, other = Bench(300.0, 20.0, 7.0), Bench(100.0, 5.0, 8.0)
    model_bench.keep(folder, "one", one)
    model_bench.keep(folder, "http://127.0.0.1:8080", other)
    model_bench.keep(folder, "one", other)
    assert model_bench.kept(folder) == {"one": other, "http://127.0.0.1:8080": other}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"one": 3}', '{"one": {"reads": 1}}', '{"one": {"reads": 0, "writes": 1, "at": 1}}',
             '{"one": {"reads": "x", "writes": 1, "at": 1}}', "\x00"]
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_no_measurement(tmp_path: Path, text: str) -> None:
    (tmp_path / model_bench.KEPT_IN).write_text(text)
    assert model_bench.kept(tmp_path) == {}


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be written"):
        model_bench.keep(tmp_path / "models", "one", Bench(1.0, 1.0, 1.0))
