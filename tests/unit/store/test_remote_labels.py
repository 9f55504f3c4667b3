"""Labels on servers: they follow what is said, for each place a message lies in."""

import pytest

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, MessageRef, position_of
from fluffy_core.store import messages, remote, remote_labels, remote_missing, sources
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter


@pytest.fixture
def account(store: Database) -> AccountId:
    """An account beside two letters from files, messages 1 and 2."""
    stored.keep(store, [Letter("a"), Letter("b", day=30)])
    with store.transaction() as tx:
        return sources.open_account(tx, "google", "me@example.com", now=0.0)


def folder(store: Database, account: AccountId, name: str) -> int:
    """A folder with message 1 under the id "m1" and message 2 under "m2"."""
    with store.transaction() as tx:
        source_id = remote.begin(tx, account, Folder(name, name), cursor="c", now=1.0)
        rows = [(position_of(f"m{number}"), number, f"m{number}") for number in (1, 2)]
        messages.note_locations(tx, source_id, rows)
    return source_id


def tell(store: Database, source_id: int, **labels: tuple[str, ...]) -> None:
    with store.transaction() as tx:
        remote_labels.told(tx, source_id, [MessageRef(key, "", labels=some) for key, some in labels.items()])


def labels(store: Database, number: int = 1) -> list[str]:
    rows = store.all("SELECT label FROM message_labels WHERE message_id = ? ORDER BY 1", (number,))
    return [row[0] for row in rows]


def test_labels_come_and_go(store: Database, account: AccountId) -> None:
    place = folder(store, account, "all")
    assert remote_labels.known(store, place) == {}
    tell(store, place, m1=("Inbox", "Work, and more"), m2=("Inbox",))
    assert labels(store) == ["Inbox", "Work, and more"]
    assert remote_labels.known(store, place) == {"m1": ("Inbox", "Work, and more"), "m2": ("Inbox",)}
    tell(store, place, m1=("Later",))
    assert labels(store) == ["Later"]
    assert labels(store, 2) == ["Inbox"]
    tell(store, place, m1=())
    assert labels(store) == []
    assert remote_labels.known(store, place) == {"m2": ("Inbox",)}


def test_what_is_not_here_has_no_labels(store: Database, account: AccountId) -> None:
    place = folder(store, account, "all")
    tell(store, place, m404=("Inbox",))
    assert store.all("SELECT * FROM message_labels") == []


def test_a_label_stays_while_another_place_says_so(store: Database, account: AccountId) -> None:
    here, there = folder(store, account, "all"), folder(store, account, "other")
    tell(store, here, m1=("Inbox", "Work"))
    tell(store, there, m1=("Work",))
    tell(store, here, m1=())
    assert labels(store) == ["Work"]
    tell(store, there, m1=())
    assert labels(store) == []


def test_labels_of_an_import_are_nobodys_to_take_away(store: Database, account: AccountId) -> None:
    place = folder(store, account, "all")
    with store.transaction() as tx:
        tx.execute("INSERT INTO message_labels VALUES (1, 'Takeout')")
    tell(store, place, m1=("Inbox",))
    tell(store, place, m1=())
    assert labels(store) == ["Takeout"]


def test_a_message_that_went_has_no_labels_of_its_folder(store: Database, account: AccountId) -> None:
    here, there = folder(store, account, "all"), folder(store, account, "other")
    tell(store, here, m1=("Inbox", "Work"))
    tell(store, there, m1=("Work",))
    with store.transaction() as tx:
        remote_missing.remove(tx, here, ["m1"])
    assert labels(store) == ["Work"]


def test_saying_the_same_again_writes_nothing(store: Database, account: AccountId) -> None:
    place = folder(store, account, "all")
    tell(store, place, m1=("Inbox",))
    with store.transaction() as tx:
        before = tx.one("SELECT total_changes()")
        remote_labels.told(tx, place, [MessageRef("m1", "", labels=("Inbox",))])
        assert tx.one("SELECT total_changes()") == before
