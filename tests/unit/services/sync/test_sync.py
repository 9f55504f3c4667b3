"""A pass over an account: complete, newest first, nothing lost or doubled, whatever goes wrong meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from itertools import accumulate

import pytest

from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.events import DomainEvent, MessagesStored
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Fetched, MessageRef
from fluffy_core.errors import CursorExpiredError, FluffyError, SignInError, TransientError
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.imports import ingest
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.pages import FIRST_PAGE, PAGE, Tally
from fluffy_core.services.sync.sync import Step, Watch
from fluffy_core.store import accounts, integrity, remote
from fluffy_core.store.database import Database, Transaction
from tests.fakes import stored
from tests.fakes.memory_account import MemoryAccount, Stored
from tests.fakes.stages import letter
from tests.fakes.stored import Letter
from tests.fakes.synced import ADDRESS, Synced

NOWHERE = Gateway(Rules(lambda host: False), lambda traffic: None)


@pytest.fixture
def synced(store: Database) -> Synced:
    return Synced(store)


class Stopped(BaseException):
    """Ends a pass in its middle."""


def test_the_first_pass_brings_everything(synced: Synced) -> None:
    synced.deliver(30)
    synced.deliver(3, first=30, folder="Archive", flags=("seen", "flagged"))
    tally = synced.run()
    assert (tally.stored, tally.duplicates, tally.waiting) == (33, 0, 0)
    assert synced.here() == synced.there()
    assert sync.sentence(tally) == "33 new messages"


def test_a_second_pass_writes_nothing(synced: Synced) -> None:
    synced.deliver(PAGE + 10)
    synced.run()
    before = synced.dump()
    assert synced.run() == Tally()
    assert synced.dump() == before


def test_drafts_junk_and_trash_are_left_out_unless_named(synced: Synced) -> None:
    synced.deliver(1, folder="Junk")
    assert synced.run().stored == 0
    synced.set_up(AccountSettings(Server("h", 1), ADDRESS, folders=("junk", "not there")))
    assert synced.run().stored == 1


def test_the_newest_come_first_and_page_by_page(synced: Synced) -> None:
    sizes = [FIRST_PAGE, FIRST_PAGE * 2, FIRST_PAGE * 4, PAGE, PAGE, 5]
    synced.deliver(sum(sizes))
    told: list[list[int]] = []
    synced.store.add_trigger(lambda _tx, event: told.append(stored_ids(event)))
    steps: list[Step] = []
    synced.run(Watch(lambda _tx, step: steps.append(step)))
    assert [len(one) for one in told] == sizes
    first = synced.store.all("SELECT message_id_header FROM messages WHERE id <= ?", (FIRST_PAGE,))
    numbers = {int(row[0].strip("<>").partition("@")[0]) for row in first}
    assert min(numbers) == sum(sizes) - FIRST_PAGE
    done = list(accumulate(sizes))
    assert [(one.done, one.total) for one in steps][: len(sizes)] == [(one, sum(sizes)) for one in done]
    assert steps[0].sentence == "125 messages fetched"


def test_a_slow_server_is_asked_for_small_pages(synced: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluffy_core.services.sync.sync.PAGE_SECONDS", 0.0)
    synced.deliver(FIRST_PAGE * 3)
    steps: list[Step] = []
    synced.run(Watch(lambda _tx, step: steps.append(step)))
    assert [one.done for one in steps][:3] == [FIRST_PAGE, FIRST_PAGE * 2, FIRST_PAGE * 3]


def stored_ids(event: DomainEvent) -> list[int]:
    assert isinstance(event, MessagesStored)
    return list(event.message_ids)


def test_the_same_message_in_several_folders_is_one(synced: Synced) -> None:
    synced.deliver(2)
    synced.deliver(2, folder="Archive")
    tally = synced.run()
    assert (tally.stored, tally.duplicates, synced.messages()) == (2, 2, 2)
    assert synced.here() == synced.there()
    assert sync.sentence(tally) == "2 new messages, 2 known already"


def test_what_was_imported_from_files_is_not_stored_again(synced: Synced) -> None:
    one = Letter("Known", id="k")
    stored.keep(synced.store, [one])
    synced.server.deliver("Inbox", one.raw(0))
    tally = synced.run()
    assert (tally.stored, tally.duplicates, synced.messages()) == (0, 1, 1)


def test_new_flags_and_deletions_are_taken_over(synced: Synced) -> None:
    ids = synced.deliver(4)
    synced.run()
    synced.server.flag("Inbox", ids[0], ("seen", "flagged"))
    synced.server.remove("Inbox", ids[1])
    synced.deliver(1, first=9)
    tally = synced.run()
    assert (tally.stored, tally.flags, tally.removed) == (1, 1, 0)
    assert sync.sentence(tally) == "1 new message, 1 with other flags"
    assert synced.run().removed == 1
    assert synced.here() == synced.there()
    before = synced.dump()
    assert synced.run() == Tally()
    assert synced.dump() == before


def test_flags_that_the_user_set_here_outlive_a_pass(synced: Synced) -> None:
    synced.deliver(1)
    synced.run()
    with synced.store.transaction() as tx:
        tx.execute("UPDATE messages SET seen = 1")
    synced.deliver(1, first=5)
    synced.run()
    assert [row[2] for row in synced.here()] == [True, False]


def test_a_message_that_was_read_and_moved_is_read_here(synced: Synced) -> None:
    (number,) = synced.deliver(1)
    synced.run()
    synced.server.remove("Inbox", number)
    synced.deliver(1, folder="Archive", flags=("seen",))
    synced.run()
    synced.run()
    assert synced.here() == synced.there()


def test_a_message_that_was_read_here_and_only_moved_stays_read(synced: Synced) -> None:
    (number,) = synced.deliver(1)
    synced.run()
    with synced.store.transaction() as tx:
        tx.execute("UPDATE messages SET seen = 1")
    synced.server.remove("Inbox", number)
    synced.deliver(1, folder="Archive")
    synced.run()
    assert {row[2] for row in synced.here()} == {True}


def test_a_message_that_cannot_be_fetched_holds_nothing_up(synced: Synced) -> None:
    ids = synced.deliver(5)
    synced.server.damaged[ids[2]] = "The server is out of sorts."
    tally = synced.run()
    assert (tally.stored, tally.waiting) == (4, 1)
    assert sync.sentence(tally) == "Partial: 4 of 5 messages; the rest is tried again"
    alone = sync.sentence(Tally(waiting=1))
    assert alone == "Partial: 0 of 1 message; the rest is tried again"
    assert remote.aside_reasons(synced.store, synced.id) == [("Inbox", "The server is out of sorts.")]
    assert synced.run().waiting == 1
    synced.server.damaged.clear()
    assert synced.run().stored == 1
    assert synced.here() == synced.there()
    assert remote.aside_reasons(synced.store, synced.id) == []


def test_a_message_that_waited_and_went_is_forgotten(synced: Synced) -> None:
    ids = synced.deliver(2)
    synced.server.damaged[ids[0]] = "Out of sorts."
    synced.run()
    synced.server.remove("Inbox", ids[0])
    assert synced.run().waiting == 0


def test_what_cannot_be_read_is_kept_and_not_fetched_again(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced.server.deliver("Inbox", b"")
    synced.deliver(1)
    tally = synced.run()
    assert tally.stored + tally.unread == 2
    before = synced.dump()
    monkeypatch.setattr(ingest, "store_page", None)
    assert synced.run() == Tally()
    assert synced.dump() == before


KEPT = (
    "SELECT t.id, t.done, m.id, g.reason FROM threads t JOIN messages m ON m.thread_id = t.id "
    "JOIN message_tags g ON g.message_id = m.id ORDER BY t.id"
)
"""What is known of conversations, beside their mail."""


def test_a_folder_numbered_anew_keeps_what_is_known_of_its_messages(synced: Synced) -> None:
    ids = synced.deliver(6)
    synced.run()
    with synced.store.transaction() as tx:
        tx.execute("UPDATE threads SET done = 1")
        tx.execute("INSERT INTO tags (id, name) VALUES (1, 'mine')")
        tx.execute("INSERT INTO message_tags SELECT id, 1, 'as I said' FROM messages")
    before = synced.store.all(KEPT)
    synced.server.remove("Inbox", ids[0])
    synced.server.renumber("Inbox")
    tally = synced.run()
    assert (tally.stored, synced.messages()) == (0, 6)
    synced.run()
    assert synced.here() == synced.there()
    assert synced.store.all(KEPT) == before
    before_dump = synced.dump()
    assert synced.run() == Tally()
    assert synced.dump() == before_dump


def test_ids_that_mean_other_messages_under_the_same_number_are_not_trusted(synced: Synced) -> None:
    ids = synced.deliver(3)
    synced.run()
    shelf = synced.server.shelf("Inbox")
    shelf.history.clear()  # a server restored from a backup gives ids once more
    shelf.messages.clear()
    for number, one in zip((7, 1), ids, strict=False):
        shelf.messages[one] = Stored(letter(number), ("unseen",), date(2026, 1, 1))
    synced.run()
    synced.run()
    assert synced.here() == synced.there()
    assert synced.messages() == 4
    assert integrity.relations(synced.store) == ""


def test_flags_that_changed_with_the_numbers_are_taken_over(synced: Synced) -> None:
    (number,) = synced.deliver(1)
    synced.run()
    synced.server.flag("Inbox", number, ("flagged", "seen"))
    synced.server.renumber("Inbox")
    synced.run()
    assert synced.here() == synced.there()


def test_a_message_that_waited_is_found_again_after_new_numbers(synced: Synced) -> None:
    ids = synced.deliver(2)
    synced.server.damaged[ids[0]] = "Out of sorts."
    synced.run()
    synced.server.renumber("Inbox")
    assert synced.run().waiting == 0
    assert synced.here() == synced.there()


def test_a_server_that_never_settles_on_numbers_is_tried_later(synced: Synced) -> None:
    synced.deliver(1)
    with pytest.raises(TransientError, match="again and again"):
        sync.run(synced.store, synced.id, lambda _id: Flapping(synced.server), watch=Watch())
    assert synced.run().stored == 1


class Flapping(MemoryAccount):
    """A server that has other numbers for its messages as soon as it has told them."""

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        raise CursorExpiredError("Numbered anew.")


def test_mail_that_came_while_a_listing_was_interrupted_comes_with_its_rest(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced.deliver(PAGE * 2)
    with monkeypatch.context() as patch:
        assert dies(patch, synced, 3, before_commit=False)
    synced.deliver(2, first=PAGE * 2)
    synced.run()
    assert synced.here() == synced.there()


def test_a_folder_that_is_not_wanted_any_more_keeps_what_it_has(synced: Synced) -> None:
    synced.deliver(1)
    synced.run()
    synced.set_up(AccountSettings(Server("h", 1), ADDRESS, folders=("Sent",)))
    for _ in range(3):
        synced.run()
    assert synced.here() == synced.there()


def test_only_mail_since_a_day_is_fetched(synced: Synced) -> None:
    synced.set_up(AccountSettings(Server("h", 1), ADDRESS, since="2026-01-10"))
    old = synced.server.deliver("Inbox", letter(1), arrived=date(2026, 1, 9))
    synced.server.deliver("Inbox", letter(2), arrived=date(2026, 1, 10))
    assert synced.run().stored == 1
    synced.server.flag("Inbox", old, ("flagged",))
    synced.server.deliver("Inbox", letter(3), arrived=date(2026, 2, 1))
    assert synced.run().stored == 1
    assert [row[1] for row in synced.here()] == ["<2@example.com>", "<3@example.com>"]


def test_a_refused_password_is_remembered_until_it_is_taken(synced: Synced) -> None:
    synced.server.faults.append(SignInError("No."))
    with pytest.raises(SignInError):
        synced.run()
    assert accounts.refused(synced.store, synced.id) == "No."
    synced.run()
    assert accounts.refused(synced.store, synced.id) == ""


def test_an_account_that_was_removed_is_let_be(synced: Synced) -> None:
    synced.deliver(2)
    synced.run()
    assert accounts_service.remove(synced.store, NOWHERE, synced.id).messages_kept == 2
    assert sync.run(synced.store, synced.id, synced.connect, watch=Watch()) is None
    assert (synced.messages(), synced.here()) == (2, [])
    assert integrity.relations(synced.store) == ""


def test_removing_it_during_a_pass_ends_the_pass(synced: Synced) -> None:
    synced.deliver(2)
    gone = Watch(
        lambda _tx, _step: None, lambda: void(accounts_service.remove(synced.store, NOWHERE, synced.id))
    )
    assert sync.run(synced.store, synced.id, synced.connect, watch=gone) is None
    assert synced.messages() == 0


def test_a_wait_for_the_server_can_be_ended_from_outside(synced: Synced) -> None:
    synced.deliver(FIRST_PAGE * 30)
    ends: list[Callable[[], object]] = []

    @contextmanager
    def child(end: Callable[[], object]) -> Iterator[None]:
        ends.append(end)
        yield

    def end_all(_tx: Transaction, _step: Step) -> None:
        for end in ends:
            end()

    with pytest.raises(TransientError):
        synced.run(Watch(end_all, child=child))
    assert FIRST_PAGE <= synced.messages() < FIRST_PAGE * 30
    synced.run()
    assert synced.here() == synced.there()


def void(_value: object) -> None:
    """A call whose answer nobody needs."""


class Faulty:
    """Lets every n-th call to the server fail."""

    def __init__(self, synced: Synced, number: int, error: Callable[[], FluffyError]) -> None:
        self.synced = synced
        self.left = number
        self.error = error

    def connect(self, account_id: AccountId) -> object:
        account = self.synced.connect(account_id)
        begin = account._begin  # type: ignore[attr-defined]

        def counted() -> None:
            self.left -= 1
            if self.left == 0:
                raise self.error()
            begin()

        account._begin = counted  # type: ignore[attr-defined]
        return account


@pytest.mark.parametrize("error", [lambda: TransientError("Broken."), Stopped], ids=["network", "stop"])
def test_after_any_fault_a_further_pass_brings_both_sides_together(
    store: Database, error: Callable[[], FluffyError]
) -> None:
    synced = Synced(store)
    number = first = 0
    while True:
        number += 1
        ids = synced.deliver(4, first=first)
        synced.deliver(2, first=first, folder="Archive")
        first += 4
        if number % 3 == 0:
            synced.server.renumber("Inbox")
        elif number % 3 == 1:
            synced.server.remove("Inbox", ids[0])
        faulty = Faulty(synced, number, error)
        with suppress(TransientError, Stopped):
            sync.run(store, synced.id, faulty.connect, watch=Watch())  # type: ignore[arg-type]
        settled = faulty.left > 0
        synced.run()
        synced.run()
        assert synced.here() == synced.there(), number
        assert synced.messages() == first, number
        if settled and number > 15:
            break
    before = synced.dump()
    assert synced.run() == Tally()
    assert synced.dump() == before


def test_a_kill_at_any_commit_loses_and_doubles_nothing(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every transaction of a first pass, of one with changes and of one after new numbers is a point."""
    synced = Synced(store)
    monkeypatch.setattr("fluffy_core.services.sync.sync.FIRST_PAGE", 3)
    monkeypatch.setattr("fluffy_core.services.sync.sync.PAGE", 3)
    first = killed = 0
    for before_commit in (True, False):
        for kill_at in range(1, 40):
            for old in synced.server.ids("Inbox", f"<{first - 3}@example.com>"):
                synced.server.remove("Inbox", old)
            synced.deliver(7, first=first)
            first += 7
            if kill_at % 2:
                synced.server.renumber("Inbox")
            with monkeypatch.context() as patch:
                killed += dies(patch, synced, kill_at % 13 + 1, before_commit=before_commit)
            synced.run()
            synced.run()
            assert synced.here() == synced.there(), kill_at
            assert synced.messages() == first, kill_at
    assert killed > 25


def dies(patch: pytest.MonkeyPatch, synced: Synced, at: int, *, before_commit: bool) -> bool:
    """One pass in which the n-th transaction is the last thing that happens: just not, or just committed."""
    count = 0
    real = Database.transaction

    @contextmanager
    def counted(self: Database, *, durable: bool = False) -> Iterator[Transaction]:
        nonlocal count
        with real(self, durable=durable) as tx:
            yield tx
            count += 1
            if before_commit and count == at:
                raise Stopped
        if count >= at:
            raise Stopped

    patch.setattr(Database, "transaction", counted)
    try:
        synced.run()
    except Stopped:
        return True
    return False
