"""A server that could not be reached: somebody keeps looking, and tells when it is there again."""

import threading
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.domain.events import DomainEvent, NetworkBack
from fluffy_core.errors import BlockedError, KnownError, UnreachableError
from fluffy_core.services.accounts import lookout as looking
from fluffy_core.services.accounts.lookout import Lookout
from fluffy_core.store.database import Database
from tests.fakes.jobs import wait

ONE, OTHER = Endpoint("one.example", 993), Endpoint("other.example", 993)


class Street:
    """Servers behind doors: `answers` says what a knock at each comes to, None when it is opened."""

    def __init__(self, lookout: Lookout) -> None:
        self.lookout = lookout
        self.answers: dict[Endpoint, KnownError | None] = {}
        self.knocks: list[Endpoint] = []

    def knock(self, endpoint: Endpoint, *, reason: str) -> None:
        assert reason == "is it there again"
        self.knocks.append(endpoint)
        error = self.answers.get(endpoint)
        if error is not None:
            raise error
        self.lookout.reached(endpoint, True)


class Watched:
    """A lookout at work, and how often it said that the network is back."""

    def __init__(self, store: Database) -> None:
        self.back = 0
        self.told = threading.Event()
        store.add_trigger(lambda _tx, event: self._note(event))
        self.lookout = Lookout(store)
        self.street = Street(self.lookout)
        self.lookout.door = self.street
        self.lookout.start()

    def _note(self, event: DomainEvent) -> None:
        assert event == NetworkBack()
        self.back += 1
        self.told.set()


@pytest.fixture
def watched(store: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(looking, "SHORTEST", 0.01)
    made = Watched(store)
    yield made
    made.lookout.stop(20)


def test_it_knocks_until_the_server_is_there_and_tells_once(watched: Watched) -> None:
    watched.street.answers[ONE] = UnreachableError("No way.")
    watched.lookout.reached(ONE, False)
    wait(lambda: len(watched.street.knocks) >= 3)
    assert watched.back == 0
    watched.street.answers.clear()
    assert watched.told.wait(20)
    assert watched.back == 1


def test_a_connection_that_somebody_else_makes_counts(watched: Watched) -> None:
    watched.street.answers[ONE] = UnreachableError("No way.")
    watched.lookout.reached(ONE, False)
    watched.lookout.reached(ONE, True)
    assert watched.told.wait(20)


def test_another_server_says_nothing_about_this_one(watched: Watched) -> None:
    watched.street.answers[ONE] = UnreachableError("No way.")
    watched.lookout.reached(ONE, False)
    watched.lookout.reached(OTHER, True)
    wait(lambda: len(watched.street.knocks) >= 2)
    assert (watched.back, set(watched.street.knocks)) == (0, {ONE})


def test_nobody_knocks_where_it_is_not_allowed(watched: Watched) -> None:
    watched.street.answers[ONE] = BlockedError("Working offline.")
    watched.lookout.reached(ONE, False)
    wait(lambda: bool(watched.street.knocks))
    watched.lookout.reached(OTHER, False)
    assert watched.told.wait(20), "and the thread lives on"
    assert watched.street.knocks.count(ONE) == 1


def test_servers_that_are_there_cost_nothing(watched: Watched) -> None:
    watched.lookout.reached(ONE, True)
    assert watched.lookout.stop(20)
    assert (watched.street.knocks, watched.back) == ([], 0)


def test_it_stops_while_it_waits(store: Database) -> None:
    lookout = Lookout(store)
    lookout.reached(ONE, False)
    lookout.door = Street(lookout)
    lookout.start()
    assert lookout.stop(20)
    assert lookout.stop(20), "and once more"
