"""Folders on servers as rows: how far they are, what lies in them, what is missing or waits."""

from collections.abc import Iterable

import pytest

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, MessageRef, position_of
from fluffy_core.store import integrity, messages, remote, remote_missing, sources
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter

INBOX, SENT = Folder("INBOX", "Inbox"), Folder("S", "Sent")


@pytest.fixture
def account(store: Database) -> AccountId:
    """An account beside two letters from files, messages 1 and 2."""
    stored.keep(store, [Letter("a"), Letter("b", day=30)])
    with store.transaction() as tx:
        return sources.open_account(tx, "imap", "me@example.com", now=0.0)


def begin(store: Database, account: AccountId, folder: Folder = INBOX, cursor: str = "c1") -> int:
    with store.transaction() as tx:
        return remote.begin(tx, account, folder, cursor=cursor, now=1.0)


def put(store: Database, source_id: int, ids: Iterable[tuple[int, str]], flags: str = "unseen") -> None:
    """Messages (number, the server's id) lie in a folder."""
    with store.transaction() as tx:
        rows = list(ids)
        messages.note_locations(tx, source_id, [(position_of(uid), number, uid) for number, uid in rows])
        remote.arrived(tx, source_id, [(uid, tuple(flags.split())) for _, uid in rows])


def seen(store: Database) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in store.all("SELECT seen, flagged FROM messages ORDER BY id")]


