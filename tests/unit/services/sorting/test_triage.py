"""Done, read and undo: small decisions, each reversible, the newest first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.ids import JobId, ThreadId
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.rows import Section
from fluffy_core.services.home import activity
from fluffy_core.services.reading import inbox
from fluffy_core.services.sorting import triage
from tests.unit.services.homes import letter, opened, read_letters


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        read_letters(core, *(letter(f"Subject {n}", hour=n, mid=f"{n}@x") for n in range(3)))
        yield core


def listed(core: Core) -> tuple[ThreadId, ...]:
    return inbox.ids(core.store, Section.EVERYTHING)


def test_done_threads_leave_the_inbox_and_come_back(core: Core) -> None:
    first, second, third = listed(core)
    token = triage.set_done(core.store, [first, third], True)
    assert token.label == "2 conversations put away"
    assert listed(core) == (second,)
    assert inbox.ids(core.store, Section.EVERYTHING, include_done=True) == (first, second, third)
    assert inbox.counts(core.store).everything == 1
    assert triage.undo(core.store) == "2 conversations put away"
    assert listed(core) == (first, second, third)


def test_undoing_done_leaves_alone_what_was_done_before(core: Core) -> None:
    first, second, third = listed(core)
    triage.set_done(core.store, [first], True)
    assert triage.set_done(core.store, [first, second], True).label == "1 conversation put away"
    triage.undo(core.store)
    assert listed(core) == (second, third)
    triage.set_done(core.store, [first], False)
    assert listed(core) == (first, second, third)
    triage.undo(core.store)
    triage.undo(core.store)
    assert listed(core) == (first, second, third)


def test_read_marks_are_taken_back_message_by_message(core: Core) -> None:
    first, second, _ = listed(core)
    triage.set_seen(core.store, [first], False)
    triage.set_seen(core.store, [first, second], False)
    assert [inbox.rows(core.store, [one])[one].unread_count for one in (first, second)] == [1, 1]
    assert triage.undo(core.store) == "2 conversations marked unread"
    assert [inbox.rows(core.store, [one])[one].unread_count for one in (first, second)] == [1, 0]
    assert triage.undo(core.store) == "1 conversation marked unread"
    assert triage.undo(core.store) is None
    triage.set_seen(core.store, [second], True)
    assert triage.undo(core.store) == "1 conversation marked read"


def test_searching_the_inbox_goes_by_the_query(core: Core) -> None:
    assert len(inbox.ids(core.store, Section.EVERYTHING, "subject:1")) == 1
    assert inbox.ids(core.store, Section.NEEDS_REPLY, "subject:1") == ()
    assert inbox.ids(core.store, Section.EVERYTHING, "  ") == listed(core)


def dead_jobs(core: Core, count: int) -> list[JobId]:
    made = [core.jobs.enqueue("extract-contacts", {"message_ids": [n + 900]}) for n in range(count)]
    with core.store.transaction() as tx:
        marks = ", ".join("?" * count)
        tx.execute(f"UPDATE jobs SET state = 'dead', attempt = 4, error = 'No.' WHERE id IN ({marks})", made)
    return [one for one in made if one is not None]


def dead_keys(core: Core) -> set[tuple[str, str, int]]:
    found = activity.jobs(core.store, states=[JobState.DEAD])
    return {(one.key, one.error, one.attempt) for one in found}


def test_a_discarded_job_comes_back_as_it_was(core: Core) -> None:
    first, second, _third = dead_jobs(core, 3)
    before = dead_keys(core)
    assert core.jobs.discard(first) == 1
    assert core.jobs.discard(second, first) == 1
    assert len(dead_keys(core)) == 1
    assert triage.undo(core.store) == "Discarded Finding people"
    assert triage.undo(core.store) == "Discarded Finding people"
    assert dead_keys(core) == before


def test_all_discarded_jobs_come_back_but_for_those_asked_for_again(core: Core) -> None:
    dead_jobs(core, 3)
    before = dead_keys(core)
    assert core.jobs.discard_dead("extract-contacts") == 3
    again = core.jobs.enqueue("extract-contacts", {"message_ids": [900]})
    assert again is not None
    assert triage.undo(core.store) == "Discarded 3 jobs"
    assert len(dead_keys(core)) == 2
    assert dead_keys(core) < before
    assert again in [one.id for one in activity.jobs(core.store, states=[JobState.QUEUED])]


def test_discarding_nothing_leaves_nothing_to_undo(core: Core) -> None:
    assert core.jobs.discard_dead() == 0
    assert triage.undo(core.store) is None
