"""Accounts on the scripted server, and what must hold of what they bring."""

from typing import Protocol

from fluffy_core.connectors.imap.imap import ImapAccount
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.sync import Fetched, Folder, FolderRole, MessageRef
from tests.fakes.hostile_imap import Hostile

INBOX = Folder("INBOX", "Inbox", FolderRole.INBOX)


class Open(Protocol):
    """Makes an account that is closed after the test."""

    def __call__(self, *, login: Login | None = None, patience: float = 10.0) -> ImapAccount: ...


def refs_of(account: ImapAccount) -> tuple[MessageRef, ...]:
    return account.list(INBOX).refs


def all_right(account: ImapAccount, server: Hostile) -> None:
    """Everything that is there arrives, and as it is."""
    found = {one.ref.id: one.content for one in account.fetch(refs_of(account))}
    assert found == {f"{server.uidvalidity}.{uid}": one.body for uid, one in server.messages.items()}


def never_wrong(found: list[Fetched], server: Hostile) -> None:
    """What arrived is what was there; the rest says why it did not."""
    for one in found:
        uid = int(one.ref.id.partition(".")[2])
        if one.content:
            assert one.content == server.messages[uid].body
        else:
            assert one.gone or one.problem