def test_a_folder_moves_through_its_listing(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    with store.transaction() as tx:
        remote.listed_until(tx, source_id, "page 2")
    found = remote.folders(store, account)["INBOX"]
    assert (found.name, found.cursor, found.token, found.listed) == ("Inbox", "c1", "page 2", False)
    with store.transaction() as tx:
        remote.listed_until(tx, source_id, "")
        remote.move(tx, source_id, "c2")
    found = remote.folders(store, account)["INBOX"]
    assert (found.cursor, found.token, found.listed, found.removal) == ("c2", "", True, "")
    assert begin(store, account, cursor="c3") == source_id
    found = remote.folders(store, account)["INBOX"]
    assert (found.cursor, found.listed) == ("c3", False)


def test_flags_of_the_server_are_known_and_applied_when_they_change(
    store: Database, account: AccountId
) -> None:
    source_id = begin(store, account)
    put(store, source_id, [(1, "1.1"), (2, "1.2")])
    assert remote.known(store, source_id) == {"1.1": ("unseen",), "1.2": ("unseen",)}
    assert seen(store) == [(1, 0), (1, 0)]
    with store.transaction() as tx:
        assert remote.set_flags(tx, source_id, [("1.1", ("flagged", "unseen")), ("9.9", ())]) == 1
    assert seen(store) == [(0, 1), (1, 0)]
    assert store.all("SELECT unread_count FROM threads ORDER BY id") == [(1,), (0,)]
    assert remote.count(store, source_id) == 2


def test_a_message_that_is_listed_anew_under_its_id_takes_the_flags_it_has_now(
    store: Database, account: AccountId
) -> None:
    inbox = begin(store, account)
    put(store, inbox, [(1, "1.1"), (2, "1.2")], flags="unseen")
    with store.transaction() as tx:
        remote.set_flags(tx, inbox, [("1.1", ("unseen",)), ("1.2", ("unseen",))])
    assert seen(store) == [(0, 0), (0, 0)]
    begin(store, account, cursor="c2")
    put(store, inbox, [(1, "1.1"), (2, "1.2")], flags="flagged seen")
    assert seen(store) == [(1, 1), (1, 1)]
    assert remote.known(store, inbox) == {"1.1": ("flagged", "seen"), "1.2": ("flagged", "seen")}


def test_a_message_that_arrives_elsewhere_with_other_flags_takes_them(
    store: Database, account: AccountId
) -> None:
    inbox, sent = begin(store, account), begin(store, account, SENT)
    put(store, inbox, [(1, "1.1"), (2, "1.2")], flags="seen")
    put(store, sent, [(1, "2.1")], flags="unseen")
    put(store, sent, [(2, "2.2")], flags="seen")
    assert seen(store) == [(0, 0), (1, 0)]


def test_what_failed_waits_and_what_was_kept_is_known(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    bad, odd = MessageRef("1.5", "INBOX", ("seen",), 70), MessageRef("1.6", "INBOX", ("seen",))
    with store.transaction() as tx:
        remote.set_aside(tx, source_id, bad, reason="Stuck.", kept=False)
        remote.set_aside(tx, source_id, odd, reason="Odd.", kept=True)
    assert remote.aside(store, source_id, "INBOX") == [bad]
    assert remote.aside_reasons(store, account) == [("Inbox", "Stuck.")]
    assert remote.known(store, source_id) == {"1.6": ("seen",)}
    with store.transaction() as tx:
        remote.set_flags(tx, source_id, [("1.6", ("flagged",))])
        remote.forget_aside(tx, source_id, ["1.5", "1.6"], kept=False)
    assert remote.known(store, source_id) == {"1.6": ("flagged",)}
    assert remote.aside(store, source_id, "INBOX") == []
    begin(store, account)
    assert remote.known(store, source_id) == {}


def test_missing_messages_are_marked_once_and_come_back(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    put(store, source_id, [(1, "1.1"), (2, "1.2")])
    with store.transaction() as tx:
        remote_missing.mark(tx, source_id, ["1.1"], now=5.0)
        remote_missing.mark(tx, source_id, ["1.1", "7.7"], now=6.0)
    assert store.all("SELECT missing_since FROM locations WHERE locator = '1.1'") == [(5.0,)]
    assert remote_missing.marked(store, source_id) == ["1.1"]
    assert set(remote.known(store, source_id)) == {"1.2"}
    with store.transaction() as tx:
        remote_missing.unmark(tx, source_id, ["1.1"])
    assert remote_missing.marked(store, source_id) == []


def test_a_removed_message_stays_and_its_thread_is_done_when_it_lies_nowhere(
    store: Database, account: AccountId
) -> None:
    source_id = begin(store, account)
    put(store, source_id, [(1, "1.1"), (2, "1.2")])
    with store.transaction() as tx:
        tx.execute("DELETE FROM locations WHERE message_id = 2 AND source_id <> ?", (source_id,))
        remote_missing.remove(tx, source_id, ["1.1", "1.2", "1.3"])
    assert remote.count(store, source_id) == 0
    assert store.all("SELECT done FROM threads ORDER BY id") == [(0,), (1,)]
    assert integrity.relations(store) == ""
    assert len(seen(store)) == 2


def test_old_numbers_go_when_there_are_new_ones(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    put(store, source_id, [(1, "1.1"), (2, "1.2"), (1, "2.1")])
    with store.transaction() as tx:
        assert remote_missing.renumbered(tx, source_id, ["1.1", "1.2"]) == ["1.2"]
    assert set(remote.known(store, source_id)) == {"1.2", "2.1"}


def test_who_is_to_stay_in_the_inbox_stays_there(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    put(store, source_id, [(1, "1.1"), (2, "1.2")])
    with store.transaction() as tx:
        tx.execute("DELETE FROM locations WHERE message_id = 2 AND source_id <> ?", (source_id,))
        remote_missing.remove(tx, source_id, ["1.1", "1.2"], leave_inbox=False)
    assert remote.count(store, source_id) == 0
    assert store.all("SELECT done FROM threads ORDER BY id") == [(0,), (0,)]
    assert len(seen(store)) == 2


def test_folders_of_one_account_are_listed_again(store: Database, account: AccountId) -> None:
    source_id = begin(store, account)
    with store.transaction() as tx:
        remote.listed_until(tx, source_id, "")
        remote.move(tx, source_id, "here")
        remote.list_again(tx, AccountId(account + 1), anew=True)
    (folder,) = remote.folders(store, account).values()
    assert (folder.cursor, folder.listed) == ("here", True)
    with store.transaction() as tx:
        remote.list_again(tx, account, anew=False)
    (folder,) = remote.folders(store, account).values()
    assert (folder.cursor, folder.token, folder.listed) == ("here", "", False)
    with store.transaction() as tx:
        remote.list_again(tx, account, anew=True)
    (folder,) = remote.folders(store, account).values()
    assert (folder.cursor, folder.token, folder.listed) == ("", "", False)
