"""What the gateway of a home may reach, and that everything it does is written down."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from fluffy_core.connectors.network.gateway import Endpoint, Security
from fluffy_core.domain.accounts import AccountSettings, Server, Service
from fluffy_core.domain.events import DomainEvent, NetworkBack
from fluffy_core.domain.ids import AccountId, JobId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import BlockedError, UnreachableError
from fluffy_core.services.accounts import network
from fluffy_core.store import accounts, ledger, sources, traffic
from fluffy_core.store.database import Database
from fluffy_core.store.ledger import Again, Ending, NewJob
from fluffy_core.store.traffic import Connection


@pytest.fixture
def port() -> Iterator[int]:
    """A server that greets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            connection.sendall(b"hello")
            connection.close()

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]


def keep(store: Database, host: str, *, certificate: str = "", port: int = 993) -> int:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, "imap", f"me@{host}", now=0.0)
        accounts.put(
            tx, account_id, AccountSettings(Server(host, port), "me", certificate=certificate), password="x"
        )
    return account_id


def endpoint(port: int) -> Endpoint:
    return Endpoint("127.0.0.1", port, Security.INSECURE_LOOPBACK, "imap")


def test_only_hosts_of_accounts_are_reached_and_each_try_is_written_down(store: Database, port: int) -> None:
    gateway = network.gateway(store)
    with pytest.raises(BlockedError, match="none of the accounts"):
        gateway.connect(endpoint(port), reason="trying")
    keep(store, "127.0.0.1")
    connection = gateway.connect(endpoint(port), reason="a reason")
    assert connection.reader.read(5) == b"hello"
    connection.close()
    reached, refused = network.connections(store)
    assert (reached.host, reached.port, reached.reason) == ("127.0.0.1", port, "a reason")
    assert (reached.received, reached.refused) == (5, "")
    assert (refused.received, refused.refused) == (0, "127.0.0.1 belongs to none of the accounts.")


def test_offline_holds_at_once_and_until_it_is_taken_back(store: Database, port: int) -> None:
    keep(store, "127.0.0.1")
    gateway = network.gateway(store)
    network.set_offline(store, True)
    with pytest.raises(BlockedError, match="offline"):
        gateway.connect(endpoint(port), reason="trying")
    assert network.worth_asking(store) == []
    network.set_offline(store, False)
    gateway.connect(endpoint(port), reason="trying").close()
    assert len(network.worth_asking(store)) == 1


def test_a_server_that_refuses_us_is_not_asked_by_the_clock(store: Database) -> None:
    account_id = keep(store, "mail.example")
    assert [one.id for one in network.worth_asking(store)] == [account_id]
    with store.transaction() as tx:
        accounts.set_refused(tx, sources.accounts(tx)[0].id, "No.")
    assert network.worth_asking(store) == []


def test_a_certificate_is_trusted_at_its_own_place_only(store: Database) -> None:
    keep(store, "Mail.Example", certificate="ab")
    keep(store, "other.example")
    assert network._pinned(store, "mail.example", 993) == "ab"
    assert network._pinned(store, "mail.example", 465) == ""
    assert network._pinned(store, "other.example", 993) == ""


def test_an_accounts_certificate_holds_for_its_server_for_sending(store: Database) -> None:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, "imap", "me@x.example", now=0.0)
        wanted = AccountSettings(
            Server("in.example", 993), "me", Server("Out.example", 465), certificate="ab"
        )
        accounts.put(tx, account_id, wanted, password="x")
    assert network._pinned(store, "out.EXAMPLE", 465) == "ab"
    assert network._pinned(store, "out.example", 587) == ""
    assert network.gateway(store)._rules.owns("out.example")


