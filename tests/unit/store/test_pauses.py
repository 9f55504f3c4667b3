"""Pauses outlive the program, and nonsense in their place pauses nothing."""

import pytest

from fluffy_core.domain.jobs import Pauses
from fluffy_core.events import Changed
from fluffy_core.store import pauses, settings
from fluffy_core.store.database import Database


def test_nothing_is_paused_at_first(store: Database) -> None:
    assert pauses.read(store) == Pauses(everything=False, kinds=frozenset(), on_battery=True, held="")


@pytest.mark.parametrize(
    "chosen",
    [Pauses(), Pauses(everything=True), Pauses(kinds=frozenset({"b", "a"})), Pauses(on_battery=False)],
)
def test_what_was_chosen_is_read_again(store: Database, chosen: Pauses) -> None:
    with store.transaction() as tx:
        pauses.write(tx, chosen)
        assert tx.jobs_enqueued
        assert tx.changes == {Changed.JOBS, Changed.SETTINGS}
    assert pauses.read(Database(store.path, store._key)) == chosen


def test_why_work_is_held_is_kept_beside_it(store: Database) -> None:
    with store.transaction() as tx:
        pauses.write(tx, Pauses(everything=True))
        pauses.hold(tx, "battery")
    assert pauses.read(store) == Pauses(everything=True, held="battery")
    with store.transaction() as tx:
        pauses.write(tx, Pauses())
    assert pauses.read(store).held == "battery"


@pytest.mark.parametrize(
    "nonsense", [5, "x", [1], {"everything": "yes", "kinds": 7, "on_battery": None}, None]
)
def test_nonsense_pauses_nothing(store: Database, nonsense: object) -> None:
    with store.transaction() as tx:
        settings.put(tx, "job-pauses", nonsense)
        settings.put(tx, "jobs-held", nonsense)
    found = pauses.read(store)
    assert (found.everything, found.kinds, found.held) == (False, frozenset(), "")
