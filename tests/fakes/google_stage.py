"""A `Stage` on a loopback Gmail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.google.gmail_labels import ALL_MAIL
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.domain.accounts import Roots
from fluffy_core.domain.sync import Folder
from fluffy_core.errors import SignInError
from tests.fakes.google_server import TOKEN, Google, google
from tests.fakes.google_topics import SUBSCRIPTION


class Tokens:
    """Hands out one token after the other, each until it is refused."""

    def __init__(self, *tokens: str) -> None:
        self.left = list(tokens or [TOKEN])

    def __call__(self, rejected: str = "") -> str:
        if rejected == self.left[0]:
            self.left.pop(0)
        if not self.left:
            raise SignInError("Sign in again.")
        return self.left[0]


def roots(url: str) -> Roots:
    """All of Google at one address."""
    return Roots(gmail=url, google_calendar=url, people=url, pubsub=url)


def gateway(url: str) -> Gateway:
    """A way out to this computer alone."""
    return Gateway(Rules(lambda host: host == "127.0.0.1"), lambda traffic: None, roots(url))


class GmailStage:
    """One mailbox of a loopback Google. A folder is a label; "All Mail" is what has none of some."""

    def __init__(self, server: Google) -> None:
        self.server = server
        self.mail = server.mail
        self.outbox = server.mail.outbox
        self.pushes = True
        self.flags = frozenset({"seen", "flagged", "draft"})
        self.renumbers = False
        self.files_sent = True
        self._made: list[GmailAccount] = []
        self.mail.make_label("Archive")

    def account(self) -> MailAccount:
        return self.gmail()

    def gmail(self, *tokens: str) -> GmailAccount:
        """A new client of the mailbox."""
        url = self.server.url
        made = GmailAccount(gateway(url), url, Tokens(*tokens), subscription=SUBSCRIPTION, backoff=0.0)
        self._made.append(made)
        return made

    def close(self) -> None:
        """End the connections of all accounts."""
        for account in self._made:
            account.close()

    def deliver(
        self, folder: Folder, message: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> None:
        labels = _labels(flags) | ({folder.id} - {ALL_MAIL.id})
        noon = None if arrived is None else datetime(arrived.year, arrived.month, arrived.day, 12, tzinfo=UTC)
        with self.server.web.lock:
            self.mail.deliver(message, labels, at=noon)

    def flag(self, folder: Folder, message_id: str, flags: Sequence[str]) -> None:
        wanted = _labels(flags)
        with self.server.web.lock:
            for number in self.mail.with_id(message_id):
                self.mail.label(number, add=wanted, remove={"UNREAD", "STARRED"} - wanted)

    def remove(self, folder: Folder, message_id: str) -> None:
        """From a label, or into the bin."""
        with self.server.web.lock:
            for number in self.mail.with_id(message_id):
                if folder.id == ALL_MAIL.id:
                    self.mail.label(number, add={"TRASH"}, remove={"INBOX"})
                elif folder.id in self.mail.messages[number].labels:
                    self.mail.delete(number)

    def renumber(self, folder: Folder) -> None:
        """Ids never change; but Gmail forgets what happened."""
        with self.server.web.lock:
            self.mail.forget()

    def make(self, *path: str) -> None:
        with self.server.web.lock:
            self.mail.make_label("/".join(path))

    def drop(self, folder: Folder) -> None:
        with self.server.web.lock:
            self.mail.drop_label(folder.id)


def _labels(flags: Sequence[str]) -> set[str]:
    found = {label for word, label in (("flagged", "STARRED"), ("draft", "DRAFT")) if word in flags}
    return found if "seen" in flags else found | {"UNREAD"}


@contextmanager
def gmail_stage() -> Iterator[GmailStage]:
    """A stage whose accounts are closed at the end."""
    with google() as server:
        stage = GmailStage(server)
        try:
            yield stage
        finally:
            stage.close()
