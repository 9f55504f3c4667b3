"""Background work begins when it is calm: not while an import runs, nor in the moment after it."""

import threading
from collections.abc import Callable

import pytest

from fluffy_core.domain.jobs import JobState, Queue
from fluffy_core.jobs import dispatcher as dispatching
from fluffy_core.jobs.registry import HIGH, LOW
from fluffy_core.jobs.run import JobRun
from fluffy_core.store import job_line
from tests.fakes.jobs import all_jobs, kind, wait
from tests.fakes.machines import Build, Machine

FOR_EVER = 1e6


def noting(order: list[str], *, until: threading.Event | None = None) -> Callable[[JobRun], str]:
    """A handler that notes the names of its jobs, once `until` is set."""

    def handle(run: JobRun) -> str:
        if until is not None:
            until.wait(20)
        order.append(run.job.name)
        return "Done"

    return handle


def look_again(machine: Machine, *, times: int = 3) -> None:
    """Wait until the dispatcher has looked at the ledger so often again."""
    looks: list[int] = []
    original = machine.dispatcher._feed

    def feed() -> float:
        looks.append(1)
        original()
        return 0.01

    machine.dispatcher._feed = feed  # type: ignore[method-assign]
    machine.dispatcher.wake()
    wait(lambda: len(looks) >= times)
    machine.dispatcher._feed = original  # type: ignore[method-assign]


def states(machine: Machine, name: str) -> set[JobState]:
    """The states of the jobs of a kind."""
    return {job.state for job in all_jobs(machine.store) if job.name == name}


def test_background_work_begins_a_while_after_the_import(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "CALM", FOR_EVER)
    order: list[str] = []
    read = threading.Event()
    machine = build(
        kind("import", noting(order, until=read), priority=HIGH, queue=Queue.SLOW),
        kind("sort", noting(order)),
        kind("closer", noting(order), priority=LOW),
    )
    machine.ask("import", 1)
    machine.ask("closer", 1, 2)
    machine.start()
    wait(lambda: states(machine, "import") == {JobState.RUNNING})
    machine.ask("sort", 1)
    wait(lambda: order == ["sort"])
    read.set()
    wait(lambda: order == ["sort", "import"])
    look_again(machine)
    assert states(machine, "closer") == {JobState.QUEUED}, "who waits for the import may leave first"
    machine.dispatcher._calm_at = 0.0
    machine.dispatcher.wake()
    wait(machine.idle)
    assert order == ["sort", "import", "closer", "closer"]


def test_calm_comes_by_itself(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "CALM", 0.2)
    order: list[str] = []
    machine = build(kind("sort", noting(order)), kind("closer", noting(order), priority=LOW))
    machine.ask("closer", 1)
    machine.ask("sort", 1)
    machine.start()
    wait(machine.idle)
    assert order == ["sort", "closer"]


def test_background_work_that_was_handed_over_gives_way_to_an_import(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "CALM", 0.2)
    order: list[str] = []
    first, read = threading.Event(), threading.Event()
    machine = build(
        kind("closer", noting(order, until=first), priority=LOW, queue=Queue.NORMAL, batch=2),
        kind("import", noting(order, until=read), priority=HIGH, queue=Queue.SLOW),
    )
    machine.ask("closer", *range(5))
    machine.start()
    wait(lambda: JobState.RUNNING in states(machine, "closer"))
    assert job_line.handed_over(machine.store) == {"normal": 4}
    machine.ask("import", 1)
    wait(lambda: states(machine, "import") == {JobState.RUNNING})
    look_again(machine)
    first.set()
    wait(lambda: job_line.handed_over(machine.store) == {})
    look_again(machine)
    assert order == ["closer"], "what had begun came to its end, the others wait in the ledger"
    read.set()
    wait(machine.idle)
    assert order == ["closer", "import", *["closer"] * 4]
    assert [job.attempt for job in all_jobs(machine.store)] == [1] * 6


def test_work_of_the_same_urgency_as_sorting_does_not_wait(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "CALM", FOR_EVER)
    order: list[str] = []
    read = threading.Event()
    machine = build(
        kind("import", noting(order, until=read), priority=HIGH, queue=Queue.SLOW),
        kind("sort", noting(order)),
    )
    machine.ask("import", 1)
    machine.start()
    wait(lambda: states(machine, "import") == {JobState.RUNNING})
    machine.ask("sort", 1, 2)
    wait(lambda: order == ["sort", "sort"])
    read.set()
    wait(machine.idle)


def test_what_waits_for_calm_is_done_after_a_restart(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "CALM", FOR_EVER)
    order: list[str] = []
    machine = build(kind("sort", noting(order)), kind("closer", noting(order), priority=LOW))
    machine.ask("sort", 1)
    machine.ask("closer", 1)
    machine.start()
    wait(lambda: order == ["sort"])
    machine.stop()
    assert states(machine, "closer") == {JobState.QUEUED}
    machine.start()
    wait(machine.idle)
    assert order == ["sort", "closer"]
