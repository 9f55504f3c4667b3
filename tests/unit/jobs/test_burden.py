"""Background work waits for a charger, and for memory."""

import pytest

from fluffy_core.domain.jobs import Pauses, Queue
from fluffy_core.jobs import burden as burdens
from fluffy_core.jobs.burden import GROWTH_LIMIT, Burden
from fluffy_core.services.home import activity
from fluffy_core.store import pauses
from fluffy_core.store.database import Database
from tests.fakes.jobs import Clock, FakeMachine


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine(core_count=8)


@pytest.fixture
def burden(store: Database, machine: FakeMachine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Burden:
    monkeypatch.setattr(burdens, "INTERVAL", 0.0)
    made = Burden(store, machine, clock=clock)
    made.look()
    return made


def test_a_computer_at_its_charger_bears_everything(burden: Burden, store: Database) -> None:
    assert not burden.holds(Pauses())
    assert pauses.read(store).held == ""
    assert burden.workers == {Queue.FAST: 5, Queue.NORMAL: 3, Queue.SLOW: 2}


def test_on_battery_background_work_waits_unless_the_user_wants_it(
    burden: Burden, machine: FakeMachine, store: Database
) -> None:
    machine.unplugged = True
    burden.look()
    assert (burden.holds(Pauses()), burden.holds(Pauses(on_battery=False))) == (True, False)
    assert pauses.read(store).held == "battery"
    assert burden.workers == {Queue.FAST: 4, Queue.NORMAL: 2, Queue.SLOW: 2}
    with store.transaction() as tx:
        pauses.write(tx, Pauses(on_battery=False))
    burden.look()
    assert pauses.read(store).held == ""
    machine.unplugged = False
    burden.look()
    assert not burden.holds(Pauses())


def test_memory_that_grew_and_grew_is_told_once_and_until_it_shrinks(
    burden: Burden, machine: FakeMachine, store: Database
) -> None:
    machine.held += GROWTH_LIMIT
    burden.look()
    assert not burden.holds(Pauses())
    machine.held += 1
    for _ in range(5):
        burden.look()
    assert burden.holds(Pauses(on_battery=False))
    assert pauses.read(store).held == "memory"
    (alert,) = activity.alerts(store)
    assert (alert.about, alert.times) == ("memory", 1)
    assert alert.text == "FluffyMail holds 1.0 GB more memory than at its start."
    machine.held -= GROWTH_LIMIT
    burden.look()
    assert (burden.holds(Pauses()), pauses.read(store).held, activity.alerts(store)) == (False, "", ())


def test_looks_are_few(store: Database, clock: Clock) -> None:
    asked = []

    class Counting(FakeMachine):
        def memory(self) -> int:
            asked.append(1)
            return 5

    made = Burden(store, Counting(), clock=clock)
    for _ in range(100):
        made.look()
    assert len(asked) == 1


def test_nothing_new_is_not_written(burden: Burden, store: Database) -> None:
    commits: list[int] = []
    store.add_after_commit(lambda _changes, _jobs: commits.append(1))
    for _ in range(20):
        burden.look()
    assert commits == []
