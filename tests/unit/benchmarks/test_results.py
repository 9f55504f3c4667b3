"""Rows against their bars: margins, verdicts, the table and its JSON."""

import json

import pytest

from benchmarks.results import Row, as_json, at_least, at_most, cells, closing, figure, percentile, table


def test_more_than_enough_is_a_margin_above_one() -> None:
    row = Row("import", "against mu", 3.0, "x", at_least(2.0))
    assert (row.margin, row.verdict) == (1.5, "ok")


def test_too_little_is_missed() -> None:
    row = Row("import", "against mu", 1.0, "x", at_least(2.0))
    assert (row.margin, row.verdict) == (0.5, "MISSED")


def test_a_limit_is_held_from_below() -> None:
    assert Row("search", "p95", 10.0, "ms", at_most(20.0)).margin == 2.0
    assert Row("search", "p95", 40.0, "ms", at_most(20.0)).verdict == "MISSED"


def test_exactly_on_the_bar_is_held() -> None:
    assert Row("a", "b", 11.0, "x", at_most(11.0)).verdict == "ok"
    assert Row("a", "b", 2.0, "x", at_least(2.0)).verdict == "ok"


def test_nothing_taken_at_all_holds_every_limit() -> None:
    assert at_most(5.0).margin(0.0) == float("inf")


def test_what_is_not_installed_is_not_judged() -> None:
    row = Row("import", "against mu", None, "x", at_least(2.0), "not installed")
    assert (row.margin, row.verdict) == (None, "")
    assert cells(row) == ("against mu", "–", ">= 2.00x", "", "", "not installed")


def test_a_row_without_a_bar_is_not_judged() -> None:
    assert cells(Row("jobs", "plain", 0.1234, "ms/job")) == ("plain", "0.12 ms/job", "", "", "", "")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "ms", "–"),
        (12345.6, "msg/s", "12,346 msg/s"),
        (99.94, "ms", "99.9 ms"),
        (2.5, "x", "2.50x"),
        (0.0, "", "0.00"),
        (0.01234, "s", "0.0123 s"),
        (0.99, "", "0.99"),
    ],
)
def test_figures_show_three_digits(value: float | None, unit: str, text: str) -> None:
    assert figure(value, unit) == text


def test_table_is_aligned_and_marks_what_was_missed() -> None:
    rows = [
        Row("import", "import against mu index", 3.0, "x", at_least(2.0), "1,086 msg/s"),
        Row("search", "p95", 25.0, "ms", at_most(20.0), "160 queries"),
    ]
    lines = table(rows).splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["what", "measured", "bar", "margin", "how"]
    assert set(lines[1]) == {"-", " "}
    assert lines[2] == "import against mu index     3.00x    >= 2.00x   1.50x  ok      1,086 msg/s"
    assert lines[3] == "p95                       25.0 ms  <= 20.0 ms   0.80x  MISSED  160 queries"


def test_json_has_stable_keys_and_survives_a_round_trip() -> None:
    row = Row("growth", "ten times", 10.0, "x", at_most(11.0), "how", {"runs": [1.0, 2.0]})
    assert json.loads(json.dumps(as_json(row))) == {
        "benchmark": "growth",
        "what": "ten times",
        "value": 10.0,
        "unit": "x",
        "bar": {"value": 11.0, "at_most": True},
        "margin": 1.1,
        "ok": True,
        "how": "how",
        "details": {"runs": [1.0, 2.0]},
    }


def test_json_of_a_missing_figure_judges_nothing() -> None:
    found = as_json(Row("import", "against mu", None, "x", None, "not installed"))
    assert (found["value"], found["bar"], found["margin"], found["ok"]) == (None, None, None, None)


def test_closing_counts_bars_and_gaps() -> None:
    held, missed = Row("a", "b", 1.0, "", at_least(1.0)), Row("a", "c", 1.0, "", at_least(2.0))
    assert closing([held, missed, Row("a", "d", 5.0)]) == "1 of 2 bars held."
    assert closing([held, Row("a", "e", None)]) == "1 of 1 bars held; 1 figures could not be measured."


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.01, 1)])
def test_percentile_is_the_nearest_rank(share: float, wanted: float) -> None:
    assert percentile([float(one) for one in range(20, 0, -1)], share) == wanted


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.95) == 7.0
