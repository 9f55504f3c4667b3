"""Jobs as a person reads about them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.jobs import JobState
from fluffy_core.services import activity
from fluffy_core.store import ledger
from tests.unit.services.homes import opened


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        for day in ("a", "b"):
            core.jobs.enqueue("check-follow-ups", {"lookback_days": 3, "as_of": day})
        core.jobs.enqueue("extract-contacts", {"message_ids": [1], "force": 0})
        yield core


def test_waiting_jobs_are_counted_by_name(core: Core) -> None:
    assert activity.waiting(core.store) == {"check-follow-ups": 2, "extract-contacts": 1}


def test_a_job_is_a_sentence_that_ends_with_what_came_of_it(core: Core) -> None:
    (first,) = [one for one in activity.jobs(core.store) if one.name == "extract-contacts"]
    assert activity.sentence(first) == "Finding people: waiting"
    with core.store.transaction() as tx:
        tx.execute(
            "UPDATE jobs SET state = 'succeeded', result = 'Looked at 1 message' WHERE id = ?", (first.id,)
        )
    (done,) = activity.jobs(core.store, states=[JobState.SUCCEEDED])
    assert activity.sentence(done) == "Finding people: Looked at 1 message"
    assert activity.title("prepare-meeting") == "Preparing a meeting"
    assert activity.title("make-coffee") == "Make coffee"


def test_figures_by_state_and_kind(core: Core) -> None:
    (first, *_) = activity.jobs(core.store, limit=1)
    assert first.state is JobState.QUEUED
    with core.store.transaction() as tx:
        ledger.cancel(tx, first.id, now=5.0)
    found = activity.stats(core.store)
    assert found["states"]["queued"] == 2
    assert found["states"]["cancelled"] == 1
    assert set(found["kinds"]) == {"check-follow-ups", "extract-contacts"}
    assert sum(1 for _ in found["kinds"]) == 2
