"""The outbox: every change starts from the state it names, and nothing is forgotten by mistake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.outgoing import OutboxRow, OutboxState
from fluffy_core.events import Changed
from fluffy_core.store import accounts, outbox, sources
from fluffy_core.store.database import Database
from fluffy_core.store.outbox import NewItem, Next
from tests.fakes import stored

S = OutboxState


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = stored.empty(tmp_path)
    yield store
    store.close()


@pytest.fixture
def account(store: Database) -> AccountId:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        accounts.put(tx, account_id, AccountSettings(Server("h", 1), "me"), password="")
    return account_id


def item(account: AccountId, number: int = 1, *, draft: bool = False) -> NewItem:
    to = (f"a{number}@example.com", "b@example.com")
    return NewItem(
        account, draft, f"{number}@example.com", "me@example.com", to, f"Letter {number}", b"bytes"
    )


def put(store: Database, new: NewItem, *, not_before: float = 10.0) -> int:
    with store.transaction() as tx:
        return outbox.add(tx, new, now=1.0, not_before=not_before)


def move(store: Database, row_id: int, before: S, after: Next) -> bool:
    with store.transaction() as tx:
        return outbox.move(tx, row_id, before, after=after)


def got(store: Database, row_id: int) -> OutboxRow:
    row = outbox.get(store, row_id)
    assert row is not None
    return row


def test_what_is_put_in_is_there(store: Database, account: AccountId) -> None:
    row_id = put(store, item(account))
    assert got(store, row_id) == OutboxRow(
        id=row_id, account_id=account, draft=False, state=S.WAITING, message_id="1@example.com",
        sender="me@example.com", recipients=("a1@example.com", "b@example.com"), subject="Letter 1",
        created_at=1.0, not_before=10.0, attempts=0, tries=0, error="",
    )  # fmt: skip
    assert outbox.data(store, row_id) == b"bytes"
    assert outbox.get(store, row_id + 1) is None
    assert outbox.data(store, row_id + 1) == b""


def test_a_change_starts_from_the_state_it_names(store: Database, account: AccountId) -> None:
    row_id = put(store, item(account))
    assert not move(store, row_id, S.SENDING, Next(S.SENT))
    assert got(store, row_id).state is S.WAITING
    assert move(store, row_id, S.WAITING, Next(S.CANCELLED))
    assert not move(store, row_id, S.WAITING, Next(S.SENDING))
    assert got(store, row_id).state is S.CANCELLED


def test_handing_over_is_counted_and_tries_begin_anew(store: Database, account: AccountId) -> None:
    row_id = put(store, item(account))
    move(store, row_id, S.WAITING, Next(S.SENDING))
    move(store, row_id, S.SENDING, Next(S.WAITING, 20.0, "Later.", 3))
    row = got(store, row_id)
    assert (row.attempts, row.tries, row.not_before, row.error) == (1, 3, 20.0, "Later.")
    move(store, row_id, S.WAITING, Next(S.SENDING))
    row = got(store, row_id)
    assert (row.attempts, row.tries, row.error) == (2, 0, "")


def test_what_is_due_comes_in_order(store: Database, account: AccountId) -> None:
    later, first, second = (put(store, item(account, n), not_before=at) for n, at in ((1, 9), (2, 5), (3, 4)))
    assert [row.id for row in outbox.due(store, now=5.0)] == [first, second]
    assert outbox.next_due(store, after=5.0) == 9.0
    assert [row.id for row in outbox.due(store, now=9.0)] == [later, first, second]
    assert outbox.next_due(store, after=9.0) is None


@pytest.mark.parametrize("state", list(S))
def test_which_states_are_due(store: Database, account: AccountId, state: S) -> None:
    row_id = put(store, item(account), not_before=0.0)
    move(store, row_id, S.WAITING, Next(state))
    assert bool(outbox.due(store, now=1.0)) is (state in (S.WAITING, S.CHECKING, S.FILING))
    assert outbox.open_count(store) == (state in (S.WAITING, S.SENDING, S.CHECKING, S.FILING))
    assert outbox.counts(store) == {state: 1}


def test_a_server_that_wants_a_pause_gets_one(store: Database, account: AccountId) -> None:
    put(store, item(account), not_before=0.0)
    with store.transaction() as tx:
        accounts.set_throttled(tx, account, 50.0)
    assert outbox.due(store, now=49.0) == ()
    assert len(outbox.due(store, now=50.0)) == 1


def test_only_what_nobody_hands_over_is_recovered(store: Database, account: AccountId) -> None:
    dead, alive = put(store, item(account, 1)), put(store, item(account, 2))
    draft, waiting = put(store, item(account, 3, draft=True)), put(store, item(account, 4))
    for row_id in (dead, alive, draft):
        move(store, row_id, S.WAITING, Next(S.SENDING))
    with store.transaction() as tx:
        assert outbox.recover(tx, now=7.0, alive=[alive]) == 2
    states = [got(store, row_id).state for row_id in (dead, alive, draft, waiting)]
    assert states == [S.CHECKING, S.SENDING, S.WAITING, S.WAITING]
    assert got(store, dead).not_before == 7.0


def test_a_newer_version_of_a_draft_is_saved_again_however_far_the_older_was(
    store: Database, account: AccountId
) -> None:
    row_id, letter = put(store, item(account, 1, draft=True)), put(store, item(account, 2))
    move(store, row_id, S.WAITING, Next(S.SENDING))
    newer = NewItem(account, True, "1@example.com", "me@example.com", ("c@example.com",), "New", b"newer")
    with store.transaction() as tx:
        assert outbox.rewrite(tx, row_id, newer, now=8.0)
        assert not outbox.rewrite(tx, letter, newer, now=8.0)
    row = got(store, row_id)
    assert (row.state, row.subject, row.recipients) == (S.WAITING, "New", ("c@example.com",))
    assert outbox.data(store, row_id) == b"newer"
    assert not move(store, row_id, S.SENDING, Next(S.SAVED))


def test_only_named_states_are_forgotten_and_numbers_are_not_used_again(
    store: Database, account: AccountId
) -> None:
    row_id = put(store, item(account))
    with store.transaction() as tx:
        assert not outbox.remove(tx, row_id, [S.FAILED, S.CANCELLED])
        assert outbox.remove(tx, row_id, [S.WAITING])
    assert outbox.get(store, row_id) is None
    assert put(store, item(account)) == row_id + 1


def test_what_was_sent_long_ago_is_forgotten(store: Database, account: AccountId) -> None:
    sent, failed = put(store, item(account, 1)), put(store, item(account, 2))
    move(store, sent, S.WAITING, Next(S.SENT))
    move(store, failed, S.WAITING, Next(S.FAILED))
    with store.transaction() as tx:
        outbox.empty(tx, sent)
        assert outbox.prune(tx, before=1.0) == 0
        assert outbox.prune(tx, before=2.0) == 1
    assert [row.id for row in outbox.listed(store, done=True)] == [failed]


def test_the_list_leaves_out_what_is_done_with(store: Database, account: AccountId) -> None:
    ids = {state: put(store, item(account, n)) for n, state in enumerate(S)}
    for state, row_id in ids.items():
        move(store, row_id, S.WAITING, Next(state))
    listed = [row.id for row in outbox.listed(store)]
    assert listed == sorted((ids[one] for one in ids if one not in (S.SENT, S.SAVED)), reverse=True)
    assert [row.id for row in outbox.listed(store, done=True)] == sorted(ids.values(), reverse=True)
    assert len(outbox.listed(store, done=True, limit=2)) == 2


def test_every_change_is_told(store: Database, account: AccountId) -> None:
    heard: list[frozenset[Changed]] = []
    store.add_after_commit(lambda changes, _jobs: heard.append(changes))
    row_id = put(store, item(account))
    move(store, row_id, S.WAITING, Next(S.FAILED))
    with store.transaction() as tx:
        outbox.remove(tx, row_id, [S.FAILED])
    assert heard == [frozenset({Changed.OUTBOX})] * 3


def test_whether_an_account_can_send_is_remembered_and_told_once(store: Database, account: AccountId) -> None:
    heard: list[frozenset[Changed]] = []
    store.add_after_commit(lambda changes, _jobs: heard.append(changes))
    for _ in range(2):
        with store.transaction() as tx:
            accounts.set_cannot_send(tx, account, "No.")
    assert accounts.cannot_send(store, account) == "No."
    assert heard == [frozenset({Changed.ACCOUNTS}), frozenset()]
    assert accounts.cannot_send(store, AccountId(99)) == ""
