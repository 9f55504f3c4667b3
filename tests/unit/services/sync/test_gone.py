"""What went from a server goes here in the second pass, and never very much of it unasked."""

from collections.abc import Callable

import pytest

from fluffy_core.domain.commitments import CommitmentState
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import Section
from fluffy_core.services.accounts import care as account_care
from fluffy_core.services.insight import commitments, summarising
from fluffy_core.services.sorting import categories
from fluffy_core.services.sync import sync
from fluffy_core.store import (
    accounts,
    addresses,
    alerts,
    inbox,
    messages,
    remote,
    remote_missing,
    summaries,
)
from fluffy_core.store.database import Database
from tests.fakes.stored import ANN, Letter
from tests.fakes.synced import ADDRESS, Synced


@pytest.fixture
def synced(store: Database) -> Synced:
    return Synced(store)


def done(store: Database) -> list[bool]:
    return [bool(row[0]) for row in store.all("SELECT done FROM threads ORDER BY id")]


def filled(synced: Synced, count: int, *, goes: int) -> list[str]:
    """So many messages came, and then `goes` of them went; the ids of those."""
    ids = synced.deliver(count)[:goes]
    synced.run()
    for one in ids:
        synced.server.remove("Inbox", one)
    return ids


def test_one_pass_is_not_enough(synced: Synced) -> None:
    filled(synced, 3, goes=1)
    assert synced.run().removed == 0
    assert len(synced.here()) == 3
    assert synced.run().removed == 1
    assert synced.here() == synced.there()


def test_a_message_that_comes_back_in_time_stays(synced: Synced) -> None:
    (number,) = synced.deliver(1)
    synced.run()
    message = synced.server.shelf("Inbox").messages[number]
    synced.server.remove("Inbox", number)
    synced.run()
    synced.server.shelf("Inbox").messages[number] = message
    assert synced.run().removed == 0
    assert synced.run().removed == 0
    assert (len(synced.here()), done(synced.store)) == (1, [False])


def test_the_message_itself_stays_and_its_thread_is_done(synced: Synced) -> None:
    filled(synced, 1, goes=1)
    synced.run()
    assert done(synced.store) == [False]
    synced.run()
    assert (synced.messages(), done(synced.store)) == (1, [True])


def test_a_message_that_only_moved_leaves_its_thread_open(synced: Synced) -> None:
    filled(synced, 1, goes=1)
    synced.deliver(1, folder="Archive")
    synced.run()
    synced.run()
    assert (synced.here(), done(synced.store)) == (synced.there(), [False])


@pytest.mark.parametrize(("count", "goes", "asks"), [(60, 50, False), (60, 51, True), (400, 60, False)])
def test_very_many_at_once_are_asked_about(synced: Synced, count: int, goes: int, asks: bool) -> None:
    filled(synced, count, goes=goes)
    synced.run()
    assert synced.run().removed == (0 if asks else goes)
    assert len(synced.here()) == (count if asks else count - goes)
    assert [one.text for one in alerts.listed(synced.store)] == (
        [f"{goes} of {count} messages went from the folder Inbox at once."] if asks else []
    )


def test_it_is_asked_once_and_done_when_the_user_says_yes(synced: Synced) -> None:
    filled(synced, 60, goes=60)
    for _ in range(4):
        synced.run()
    (alert,) = alerts.listed(synced.store)
    assert alert.times == 1
    sync.allow_deletions(synced.store, synced.id)
    assert synced.run().removed == 60
    assert (synced.here(), alerts.listed(synced.store)) == ([], ())
    assert synced.messages() == 60


def test_a_yes_holds_for_what_was_asked_only(synced: Synced) -> None:
    sync.allow_deletions(synced.store, synced.id)
    filled(synced, 60, goes=60)
    sync.allow_deletions(synced.store, synced.id)
    synced.run()
    assert synced.run().removed == 0


def test_a_mailbox_that_was_only_away_is_whole_again(synced: Synced) -> None:
    synced.deliver(60)
    synced.run()
    shelf = synced.server.shelf("Inbox")
    kept = dict(shelf.messages)
    for one in kept:
        synced.server.remove("Inbox", one)
    for _ in range(3):
        synced.run()
    shelf.messages.update(kept)
    synced.run()
    assert (len(synced.here()), alerts.listed(synced.store)) == (60, ())
    before = synced.dump()
    synced.run()
    assert synced.dump() == before


def test_a_folder_that_went_with_very_many_messages_is_asked_about(synced: Synced) -> None:
    synced.deliver(80, folder="Archive")
    synced.run()
    del synced.server.shelves["Archive"]
    for _ in range(3):
        synced.run()
    assert (len(synced.here()), len(alerts.listed(synced.store))) == (80, 1)


ASKED = "Could you send me the signed contract by Thursday?"
THREAD = ThreadId(1)


