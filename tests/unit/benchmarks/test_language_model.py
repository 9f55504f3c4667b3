"""The figures about the language model, without one."""

import itertools
import time
from pathlib import Path

import pytest

from benchmarks import language_model
from benchmarks.language_model import beginnings, pace, rows
from benchmarks.programs import BenchmarkError
from fluffy_core.ai.host.host import ModelHost
from tests.fakes.embedders import HashEmbedder, engine
from tests.fakes.speakers import Parrot, speaker


def test_the_pace_is_that_of_all_pieces_from_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(10.0, 2.0)
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    assert pace("abcde") == 0.4


def test_nothing_has_no_pace() -> None:
    with pytest.raises(BenchmarkError, match="said nothing"):
        pace("")


def test_rows_hold_the_best_of_each_way_against_the_bars() -> None:
    times = {"host": [0.02, 0.0125], "bare": [0.01, 0.03]}
    rate, ratio, prefix = rows(times, [(1.2, 0.4), (0.9, 0.2)], threads=2)
    assert rate.value == pytest.approx(80)
    assert rate.bar is None
    assert ratio.value == pytest.approx(0.8)
    assert ratio.verdict == "MISSED"
    assert "100" in ratio.how
    assert prefix.value == pytest.approx(4.5)
    assert prefix.verdict == "ok"
    assert prefix.how == "900 ms, then 200 ms"


def test_beginnings_are_measured_to_the_first_word(tmp_path: Path) -> None:
    chosen = speaker(Parrot, tmp_path, pause=1)
    with ModelHost(engine(HashEmbedder, tmp_path), lambda: chosen) as host:
        cold, warm = beginnings(host)
    assert cold > 0
    assert warm > 0


def test_the_prompts_share_a_long_beginning() -> None:
    assert len(language_model.SYSTEM) > 1_000
    assert len(set(language_model.USERS)) == 2
