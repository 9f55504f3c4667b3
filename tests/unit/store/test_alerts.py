"""One alert for each thing and day, however often it fails."""

import pytest

from fluffy_core.events import Changed
from fluffy_core.store import alerts
from fluffy_core.store.alerts import DAY
from fluffy_core.store.database import Database

NOW = 1_000_000.0


def note(store: Database, about: str = "job small", *, now: float = NOW, text: str = "It failed.") -> bool:
    """Note a failure; whether there is something new to tell."""
    with store.transaction() as tx:
        alerts.note(tx, about, text=text, cure="Try again.", now=now)
        return Changed.ALERTS in tx.changes


def test_the_first_and_the_third_time_are_told(store: Database) -> None:
    told = [note(store, now=NOW + n, text=f"It failed {n}.") for n in range(50)]
    assert [n for n, new in enumerate(told, 1) if new] == [1, 3]
    (alert,) = alerts.listed(store)
    assert (alert.about, alert.text, alert.cure, alert.times) == (
        "job small",
        "It failed 49.",
        "Try again.",
        50,
    )
    assert (alert.serious, alert.acknowledged, alert.created_at, alert.last_at) == (
        True,
        False,
        NOW,
        NOW + 49,
    )


def test_each_thing_has_its_own(store: Database) -> None:
    assert note(store, "job small")
    assert note(store, "job other")
    assert [one.about for one in alerts.listed(store)] == ["job other", "job small"]


@pytest.mark.parametrize(("later", "rows"), [(DAY - 1, 1), (DAY + 1, 2)])
def test_another_day_is_another_alert(store: Database, later: float, rows: int) -> None:
    note(store)
    assert note(store, now=NOW + later) is (rows == 2)
    assert len(alerts.listed(store)) == rows


def test_a_clock_set_back_makes_no_second_alert(store: Database) -> None:
    note(store)
    assert not note(store, now=NOW - 5 * DAY)
    assert len(alerts.listed(store)) == 1


def test_what_was_read_is_told_again_only_when_it_becomes_serious(store: Database) -> None:
    note(store)
    (alert,) = alerts.listed(store)
    with store.transaction() as tx:
        assert alerts.acknowledge(tx, alert.id)
        assert not alerts.acknowledge(tx, alert.id)
        assert not alerts.acknowledge(tx, 99)
    assert not note(store)
    assert alerts.listed(store) == ()
    assert note(store)
    assert [(one.times, one.serious) for one in alerts.listed(store)] == [(3, True)]
    with store.transaction() as tx:
        alerts.acknowledge(tx, alert.id)
    assert not note(store)
    assert alerts.listed(store) == ()
    assert [one.times for one in alerts.listed(store, all_of_them=True)] == [4]


def test_what_is_well_again_needs_no_reading(store: Database) -> None:
    note(store)
    note(store, "account 3")
    with store.transaction() as tx:
        alerts.settle(tx, "account 3")
        alerts.settle(tx, "never heard of")
    assert [one.about for one in alerts.listed(store)] == ["job small"]


def test_serious_ones_come_first_and_lists_end(store: Database) -> None:
    for _ in range(3):
        note(store, "job serious", now=NOW - 100)
    for n in range(5):
        note(store, f"job {n}", now=NOW + n)
    assert [one.about for one in alerts.listed(store, limit=3)] == ["job serious", "job 4", "job 3"]


def test_old_ones_that_were_read_are_forgotten(store: Database) -> None:
    for n in range(4):
        note(store, f"job {n}", now=NOW + n)
    with store.transaction() as tx:
        for one in alerts.listed(tx):
            if one.about != "job 0":
                alerts.acknowledge(tx, one.id)
        assert alerts.prune(tx, before=NOW + 3) == 2
    assert sorted(one.about for one in alerts.listed(store, all_of_them=True)) == ["job 0", "job 3"]
