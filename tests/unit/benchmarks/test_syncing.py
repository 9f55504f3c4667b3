"""The benchmark of the first sync, on a handful of messages."""

from pathlib import Path

import pytest

from benchmarks import syncing
from benchmarks.programs import BenchmarkError
from benchmarks.results import Row
from benchmarks.workshop import Sizes, Workshop
from tests.fakes import dovecot


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path, Sizes(small=12, rounds=1))
    made.messages = [f"Message-ID: <{n}@example.com>\n\nHello {n}\n".encode() for n in range(12)]
    return made


@pytest.mark.skipif(bool(dovecot.missing()), reason=dovecot.missing())
def test_every_message_is_fetched(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"seconds": 1.0, "over_50": 0, "rest_ms": 7.0, "worst_ms": 40.0}
    monkeypatch.setattr("benchmarks.window.drive", lambda *_, **__: found)
    rows: list[Row] = list(syncing.measure(shop))
    assert rows[0].what == "fetch from Dovecot"
    assert rows[0].value is not None
    assert "12 messages" in rows[0].how
    by_name = {row.what: row for row in rows}
    memory = by_name["peak memory of a first sync"]
    assert memory.value is not None
    assert memory.value > 10
    against = by_name["first sync against mbsync"]
    assert against.bar is not None
    assert (against.value is None) == ("not installed" in against.how)


@pytest.mark.skipif(bool(dovecot.missing()), reason=dovecot.missing())
def test_a_pull_that_brings_too_few_is_no_measurement(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = syncing.fill

    def fill(server: dovecot.Dovecot, mailbox: Path) -> None:
        next((mailbox / "cur").iterdir()).unlink()
        real(server, mailbox)

    monkeypatch.setattr(syncing, "fill", fill)
    with pytest.raises(BenchmarkError, match="11 of 12"):
        list(syncing.measure(shop))


def test_without_dovecot_it_says_so(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dovecot, "program", lambda: None)
    (row,) = syncing.measure(shop)
    assert row.value is None
    assert "not installed" in row.how
