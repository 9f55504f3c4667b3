"""F1, the area under the ROC curve and their bounds, on figures worked out by hand."""

import numpy as np
import pytest

from benchmarks.scores import auc, f1, scored

WANTED = np.array([1.0, 1.0, 0.0, 0.0])


def test_f1_by_hand() -> None:
    assert f1(WANTED, np.array([True, False, True, False])) == 0.5
    assert f1(WANTED, np.array([True, True, False, False])) == 1.0
    assert f1(WANTED, np.zeros(4, np.bool_)) == 0.0
    assert f1(np.zeros(4), np.zeros(4, np.bool_)) == 0.0


def test_auc_by_hand() -> None:
    assert auc(WANTED, np.array([0.9, 0.4, 0.6, 0.1])) == 0.75
    assert auc(WANTED, np.array([0.9, 0.8, 0.6, 0.1])) == 1.0
    assert auc(WANTED, np.array([0.1, 0.2, 0.6, 0.9])) == 0.0


def test_ties_count_half() -> None:
    assert auc(WANTED, np.full(4, 0.5)) == 0.5
    assert auc(WANTED, np.array([0.9, 0.5, 0.5, 0.1])) == 0.875


def test_one_class_alone_has_no_order() -> None:
    assert auc(np.ones(3), np.arange(3.0)) == 0.5


def test_bounds_enclose_the_figure_and_are_the_same_each_time() -> None:
    random = np.random.default_rng(3)
    wanted = (random.random(300) < 0.4).astype(np.float64)
    told = wanted + random.normal(0, 1, 300)
    first, second = (scored(wanted, told, told > 0.5) for _ in range(2))
    assert first == second
    assert first["f1_low"] < first["f1"] < first["f1_high"]
    assert first["auc_low"] < first["auc"] < first["auc_high"]
    assert first["auc_high"] - first["auc_low"] < 0.2


def test_precision_and_recall() -> None:
    found = scored(WANTED, np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, True, False]))
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == 1.0
