"""`fluffy analytics`: a table for people, stable keys for programs."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Fluffy

PERIOD = {
    "first", "last", "received", "personal", "sent", "threads", "answered", "got_answer", "new_contacts",
    "my_response_seconds", "their_response_seconds",
}  # fmt: skip


def test_the_keys_are_stable(fluffy: Fluffy, small_home: Path) -> None:
    data = fluffy("--home", small_home, "--json", "analytics", "--by", "day", "--limit", 2).json
    assert set(data) == {
        "as_of", "periods", "trends", "busiest_hours", "hours", "top_correspondents"
    }  # fmt: skip
    newest, before = data["periods"]
    assert set(newest) == PERIOD
    assert (newest["received"], newest["sent"], newest["answered"]) == (3, 1, 1)
    assert (newest["my_response_seconds"], newest["their_response_seconds"]) == (3600, None)
    assert before["received"] == 0
    assert {one["name"] for one in data["trends"]} >= {"received", "sent", "my_response", "new_contacts"}
    assert len(data["hours"]["received"]) == 24
    assert data["top_correspondents"][0]["received"] + data["top_correspondents"][0]["sent"] == 2


def test_the_table_and_the_words(fluffy: Fluffy, small_home: Path) -> None:
    text = fluffy("--home", small_home, "analytics").out
    assert text.splitlines()[1].split()[:4] == ["2025-03-03", "3", "2", "1"]
    assert "3 messages received, none in the four weeks before" in text
    assert "You answer within 1 hour" in text
    assert "Nobody answered you" in text
    assert "1 from, 1 to them" in text
    assert "\x1b" not in text
    assert all(len(line) <= 130 for line in text.splitlines())


@pytest.mark.parametrize(
    ("by", "first"), [("week", "2025-03-03"), ("month", "2025-03-01"), ("day", "2025-03-03")]
)
def test_periods(fluffy: Fluffy, small_home: Path, by: str, first: str) -> None:
    data = fluffy("--home", small_home, "--json", "analytics", "--by", by, "--limit", 1).json
    assert [one["first"] for one in data["periods"]] == [first]


def test_an_empty_home_has_nothing_to_count(fluffy: Fluffy, tmp_path: Path) -> None:
    ran = fluffy("--home", tmp_path / "empty", "analytics")
    assert (ran.code, ran.out.strip()) == (0, "There is no mail to count yet.")
    data = fluffy("--home", tmp_path / "empty", "--json", "analytics").json
    assert (data["as_of"], data["periods"]) == (None, [])


def test_mistakes(fluffy: Fluffy, small_home: Path) -> None:
    assert fluffy("--home", small_home, "analytics", "--by", "year").code == 2
    ran = fluffy("--home", small_home, "analytics", "--limit", "1000000")
    assert (ran.code, ran.err.strip()) == (2, "At most 1,000 periods are shown.")
    assert fluffy("--home", small_home, "--json", "analytics", "--limit", "0").code == 0
