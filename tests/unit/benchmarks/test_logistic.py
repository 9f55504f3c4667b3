"""The logistic regression in its dual form, against its own definition and against refits."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import logistic
from benchmarks.scores import f1

COUNT = 120


@pytest.fixture
def examples() -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    random = np.random.default_rng(5)
    table = random.normal(size=(COUNT, 6)).astype(np.float32)
    wanted = (table[:, 0] - table[:, 1] + random.normal(size=COUNT) > 0).astype(np.float64)
    return table, wanted


def test_the_gradient_is_zero_at_the_solution(
    examples: tuple[NDArray[np.float32], NDArray[np.float64]],
) -> None:
    table, wanted = examples
    fit = logistic.fit(table @ table.T, wanted, l2=2.0)
    weights = table.T @ fit.dual
    chance = 1 / (1 + np.exp(-(table @ weights + fit.bias)))
    assert np.abs(table.T @ (chance - wanted) + 2.0 * weights).max() < 0.05
    assert abs((chance - wanted).sum()) < 0.05


def test_left_out_is_close_to_a_fit_without_the_example(
    examples: tuple[NDArray[np.float32], NDArray[np.float64]],
) -> None:
    table, wanted = examples
    fit = logistic.fit(table @ table.T, wanted)
    for out in (0, 40, 90):
        kept = np.arange(COUNT) != out
        without = logistic.fit(table[kept] @ table[kept].T, wanted[kept])
        told = table[out] @ (table[kept].T @ without.dual) + without.bias
        assert fit.left_out[out] == pytest.approx(told, abs=0.1)


def test_more_features_than_examples_are_no_trouble() -> None:
    random = np.random.default_rng(6)
    table = random.normal(size=(20, 500)).astype(np.float32)
    wanted = (np.arange(20) % 2).astype(np.float64)
    fit = logistic.fit(table @ table.T, wanted)
    assert np.array_equal((table @ (table.T @ fit.dual) + fit.bias) > 0, wanted == 1)


def test_the_threshold_parts_what_can_be_parted() -> None:
    told = np.array([-2.0, -1.0, 0.5, 1.0])
    cut = logistic.threshold(told, np.array([0.0, 0.0, 1.0, 1.0]))
    assert -1.0 < cut < 0.5


def test_the_threshold_is_for_mail_with_fewer_requests() -> None:
    random = np.random.default_rng(7)
    wanted = (np.arange(4_000) % 2).astype(np.float64)
    told = wanted * 2 - 1 + random.normal(0, 1.5, 4_000)
    cuts = np.linspace(-3, 3, 61)
    plain = cuts[int(np.argmax([f1(wanted, told > cut) for cut in cuts]))]
    assert logistic.threshold(told, wanted) > plain + 0.1
