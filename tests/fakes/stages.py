"""A mail account with its server: what the contract suite drives, whatever the implementation."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from imapclient import IMAPClient

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.sync import Folder
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.memory_account import MemoryAccount, MemoryServer
from tests.fakes.submission import Outbox

_USERS = itertools.count(1)
_FLAGS = {"seen": rb"\Seen", "answered": rb"\Answered", "flagged": rb"\Flagged", "draft": rb"\Draft"}


class Stage(Protocol):
    """One mailbox on a server, and what other programs do to it. Messages are named by their Message-ID."""

    outbox: Outbox
    pushes: bool
    """Whether the server says by itself when something changed."""
    flags: frozenset[str]
    """What the server can note about a message."""
    renumbers: bool
    """Whether an id may come to mean another message."""
    files_sent: bool
    """Whether the server itself puts what it sends among the sent mail."""

    def account(self) -> MailAccount:
        """A new client of the mailbox."""
        ...

    def deliver(
        self, folder: Folder, message: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> None:
        """A new message in a folder."""
        ...

    def flag(self, folder: Folder, message_id: str, flags: Sequence[str]) -> None:
        """Give a message these flags and no others."""
        ...

    def remove(self, folder: Folder, message_id: str) -> None:
        """Delete a message."""
        ...

    def renumber(self, folder: Folder) -> None:
        """Give every message another id."""
        ...

    def make(self, *path: str) -> None:
        """A new folder, inside others when `path` names them."""
        ...

    def drop(self, folder: Folder) -> None:
        """Delete a folder."""
        ...


class MemoryStage:
    """A `Stage` in memory."""

    def __init__(self) -> None:
        self.server = MemoryServer()
        self.outbox = self.server.outbox
        self.pushes = True
        self.flags = frozenset(_FLAGS)
        self.renumbers = True
        self.files_sent = False

    def account(self) -> MailAccount:
        return MemoryAccount(self.server)

    def deliver(
        self, folder: Folder, message: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> None:
        self.server.deliver(folder.id, message, flags=flags, arrived=arrived)

    def flag(self, folder: Folder, message_id: str, flags: Sequence[str]) -> None:
        for number in self.server.ids(folder.id, message_id):
            self.server.flag(folder.id, number, flags)

    def remove(self, folder: Folder, message_id: str) -> None:
        for number in self.server.ids(folder.id, message_id):
            self.server.remove(folder.id, number)

    def renumber(self, folder: Folder) -> None:
        self.server.renumber(folder.id)

    def make(self, *path: str) -> None:
        self.server.add("/".join(path))

    def drop(self, folder: Folder) -> None:
        del self.server.shelves[folder.id]


class DovecotStage:
    """A `Stage` on a Dovecot, with a user of its own."""

    def __init__(self, server: Dovecot, outbox: Outbox, submission: Endpoint) -> None:
        self.server = server
        self.outbox = outbox
        self.pushes = not server.bare
        self.flags = frozenset(_FLAGS)
        self.renumbers = True
        self.files_sent = False
        self.user = f"user{next(_USERS)}@example.com"
        self._submission = submission
        self._made: list[ImapAccount] = []

    def account(self) -> MailAccount:
        gateway = Gateway(Rules(lambda host: host in ("127.0.0.1", "localhost")), lambda traffic: None)
        login = Login(self.user, PASSWORD)
        settings = ImapSettings(self.server.endpoint, login, self._submission, submission_login=Login(""))
        self._made.append(ImapAccount(gateway, settings))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all accounts."""
        for account in self._made:
            account.close()

    def deliver(
        self, folder: Folder, message: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> None:
        noon = None if arrived is None else datetime(arrived.year, arrived.month, arrived.day, 12, tzinfo=UTC)
        with self.server.other_client(self.user) as client:
            client.folder_encode = False
            client.append(folder.id, message, [_FLAGS[word] for word in flags], noon)

    def flag(self, folder: Folder, message_id: str, flags: Sequence[str]) -> None:
        with self.server.other_client(self.user) as client:
            client.set_flags(self._find(client, folder, message_id), [_FLAGS[word] for word in flags])

    def remove(self, folder: Folder, message_id: str) -> None:
        with self.server.other_client(self.user) as client:
            client.delete_messages(self._find(client, folder, message_id))
            client.expunge()

    def renumber(self, folder: Folder) -> None:
        with self.server.other_client(self.user) as client:
            client.folder_encode = False
            client.select_folder(folder.id, readonly=True)
            kept = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
            client.close_folder()
            client.delete_folder(folder.id)
            client.create_folder(folder.id)
            for _, one in sorted(kept.items()):
                flags = [flag for flag in one[b"FLAGS"] if flag != rb"\Recent"]
                client.append(folder.id, one[b"BODY[]"], flags, one[b"INTERNALDATE"])

    def make(self, *path: str) -> None:
        with self.server.other_client(self.user) as client:
            client.create_folder(".".join(("INBOX", *path)) if self.server.bare else "/".join(path))

    def drop(self, folder: Folder) -> None:
        with self.server.other_client(self.user) as client:
            client.folder_encode = False
            client.delete_folder(folder.id)

    def _find(self, client: IMAPClient, folder: Folder, message_id: str) -> list[int]:
        client.folder_encode = False
        client.select_folder(folder.id)
        return [int(uid) for uid in client.search(["HEADER", "Message-ID", message_id])]


@contextmanager
def dovecot_stage(server: Dovecot, outbox: Outbox, submission: Endpoint) -> Iterator[DovecotStage]:
    """A stage whose accounts are closed at the end."""
    stage = DovecotStage(server, outbox, submission)
    try:
        yield stage
    finally:
        stage.close()


def letter(number: int, *, body: str = "Hello", days_ago: int = 0) -> bytes:
    """A made-up message with the Message-ID <number@example.com>."""
    day = datetime(2026, 1, 31, tzinfo=UTC) - timedelta(days=days_ago)
    return (
        f"From: Ann <ann@example.com>\r\nTo: Ben <ben@example.com>\r\nSubject: Letter {number}\r\n"
        f"Date: {day:%d %b %Y} 12:00:00 +0000\r\nMessage-ID: <{number}@example.com>\r\n\r\n"
        f"{body} {number}\r\n"
    ).encode()