def understood(synced: Synced) -> list[str]:
    """A thread of two came and was read; the server's ids of its messages."""
    with synced.store.transaction() as tx:
        addresses.set_mine(tx, [ADDRESS], confirmed=False)
    letters = [
        Letter("Print", "The proofs came back from Cologne today.", ANN, ADDRESS, id="a"),
        Letter("Re: Print", f"{ASKED}\n", ANN, ADDRESS, day=1, answers="a"),
    ]
    found = [synced.server.deliver("Inbox", one.raw(n)) for n, one in enumerate(letters)]
    synced.run()
    done = summarising.work(synced.store, THREAD, embed=None)
    sorted_ = categories.sort(synced.store, messages.all_ids(synced.store))
    owed = commitments.find(synced.store, [THREAD])
    with synced.store.transaction() as tx:
        done.write(tx)
        categories.write(tx, sorted_)
        commitments.write(tx, owed)
    return found


def quotes(store: Database) -> list[tuple[int, str]]:
    """(message, words) that the program shows of the thread."""
    kept = summaries.get(store, THREAD)
    assert kept is not None
    summary, _ = kept
    shown = [(int(one.message_id), one.evidence) for one in summary.points]
    rows = [row.commitment for row in commitments.everything(store, now=0.0)]
    return shown + [(int(one.message_id), one.quote) for one in rows]


def wanted(store: Database) -> tuple[Section, list[str], list[str]]:
    """(section of the thread, what the ledger and what its page say that is owed)."""
    rows = (commitments.open_ones(store, now=0.0), commitments.in_thread(store, THREAD, now=0.0))
    ledger, page = ([row.commitment.quote for row in some] for some in rows)
    return inbox.rows(store, [THREAD])[THREAD].section, ledger, page


WANTED = (Section.NEEDS_REPLY, [ASKED], [ASKED])
UNWANTED: tuple[Section, list[str], list[str]] = (Section.EVERYTHING, [], [])


def gone_from_the_server(synced: Synced, newest: str) -> None:
    synced.server.remove("Inbox", newest)
    synced.run()
    assert synced.run().removed == 1


def settled_by_the_user(synced: Synced, newest: str) -> None:
    (folder,) = [one for one in remote.folders(synced.store, synced.id).values() if one.name == "Inbox"]
    with synced.store.transaction() as tx:
        remote_missing.mark(tx, folder.source_id, [newest], now=0.0)
    assert account_care.settle_gone(synced.store, synced.id, folder.id, keep=False) == 1


def removed_with_its_account(synced: Synced, _newest: str) -> None:
    with synced.store.transaction() as tx:
        accounts.remove(tx, synced.id)


@pytest.mark.parametrize("go", [gone_from_the_server, settled_by_the_user, removed_with_its_account])
def test_what_is_quoted_can_still_be_read(synced: Synced, go: Callable[[Synced, str], None]) -> None:
    """Mail that goes stays stored, so that what was said of its thread still holds, also when read anew."""
    newest = understood(synced)[-1]
    before = quotes(synced.store)
    assert [text for _, text in before].count(ASKED) >= 2
    go(synced, newest)
    assert quotes(synced.store) == before
    assert all(text in messages.body(synced.store, number) for number, text in before)
    again = summarising.work(synced.store, THREAD, embed=None)
    owed = commitments.find(synced.store, [THREAD])
    with synced.store.transaction() as tx:
        again.write(tx)
        commitments.write(tx, owed)
    assert quotes(synced.store) == before
    assert synced.messages() == 2


def removed_from_the_inbox(synced: Synced) -> list[bytes]:
    """A thread of two went from the server; what its messages were."""
    found = understood(synced)
    shelf = synced.server.shelf("Inbox")
    letters = [shelf.messages[one].content for one in found]
    for one in found:
        synced.server.remove("Inbox", one)
    synced.run()
    assert wanted(synced.store) == WANTED  # one pass is not enough
    assert synced.run().removed == 2
    return letters


@pytest.mark.parametrize("go", [gone_from_the_server, settled_by_the_user])
def test_deleted_mail_asks_for_nothing(synced: Synced, go: Callable[[Synced, str], None]) -> None:
    newest = understood(synced)[-1]
    assert wanted(synced.store) == WANTED
    go(synced, newest)
    assert wanted(synced.store) == UNWANTED
    (row,) = commitments.everything(synced.store, now=0.0)
    assert (row.gone, row.commitment.state) == (True, CommitmentState.DISMISSED)


def test_mail_that_is_kept_or_whose_account_is_forgotten_asks_on(synced: Synced) -> None:
    newest = understood(synced)[-1]
    (folder,) = [one for one in remote.folders(synced.store, synced.id).values() if one.name == "Inbox"]
    with synced.store.transaction() as tx:
        remote_missing.mark(tx, folder.source_id, [newest], now=0.0)
    assert account_care.settle_gone(synced.store, synced.id, folder.id, keep=True) == 1
    assert wanted(synced.store) == WANTED
    removed_with_its_account(synced, newest)
    assert wanted(synced.store) == WANTED


def test_what_comes_back_asks_again(synced: Synced) -> None:
    letters = removed_from_the_inbox(synced)
    assert (wanted(synced.store), done(synced.store)) == (UNWANTED, [True])
    for one in letters:
        synced.server.deliver("Archive", one)
    synced.run()
    assert (wanted(synced.store), done(synced.store)) == (WANTED, [False])
