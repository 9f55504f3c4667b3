"""What this computer is, and how many workers follow from it."""

from types import SimpleNamespace

import psutil
import pytest

from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.machine import ThisMachine, workers


def test_this_machine_is_read() -> None:
    machine = ThisMachine()
    assert 1 <= machine.cores() <= 4096
    before = machine.memory()
    assert before > 10 << 20
    block = bytearray(64 << 20)
    assert machine.memory() > before + (32 << 20)
    assert len(block) == 64 << 20


@pytest.mark.parametrize(
    ("battery", "found"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=None), False),
        (SimpleNamespace(power_plugged=False), True),
    ],
)
def test_a_battery_is_one_that_nobody_charges(
    monkeypatch: pytest.MonkeyPatch, battery: object, found: bool
) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert ThisMachine().on_battery() is found


@pytest.mark.parametrize("error", [AttributeError, OSError, RuntimeError, ValueError])
def test_a_system_that_cannot_tell_has_no_battery(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken() -> object:
        raise error

    monkeypatch.setattr(psutil, "sensors_battery", broken, raising=False)
    assert ThisMachine().on_battery() is False


@pytest.mark.parametrize("cores", [1, 2, 4, 8, 64])
@pytest.mark.parametrize("on_battery", [False, True])
def test_each_queue_has_workers_and_not_too_many(cores: int, on_battery: bool) -> None:
    found = workers(cores, on_battery=on_battery)
    assert set(found) == set(Queue)
    assert 2 <= found[Queue.FAST] <= 5
    assert 1 <= found[Queue.SLOW] <= found[Queue.NORMAL] <= found[Queue.FAST]
    assert all(found[queue] <= workers(cores)[queue] for queue in Queue)


def test_two_cores_are_as_many_workers_as_before() -> None:
    assert workers(2) == {Queue.FAST: 2, Queue.NORMAL: 1, Queue.SLOW: 1}
