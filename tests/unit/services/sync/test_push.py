"""Servers that tell of new mail: who is listened to, when a sync is asked for, and that it ends."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings, Server, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC, Pauses, Queue
from fluffy_core.domain.sync import Folder
from fluffy_core.errors import SignInError, TransientError, UnreachableError
from fluffy_core.events import Bus, Changed
from fluffy_core.services.accounts import network
from fluffy_core.services.sync import push
from fluffy_core.services.sync.push import Push
from fluffy_core.store import accounts, ledger, pauses
from fluffy_core.store.database import Database
from fluffy_core.store.ledger import NewJob
from tests.fakes.jobs import wait
from tests.fakes.memory_account import MemoryAccount
from tests.fakes.synced import ADDRESS, Synced


class Mute(MemoryAccount):
    """A server that tells nothing by itself."""

    def wait(self, folder: Folder, seconds: float) -> bool:
        return False


@dataclass
class Listener:
    """An account that was fetched once, the bus of its store, and what was asked for."""

    synced: Synced
    bus: Bus = field(default_factory=Bus)
    asked: list[AccountId] = field(default_factory=list)
    connections: list[MemoryAccount] = field(default_factory=list)
    make: Callable[[Synced], MemoryAccount] = lambda synced: MemoryAccount(synced.server)

    def __post_init__(self) -> None:
        self.store = self.synced.store
        self.store.add_after_commit(lambda changes, _jobs: self.bus.changed(*changes))
        with self.store.transaction() as tx:
            accounts.set_synced(tx, self.synced.id, 1.0)
        self.push = Push(self.store, self.connect, self.bus, ask=self.asked.append)

    def connect(self, _account_id: AccountId) -> MailAccount:
        self.connections.append(self.make(self.synced))
        return self.connections[-1]

    def hears(self) -> bool:
        return self.push.listening() == {self.synced.id}


@pytest.fixture
def listener(store: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setattr(push, "SHORTEST", 0.01)
    made = Listener(Synced(store))
    yield made
    assert made.push.stop(20)
    assert not [one for one in threading.enumerate() if one.name.startswith("push")]


def started(listener: Listener) -> Listener:
    listener.push.start()
    wait(listener.hears)
    return listener


def test_news_ask_for_a_sync_and_so_does_a_new_connection(listener: Listener) -> None:
    started(listener)
    assert listener.asked == [listener.synced.id], "for what came while nobody listened"
    for count in (2, 3):
        listener.synced.deliver(1, first=count)
        wait(lambda count=count: len(listener.asked) == count)  # type: ignore[misc]
    assert len(listener.connections) == 1


def test_where_nothing_came_meanwhile_nothing_is_asked_for(listener: Listener) -> None:
    listener.synced.deliver(1)
    listener.synced.run()
    started(listener)
    assert listener.asked == []
    listener.synced.deliver(1, first=5)
    wait(lambda: len(listener.asked) == 1)


def test_what_happens_elsewhere_is_not_listened_to(listener: Listener) -> None:
    started(listener)
    listener.synced.deliver(1, folder="Archive")
    listener.synced.deliver(1, first=5)
    wait(lambda: len(listener.asked) == 2)
    assert len(listener.asked) == 2


def test_a_server_that_tells_nothing_is_left_to_the_clock(listener: Listener) -> None:
    listener.make = lambda synced: Mute(synced.server)
    listener.push.start()
    wait(lambda: bool(listener.asked))
    wait(lambda: not any(one.name == f"push-{listener.synced.id}" for one in threading.enumerate()))
    with listener.store.transaction() as tx:
        accounts.set_synced(tx, listener.synced.id, 2.0)
    wait(lambda: not listener.push._wake.is_set())
    assert (len(listener.connections), listener.push.listening()) == (1, frozenset())


def test_a_connection_that_breaks_is_made_again(listener: Listener) -> None:
    listener.synced.server.faults += [UnreachableError("No way.")] * 3
    started(listener)
    assert len(listener.connections) == 4
    listener.synced.server.faults.append(TransientError("Broken."))
    listener.synced.deliver(1)
    wait(lambda: len(listener.connections) == 5 and listener.hears())
    wait(lambda: len(listener.asked) == 2)


def test_a_sync_that_works_is_a_reason_to_connect_at_once(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "SHORTEST", 10_000.0)
    monkeypatch.setattr(push, "LONGEST", 10_000.0)
    listener.synced.server.faults.append(UnreachableError("No way."))
    listener.push.start()
    wait(lambda: len(listener.connections) == 1 and not listener.synced.server.faults)
    with listener.store.transaction() as tx:
        accounts.set_synced(tx, listener.synced.id, time.time())
    wait(listener.hears)


def test_a_refusal_ends_the_listening_until_the_password_is_right(listener: Listener) -> None:
    listener.synced.server.faults.append(SignInError("Wrong password."))
    listener.push.start()
    wait(lambda: accounts.refused(listener.store, listener.synced.id) == "Wrong password.")
    assert not listener.hears()
    with listener.store.transaction() as tx:
        accounts.set_refused(tx, listener.synced.id, "")
    wait(listener.hears)


def test_a_pause_that_the_server_wants_is_kept(listener: Listener) -> None:
    listener.synced.server.faults.append(TransientError("Slow down.", retry_after=3600))
    listener.push.start()
    wait(lambda: accounts.throttled_until(listener.store, listener.synced.id) > time.time() + 3000)
    wait(lambda: push.audible(listener.store) == {})
    with listener.store.transaction() as tx:
        accounts.set_throttled(tx, listener.synced.id, 0.0)
    wait(listener.hears)


def quiet(listener: Listener) -> bool:
    """Whether nobody listens any more, and every connection was let go of."""
    return listener.push.listening() == frozenset() and all(one._closed for one in listener.connections)


def test_offline_a_pause_and_a_removal_end_it_and_going_on_begins_it(listener: Listener) -> None:
    started(listener)
    network.set_offline(listener.store, True)
    wait(lambda: quiet(listener))
    network.set_offline(listener.store, False)
    wait(listener.hears)
    for paused in (Pauses(everything=True), Pauses(kinds=frozenset({LATER_SYNC}))):
        with listener.store.transaction() as tx:
            pauses.write(tx, paused)
        wait(lambda: quiet(listener))
        with listener.store.transaction() as tx:
            pauses.write(tx, Pauses())
        wait(listener.hears)
    with listener.store.transaction() as tx:
        accounts.remove(tx, listener.synced.id)
    wait(lambda: quiet(listener))


def test_other_settings_are_a_new_connection(listener: Listener) -> None:
    started(listener)
    listener.synced.set_up(AccountSettings(Server("other", 1), ADDRESS))
    wait(lambda: len(listener.connections) == 2 and listener.hears())
    assert listener.connections[0]._closed


def first_sync(listener: Listener) -> None:
    job = NewJob(FIRST_SYNC, "first", {"account_id": listener.synced.id}, Queue.SLOW, 30, run_after=0.0)
    with listener.store.transaction() as tx:
        ledger.enqueue(tx, job, now=0.0)


def test_nobody_listens_before_the_first_sync_is_done(listener: Listener) -> None:
    assert set(push.audible(listener.store)) == {listener.synced.id}
    first_sync(listener)
    assert push.audible(listener.store) == {}
    with listener.store.transaction() as tx:
        tx.execute("DELETE FROM jobs")
        accounts.set_synced(tx, listener.synced.id, 0.0)
    assert push.audible(listener.store) == {}


def test_an_account_without_mail_or_without_its_inbox_is_not_listened_to(listener: Listener) -> None:
    archive = AccountSettings(Server("h", 1), ADDRESS, folders=("Archive",))
    listener.synced.set_up(archive)
    assert push.inbox_of(MemoryAccount(listener.synced.server), archive) is None
    calendar = AccountSettings(Server("h", 1), ADDRESS, services=(Service.CALENDAR,))
    listener.synced.set_up(calendar)
    assert push.audible(listener.store) == {}


def test_changes_of_other_kinds_cost_nothing(listener: Listener) -> None:
    started(listener)
    wait(lambda: not listener.push._wake.is_set())
    listener.bus.changed(Changed.JOBS, Changed.MESSAGES)
    assert not listener.push._wake.is_set()


def test_coming_back_to_the_window_asks_for_what_is_old(listener: Listener) -> None:
    asked: list[AccountId] = []

    def ask(now: float) -> int:
        return push.ask_stale(listener.store, asked.append, now=now)

    with listener.store.transaction() as tx:
        accounts.set_synced(tx, listener.synced.id, 1000.0)
    assert (ask(1000.0 + 60), asked) == (0, [])
    assert (ask(1000.0 + 61), asked) == (1, [listener.synced.id])
    first_sync(listener)
    assert ask(5000.0) == 0
    with listener.store.transaction() as tx:
        tx.execute("DELETE FROM jobs")
    network.set_offline(listener.store, True)
    assert ask(5000.0) == 0
