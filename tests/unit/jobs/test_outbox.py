"""The worker of the outbox: in the owner's process alone, woken by a commit or by time, stopped in time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.outgoing import OutboxState
from fluffy_core.errors import BugError, DiskFullError
from fluffy_core.jobs import outbox as jobs_outbox
from fluffy_core.jobs.outbox import OutboxWorker
from fluffy_core.services.accounts import network
from fluffy_core.services.writing import outbox, outgoing
from fluffy_core.store import accounts, sources
from fluffy_core.store import outbox as rows
from fluffy_core.store.database import Database
from fluffy_core.store.outbox import Next
from tests.fakes import stored
from tests.fakes.jobs import wait
from tests.fakes.posted import LETTER, FaultyAccount, Posted
from tests.unit.services.homes import opened

S = OutboxState


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = stored.empty(tmp_path)
    yield store
    store.close()


@pytest.fixture
def posted(store: Database) -> Posted:
    return Posted(store)


@contextmanager
def working(posted: Posted, **replaced: Callable[[AccountId], MailAccount]) -> Iterator[OutboxWorker]:
    worker = OutboxWorker(posted.store, replaced.get("connect", posted.connect), clock=lambda: posted.now)
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(30.0)


def test_what_is_due_goes_out_and_what_is_not_waits(posted: Posted) -> None:
    with working(posted) as worker:
        assert worker.idle()
        posted.send()
        assert not worker.idle()
        assert posted.delivered() == []
        posted.now += outbox.HOLD
        wait(lambda: posted.state() is S.SENT)
        wait(worker.idle)
    assert len(posted.delivered()) == 1
    assert posted.among_the_sent() == 1


def test_what_an_earlier_process_left_behind_is_looked_at(posted: Posted) -> None:
    posted.server.files_sent = True
    posted.send()
    content = outgoing.unpacked(rows.data(posted.store, 1))
    posted.server.deliver("Sent", content)
    with posted.store.transaction() as tx:
        rows.move(tx, 1, S.WAITING, after=Next(S.SENDING))
    with working(posted):
        wait(lambda: posted.state() is S.SENT)
    assert posted.delivered() == []
    assert posted.among_the_sent() == 1


def test_what_was_sent_long_ago_is_forgotten_at_a_start(posted: Posted) -> None:
    posted.send()
    posted.settle()
    posted.now += jobs_outbox.KEPT + 1
    with working(posted):
        assert outbox.listed(posted.store, done=True) == ()


def test_offline_nothing_is_begun_and_online_it_goes(posted: Posted) -> None:
    network.set_offline(posted.store, True)
    posted.send()
    posted.now += outbox.HOLD
    with working(posted) as worker:
        assert worker.idle()
        assert worker._beat() == jobs_outbox.TICK
        assert posted.state() is S.WAITING
        network.set_offline(posted.store, False)
        wait(lambda: posted.state() is S.SENT)


class Gate:
    """Lets a test hold what is being handed over."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()


class HeldAccount(FaultyAccount):
    """Hands over once it is let."""

    gate: Gate

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        self.gate.reached.set()
        assert self.gate.open.wait(60)
        super().send(message, sender=sender, recipients=recipients)


def other_account(store: Database) -> AccountId:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "other@example.com", now=0.0)
        here = Server("127.0.0.1", 1)
        accounts.put(tx, account_id, AccountSettings(here, "other@example.com", here), password="")
    return account_id


def test_a_slow_server_holds_up_no_other_accounts_mail(posted: Posted) -> None:
    gate, other = Gate(), other_account(posted.store)

    def connect(account_id: AccountId) -> MailAccount:
        if account_id == other:
            return FaultyAccount(posted.faulty)
        held = HeldAccount(posted.faulty)
        held.gate = gate
        return held

    posted.send()
    outbox.send(posted.store, other, LETTER, now=posted.now)
    posted.now += outbox.HOLD
    with working(posted, connect=connect) as worker:
        assert gate.reached.wait(60)
        wait(lambda: posted.state(2) is S.SENT)
        assert posted.state(1) is S.SENDING
        worker._beat()  # what is in a thread's hands is no left-over
        assert posted.state(1) is S.SENDING
        assert not worker.stop(0.0)
        gate.open.set()
    assert posted.state(1) is S.SENT
    assert len(posted.delivered()) == 2


