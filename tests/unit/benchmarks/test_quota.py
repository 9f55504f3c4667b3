"""The benchmark of Gmail's quota, on a handful of messages."""

from pathlib import Path

import pytest

from benchmarks import quota
from benchmarks.programs import BenchmarkError
from benchmarks.workshop import Sizes, Workshop
from tests.fakes.google_mailbox import Mailbox


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path, Sizes(small=400, rounds=1))
    made.messages = [f"Message-ID: <{n}@example.com>\n\nHello {n}\n".encode() for n in range(40)]
    return made


def test_both_syncs_are_counted(shop: Workshop) -> None:
    first, later = quota.measure(shop)
    assert first.value is not None
    assert 5 < first.value < 6
    assert "40 messages" in first.how
    assert first.bar is not None
    assert (later.value, later.unit) == (3, "units")


def test_a_sync_that_brings_too_few_is_no_measurement(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Mailbox.deliver
    count = iter(range(99))
    monkeypatch.setattr(Mailbox, "deliver", lambda *all_of, **named: next(count) and real(*all_of, **named))
    with pytest.raises(BenchmarkError, match="39 of 40"):
        list(quota.measure(shop))
