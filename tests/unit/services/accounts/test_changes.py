"""Older mail, other folders, everything once more: what is here stays, and nothing is doubled."""

from datetime import date
from functools import partial

import pytest

from fluffy_core.domain.accounts import ALL, AccountSettings, Server
from fluffy_core.domain.events import AccountConnected, DomainEvent
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import SignInError, UsageError
from fluffy_core.services.accounts import changes as account_changes
from fluffy_core.services.accounts import overview as accounts_overview
from fluffy_core.services.sync.pages import FIRST_PAGE, Tally
from fluffy_core.services.sync.sync import Step, Watch
from fluffy_core.store import accounts, integrity, remote
from fluffy_core.store.database import Database, Transaction
from tests.fakes.stages import letter
from tests.fakes.synced import ADDRESS, Synced

NEW, OLD, ANCIENT = date(2026, 6, 1), date(2024, 6, 1), date(2004, 6, 1)


class Aged(Synced):
    """An account with mail of three ages, of which only the newest is fetched."""

    def __post_init__(self) -> None:
        self.set_up(AccountSettings(Server("h", 1), ADDRESS, since="2026-01-01"))
        self.heard: list[DomainEvent] = []
        self.store.add_trigger(lambda _tx, event: self.heard.append(event))
        for number, day in enumerate((ANCIENT, OLD, NEW)):
            self.server.deliver("Inbox", letter(number), arrived=day)

    def change(self, *, since: str = "", folders: tuple[str, ...] | None = None) -> AccountSettings:
        return account_changes.change(self.store, self.id, self.connect, since=since, folders=folders)

    def asked(self) -> int:
        """How often a sync was asked for."""
        return self.heard.count(AccountConnected(self.id, afresh=True))

    def dump_of(self, table: str) -> object:
        """Every row of a table."""
        return dict(self.dump())[table]

    def numbers(self) -> list[str]:
        """Which letters are here."""
        return [row[1].partition("@")[0].strip("<") for row in self.here()]


@pytest.fixture
def aged(store: Database) -> Aged:
    return Aged(store)


def test_a_wider_window_brings_the_rest_and_fetches_nothing_twice(aged: Aged) -> None:
    assert aged.run().stored == 1
    assert aged.numbers() == ["2"]
    assert aged.change(since="2024-01-01").since == "2024-01-01"
    assert aged.asked() == 1
    assert aged.run() == Tally(stored=1)
    assert aged.change(since=ALL).since == ALL
    assert aged.run() == Tally(stored=1)
    assert aged.here() == aged.there()
    before = aged.dump()
    assert aged.run() == Tally()
    assert aged.dump() == before


def test_mail_from_before_the_window_is_never_gone(aged: Aged) -> None:
    aged.change(since=ALL)
    aged.run()
    aged.change(since="2026-01-01")
    for one in aged.server.shelf("Inbox").messages:
        aged.server.flag("Inbox", one, ("seen", "flagged"))
    for _ in range(3):
        aged.run()
    assert aged.here() == aged.there()
    aged.server.renumber("Inbox")
    for _ in range(3):
        assert aged.run().removed == 0
    assert aged.numbers() == ["0", "1", "2"]
    account_changes.again(aged.store, aged.id)
    for _ in range(3):
        assert aged.run().removed == 0
    assert aged.numbers() == ["0", "1", "2"]


def test_a_folder_numbered_anew_is_fetched_once_and_keeps_its_flags(aged: Aged) -> None:
    """Of old mail, too, which lies in another folder as well."""
    aged.change(since=ALL)
    aged.server.deliver("Archive", letter(0), arrived=ANCIENT, flags=("seen",))
    aged.deliver(FIRST_PAGE * 3, first=100)
    aged.run()
    aged.change(since="2026-01-01")
    aged.server.renumber("Inbox")
    before = aged.dump_of("messages")
    tally = aged.run()
    assert (tally.stored, tally.duplicates) == (0, FIRST_PAGE * 3 + 3)
    assert aged.run().removed == 0
    assert aged.dump_of("messages") == before


def test_mail_from_before_the_window_is_not_fetched_because_it_was_touched(aged: Aged) -> None:
    aged.run()
    for one in aged.server.shelf("Inbox").messages:
        aged.server.flag("Inbox", one, ("seen",))
    aged.server.deliver("Inbox", letter(9), arrived=NEW)
    assert aged.run() == Tally(stored=1, flags=1)
    assert aged.numbers() == ["2", "9"]


def test_a_change_in_the_middle_of_the_first_sync_holds_at_once(aged: Aged) -> None:
    aged.deliver(FIRST_PAGE * 4, first=100)
    changed: list[bool] = []

    def widen(_tx: Transaction, _step: Step) -> None:
        changed.append(True)

    def between() -> None:
        if changed and aged.asked() == 0:
            aged.change(since=ALL)

    aged.store.add_after_commit(lambda _changes, _jobs: between())
    aged.run(Watch(widen))
    assert aged.here() == aged.there()


