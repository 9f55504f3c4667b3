"""A mailbox at a loopback Graph, for the contract suites."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.domain.sync import Folder
from tests.fakes.graph_server import GraphServer, serve_graph


def gateway() -> Gateway:
    """One that lets out to this computer."""
    return Gateway(Rules(lambda host: host == "127.0.0.1"), lambda traffic: None)


class OutlookStage:
    """A `Stage`. Graph's ids last, so that only the places among its changes are forgotten."""

    pushes = renumbers = False
    files_sent = True
    flags = frozenset({"seen", "flagged", "draft"})

    def __init__(self, server: GraphServer) -> None:
        self.server = server
        self.outbox = server.outbox
        self._made: list[OutlookAccount] = []

    def account(self) -> MailAccount:
        self._made.append(OutlookAccount(gateway(), self.server.web.url, self.server.token))
        return self._made[-1]

    def close(self) -> None:
        """End the connections of all accounts."""
        for account in self._made:
            account.close()

    def deliver(
        self, folder: Folder, message: bytes, *, flags: Sequence[str] = (), arrived: date | None = None
    ) -> None:
        self.server.mail.deliver(folder.id, message, flags=flags, arrived=arrived)

    def flag(self, folder: Folder, message_id: str, flags: Sequence[str]) -> None:
        for letter in list(self.server.mail.named(folder.id, message_id)):
            self.server.mail.flag(letter, flags)

    def remove(self, folder: Folder, message_id: str) -> None:
        for letter in list(self.server.mail.named(folder.id, message_id)):
            self.server.mail.remove(letter)

    def renumber(self, folder: Folder) -> None:
        del folder
        self.server.rounds.forget()

    def make(self, *path: str) -> None:
        self.server.mail.make(*path)

    def drop(self, folder: Folder) -> None:
        self.server.mail.drop(folder.id)


@contextmanager
def outlook_stage() -> Iterator[OutlookStage]:
    """A stage whose accounts are closed at the end."""
    with serve_graph() as server:
        stage = OutlookStage(server)
        try:
            yield stage
        finally:
            stage.close()