def test_stopping_begins_nothing_more(posted: Posted) -> None:
    gate = Gate()

    def connect(_account_id: AccountId) -> MailAccount:
        held = HeldAccount(posted.faulty)
        held.gate = gate
        return held

    posted.send()
    posted.send()
    posted.now += outbox.HOLD
    with working(posted, connect=connect) as worker:
        assert gate.reached.wait(60)
        assert not worker.stop(0.0)
        gate.open.set()
    assert (posted.state(1), posted.state(2)) == (S.SENT, S.WAITING)


@pytest.mark.logged("could not be written")
def test_a_full_disk_is_waited_out_and_nothing_doubled(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted.server.files_sent = True
    monkeypatch.setattr(jobs_outbox, "TICK", 0.02)
    show, full = outgoing._show, [True]

    def once(*args: object) -> None:
        if full:
            full.pop()
            raise DiskFullError("No room.")
        show(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outgoing, "_show", once)
    posted.send()
    posted.now += outbox.HOLD
    with working(posted):
        wait(lambda: posted.state() is S.CHECKING)
        posted.now += outgoing.LOOKS[0]
        wait(lambda: posted.state() is S.SENT)
    assert len(posted.delivered()) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_while_handing_over_sends_nothing_twice(posted: Posted) -> None:
    posted.server.files_sent = True

    class Broken(FaultyAccount):
        def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
            super().send(message, sender=sender, recipients=recipients)
            raise BugError("impossible")

    posted.send()
    posted.now += outbox.HOLD
    with working(posted, connect=lambda _id: Broken(posted.faulty)):
        wait(lambda: posted.state() is S.SENT)
    assert len(posted.delivered()) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_before_that_gives_the_message_back(posted: Posted) -> None:
    def connect(_account_id: AccountId) -> MailAccount:
        raise BugError("impossible")

    posted.send()
    posted.now += outbox.HOLD
    with working(posted, connect=connect):
        wait(lambda: posted.state() is S.FAILED)
    assert posted.row().error == outgoing.SURPRISE
    outbox.retry(posted.store, 1, now=posted.now)
    assert posted.settle() is S.SENT
    assert len(posted.delivered()) == 1


def test_what_is_in_hand_when_it_starts_again_is_left_there(posted: Posted) -> None:
    gate = Gate()

    def connect(_account_id: AccountId) -> MailAccount:
        held = HeldAccount(posted.faulty)
        held.gate = gate
        return held

    posted.send()
    posted.now += outbox.HOLD
    with working(posted, connect=connect) as worker:
        assert gate.reached.wait(60)
        assert not worker.stop(0.0)
        worker.start()
        worker._beat()
        assert posted.state() is S.SENDING
        gate.open.set()
        wait(lambda: posted.state() is S.SENT)
    assert len(posted.delivered()) == 1


# --- with the jobs ---


def add_account(core: Core) -> AccountId:
    here = Server("127.0.0.1", 1, "insecure-loopback")
    with core.store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        accounts.put(tx, account_id, AccountSettings(here, "me", here), password="")
    return account_id


def test_it_works_where_the_home_is_owned_and_a_pause_of_jobs_does_not_hold_it(tmp_path: Path) -> None:
    """Port 1 refuses connections: that one was tried is all there is to see."""
    with opened(tmp_path / "home") as owner, opened(tmp_path / "home") as other:
        owner.jobs.pause()
        account_id = add_account(owner)
        assert owner.start_workers()
        assert not other.start_workers()
        outbox.send(other.store, account_id, LETTER, hold=0.0)
        assert not owner.idle()
        wait(lambda: outbox.get(owner.store, 1).tries > 0)
        row = outbox.get(owner.store, 1)
        assert (row.state, row.attempts) == (S.WAITING, 1)
        assert "127.0.0.1 refuses connections" in row.error
        outbox.take_back(other.store, 1)
        assert owner.idle()


def test_without_an_owner_nothing_is_sent(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        outbox.send(core.store, add_account(core), LETTER, hold=0.0)
        assert outbox.get(core.store, 1).attempts == 0
        assert not core.idle()
