"""The log of connections: newest first, and no older than three months."""

from fluffy_core.store import traffic
from fluffy_core.store.database import Database
from fluffy_core.store.traffic import KEPT, Connection


def one(at: float, host: str = "a.example") -> Connection:
    return Connection(at, host, 993, "listing", 10, 20, "")


def test_connections_are_listed_newest_first_and_forgotten_in_time(store: Database) -> None:
    with store.transaction() as tx:
        for at in (5.0, 1.0, 3.0):
            traffic.note(tx, one(at))
    assert traffic.listed(store, limit=2) == (one(5.0), one(3.0))
    with store.transaction() as tx:
        traffic.note(tx, one(KEPT + 3.0))
    assert [row.at for row in traffic.listed(store, limit=9)] == [KEPT + 3.0, 5.0, 3.0]


def test_hosts_are_named_once(store: Database) -> None:
    with store.transaction() as tx:
        for at, host in ((1.0, "old"), (2.0, "b"), (3.0, "a"), (4.0, "b")):
            traffic.note(tx, one(at, host))
    assert traffic.hosts_since(store, 2.0) == ["a", "b"]