def test_the_line_about_today(store: Database) -> None:
    now = datetime(2026, 3, 2, 9, 0).astimezone()

    def reached(host: str, at: datetime, refused: str = "") -> None:
        with store.transaction() as tx:
            traffic.note(tx, Connection(at.timestamp(), host, 993, "test", 1, 1, refused))

    def line() -> str:
        return network.today(store, now=now.timestamp())

    reached("yesterday.example", now - timedelta(hours=10))
    reached("refused.example", now, "No.")
    assert line() == "Private: no connections today"
    reached("b.example", now)
    reached("a.example", now)
    reached("a.example", now)
    assert line() == "Private: today only a.example, b.example"
    reached("c.example", now)
    assert line() == "Private: today only a.example, b.example and 1 more"
    network.set_offline(store, True)
    assert line() == "Offline: every connection is switched off"


def test_what_waited_for_a_connection_goes_on_when_they_are_allowed_again(store: Database) -> None:
    events: list[DomainEvent] = []
    store.add_trigger(lambda _tx, event: events.append(event))
    with store.transaction() as tx:
        for number, failure in enumerate(("UnreachableError", "TransientError"), start=1):
            job = NewJob("small", str(number), {}, Queue.FAST, 20, run_after=1.0)
            ledger.enqueue(tx, job, now=1.0)
            ledger.claim(tx, JobId(number), lease="mine", now=1.0)
            ending = Ending("No way.", failure)
            ledger.retry_later(tx, JobId(number), lease="mine", now=1e10, again=Again(900, 1), ending=ending)
    network.set_offline(store, False)
    assert events == [], "nothing was switched off"
    network.set_offline(store, True)
    network.set_offline(store, False)
    assert events == [NetworkBack()]
    woken, patient = (ledger.get(store, JobId(number)) for number in (1, 2))
    assert woken is not None
    assert patient is not None
    assert woken.run_after < 1e10 < patient.run_after


def test_servers_that_want_a_pause_are_not_worth_asking(store: Database) -> None:
    account_id = AccountId(keep(store, "one.example"))
    with store.transaction() as tx:
        accounts.set_throttled(tx, account_id, time.time() + 60)
    assert network.worth_asking(store) == []
    with store.transaction() as tx:
        accounts.set_throttled(tx, account_id, time.time() - 1)
    assert [one.id for one in network.worth_asking(store)] == [account_id]


def test_who_listens_is_told_which_servers_are_there(store: Database, port: int) -> None:
    told: list[tuple[int, bool]] = []
    gateway = network.gateway(store, reached=lambda one, there: told.append((one.port, there)))
    keep(store, "127.0.0.1")
    gateway.knock(endpoint(port), reason="a look")
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    with pytest.raises(UnreachableError, match="refuses connections"):
        gateway.knock(endpoint(closed), reason="a look")
    assert told == [(port, True), (closed, False)]
    assert [one.reason for one in network.connections(store)] == ["a look"]
    network.set_offline(store, True)
    with pytest.raises(BlockedError):
        gateway.knock(endpoint(port), reason="a look")
    assert len(told) == 2


@pytest.mark.parametrize(
    ("dav", "host", "port", "pinned"),
    [
        ("https://DAV.example/ben/", "dav.example", 443, "ab"),
        ("https://dav.example:8443/", "dav.example", 8443, "ab"),
        ("https://dav.example:8443/", "dav.example", 443, ""),
        ("https://dav.example:nonsense/", "dav.example", 443, ""),
        ("", "dav.example", 443, ""),
    ],
)
def test_a_trusted_certificate_of_a_server_of_calendars(
    store: Database, dav: str, host: str, port: int, pinned: str
) -> None:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, "dav", "me@dav.example", now=0.0)
        accounts.put(tx, account_id, AccountSettings(dav=dav, certificate="ab"), password="x")
    assert network._pinned(store, host, port) == pinned


def test_worth_asking_for_what_is_fetched_of_them(store: Database) -> None:
    keep(store, "mail.example")
    with store.transaction() as tx:
        books = sources.open_account(tx, "dav", "me@dav.example", now=0.0)
        accounts.put(tx, books, AccountSettings(services=(Service.CONTACTS,)), password="x")
    assert [one.name for one in network.worth_asking(store)] == ["me@mail.example"]
    assert [one.id for one in network.worth_asking(store, Service.CONTACTS)] == [books]
    assert network.worth_asking(store, Service.CALENDAR) == []