def test_everything_once_more_in_the_middle_of_a_pass(aged: Aged) -> None:
    aged.change(since=ALL)
    asked: list[bool] = []

    def between() -> None:
        if aged.messages() and not asked:
            asked.append(True)
            account_changes.again(aged.store, aged.id)

    aged.store.add_after_commit(lambda _changes, _jobs: between())
    tally = aged.run()
    assert (tally.stored, tally.duplicates) == (3, 3)
    assert {bool(one.cursor) for one in remote.folders(aged.store, aged.id).values()} == {True}
    assert aged.here() == aged.there()


def test_other_folders_are_checked_and_asked_for(aged: Aged) -> None:
    aged.run()
    aged.server.deliver("Archive", letter(7), arrived=NEW)
    aged.server.deliver("Junk", letter(8), arrived=NEW)
    with pytest.raises(UsageError, match="no folder Nowhere"):
        aged.change(folders=("Inbox", "Nowhere"))
    assert aged.asked() == 0
    aged.change(folders=("inbox", "junk"))
    assert aged.run().stored == 1
    assert sorted(aged.numbers()) == ["2", "8"]
    aged.change(folders=())
    assert aged.run().stored == 1
    assert sorted(aged.numbers()) == ["2", "7", "8"], "what is here stays"


def test_what_changes_nothing_asks_for_nothing(aged: Aged) -> None:
    aged.change(since="2026-01-01")
    assert aged.asked() == 0


def test_what_cannot_be(aged: Aged) -> None:
    with pytest.raises(UsageError, match="is no day"):
        aged.change(since="yesterday")
    with pytest.raises(UsageError, match="no such account"):
        account_changes.change(aged.store, AccountId(99), aged.connect, since=ALL)
    aged.server.faults.append(SignInError("Wrong password."))
    with pytest.raises(SignInError):
        aged.change(folders=("Inbox",))
    assert accounts_overview.listed(aged.store)[0].words == "Sign in again"
    assert accounts.get(aged.store, aged.id) == AccountSettings(Server("h", 1), ADDRESS, since="2026-01-01")


def contents(store: Database, leaving: frozenset[str]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that are about syncing."""
    names = [
        row[0]
        for row in store.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        if row[0] not in leaving and not row[0].startswith(("sqlite", "search"))
    ]
    return {name: store.all(f"SELECT * FROM {name}") for name in names}


ABOUT_SYNCING = frozenset({"jobs", "locations", "sources", "remote_folders", "kept_messages", "set_aside"})


def touch(store: Database, message_id: int, thread_id: int) -> None:
    """Something of the user's own in every table that hangs on a message or a thread."""
    with store.transaction() as tx:
        run = partial(tx.execute)
        run("UPDATE threads SET note = 'mine', done = 1 WHERE id = ?", (thread_id,))
        run("UPDATE messages SET seen = 1, flagged = 1 WHERE id = ?", (message_id,))
        run("INSERT INTO message_labels (message_id, label) VALUES (?, 'a tag')", (message_id,))
        for table in ("categories", "follow_ups", "summaries", "vectors", "corrections"):
            fill(tx, table, message_id=message_id, thread_id=thread_id)


def fill(tx: Transaction, table: str, *, message_id: int, thread_id: int) -> None:
    """One row with made-up values in every column that needs one."""
    columns = tx.all(f"SELECT name, type, \"notnull\", dflt_value FROM pragma_table_info('{table}')")
    made: dict[str, object] = {}
    for name, kind, needed, default in columns:
        ids = {"message_id": message_id, "thread_id": thread_id}
        if name in ids:
            made[name] = ids[name]
        elif needed and default is None and name != "id":
            made[name] = {"TEXT": "x", "BLOB": b"x", "REAL": 0.5}.get(kind, 1)
    marks = ", ".join("?" * len(made))
    tx.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(made)}) VALUES ({marks})", tuple(made.values()))


def test_everything_once_more_keeps_all_that_is_known_of_it(aged: Aged) -> None:
    aged.change(since=ALL)
    aged.run()
    touch(aged.store, *(aged.store.one("SELECT id, thread_id FROM messages ORDER BY id") or ()))
    before = contents(aged.store, ABOUT_SYNCING)
    assert all(before[name] for name in ("categories", "follow_ups", "summaries", "corrections"))
    places = aged.here()
    account_changes.again(aged.store, aged.id)
    assert aged.asked() == 2
    tally = aged.run()
    assert (tally.stored, tally.duplicates, tally.removed) == (0, 3, 0)
    after = contents(aged.store, ABOUT_SYNCING)
    assert {name for name in before if before[name] != after[name]} == set()
    assert aged.here() == places
    assert integrity.relations(aged.store) == ""
    state = aged.dump()
    assert aged.run() == Tally()
    assert aged.dump() == state


def test_everything_once_more_finds_what_was_lost_and_lets_go_of_what_is_gone(aged: Aged) -> None:
    aged.change(since=ALL)
    aged.run()
    shelf = aged.server.shelf("Inbox")
    gone = next(iter(shelf.messages))
    del shelf.messages[gone]
    shelf.history.clear()  # nobody tells
    with aged.store.transaction() as tx:
        tx.execute("DELETE FROM locations WHERE message_id = 2")
    account_changes.again(aged.store, aged.id)
    aged.run()
    aged.run()
    assert aged.here() == aged.there()
