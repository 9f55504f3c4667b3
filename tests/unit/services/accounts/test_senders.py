"""Who can send, and by what name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server, Service
from fluffy_core.domain.message import Address
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import senders
from fluffy_core.store import accounts, sources
from tests.fakes import stored
from tests.fakes.posted import Posted
from tests.fakes.stored import Letter
from tests.fakes.synced import ADDRESS

HERE = Server("127.0.0.1", 1)


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    store = stored.empty(tmp_path)
    yield Posted(store)
    store.close()


def test_who_can_send(posted: Posted) -> None:
    with posted.store.transaction() as tx:
        for kind, name, settings in (
            (AccountKind.IMAP, "mute@x.example", AccountSettings(HERE)),
            (AccountKind.GOOGLE, "g@x.example", AccountSettings(kind=AccountKind.GOOGLE)),
            (
                AccountKind.GOOGLE,
                "calendar@x.example",
                AccountSettings(kind=AccountKind.GOOGLE, services=(Service.CALENDAR,)),
            ),
        ):
            account_id = sources.open_account(tx, kind, name, now=0.0)
            accounts.put(tx, account_id, settings, password="")
    assert [one.address.email for one in senders.senders(posted.store)] == [ADDRESS, "g@x.example"]
    assert senders.sender(posted.store, ADDRESS).id == posted.id
    assert senders.sender(posted.store, str(posted.id)).id == posted.id
    with pytest.raises(UsageError, match=f"Say which account sends: {ADDRESS}, g@x.example"):
        senders.sender(posted.store)
    with pytest.raises(UsageError, match=r"mute@x\.example cannot send"):
        senders.sender(posted.store, "mute@x.example")
    with pytest.raises(UsageError, match="no account"):
        senders.sender(posted.store, "nobody@x.example")


def test_the_only_account_needs_no_name_and_no_account_cannot(posted: Posted, tmp_path: Path) -> None:
    assert senders.sender(posted.store).id == posted.id
    (tmp_path / "other").mkdir()
    other = stored.empty(tmp_path / "other")
    with pytest.raises(UsageError, match="No account can send"):
        senders.sender(other)
    other.close()


def test_the_name_is_the_one_written_under_last(posted: Posted) -> None:
    stored.keep(posted.store, [Letter("Hi", sender=f"Ben Old <{ADDRESS}>", day=0)], name="a")
    stored.keep(posted.store, [Letter("Ho", sender=f"Ben New <{ADDRESS}>", day=1)], name="b")
    assert senders.sender(posted.store).address == Address(ADDRESS, "Ben New")
    posted.send()
    posted.settle()
    assert f"From: Ben New <{ADDRESS}>".encode() in posted.server.outbox.delivered[0].content
