"""An account in a store that sends by a server in memory, with a clock of its own and faults on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft, OutboxRow, OutboxState
from fluffy_core.errors import FluffyError, UncertainError
from fluffy_core.services.writing import outbox, outgoing
from fluffy_core.store import outbox as rows
from tests.fakes.memory_account import MemoryAccount, MemoryServer
from tests.fakes.synced import ADDRESS, Synced

START = 1_700_000_000.0
BEN, CLEO = Address("ben@x.example", "Ben"), Address("cleo@x.example")
LETTER = Draft((BEN,), bcc=(CLEO,), subject="Hello", text="This is it.")


class FaultyAccount(MemoryAccount):
    """What its server is told to do wrong happens to it."""

    def __init__(self, server: "FaultyServer") -> None:
        super().__init__(server)
        self._faulty = server

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        fault = self._faulty.sending.pop(0) if self._faulty.sending else None
        if isinstance(fault, UncertainError) and fault.args == ("taken",):
            super().send(message, sender=sender, recipients=recipients)
        if fault is not None:
            raise fault
        super().send(message, sender=sender, recipients=recipients)

    def was_sent(self, message_id: str) -> bool:
        found = super().was_sent(message_id)
        self._faulty.looks += 1
        if self._faulty.lag:
            self._faulty.lag -= 1
            return False
        return found

    def keep_sent(self, message: bytes) -> None:
        if self._faulty.keeping:
            raise self._faulty.keeping.pop(0)
        super().keep_sent(message)


class FaultyServer(MemoryServer):
    """A server in memory. UncertainError("taken") is raised after the message was taken, others before."""

    def __init__(self) -> None:
        super().__init__()
        self.sending: list[FluffyError] = []
        self.keeping: list[FluffyError] = []
        self.lag = 0
        """Looks for a message among the sent ones that do not see it yet."""
        self.looks = 0


@dataclass
class Posted(Synced):
    """One account that can send, and its server."""

    server: MemoryServer = field(default_factory=FaultyServer)
    now: float = START

    def __post_init__(self) -> None:
        here = Server("127.0.0.1", 1)
        self.set_up(AccountSettings(here, ADDRESS, here))

    @property
    def faulty(self) -> FaultyServer:
        assert isinstance(self.server, FaultyServer)
        return self.server

    def connect(self, _account_id: AccountId) -> MailAccount:
        return FaultyAccount(self.faulty)

    def send(self, draft: Draft = LETTER) -> OutboxRow:
        """The user sends a message."""
        return outbox.send(self.store, self.id, draft, now=self.now)

    def row(self, row_id: int = 1) -> OutboxRow:
        return outbox.get(self.store, row_id)

    def state(self, row_id: int = 1) -> OutboxState:
        return self.row(row_id).state

    def step(self) -> int:
        """Do what is due now, once; how many messages that were."""
        due = rows.due(self.store, now=self.now)
        for row in due:
            outgoing.step(self.store, self.connect, row, clock=lambda: self.now)
        return len(due)

    def settle(self) -> OutboxState:
        """Let time pass until nothing waits any more; the state of the first message."""
        while rows.open_count(self.store):
            soonest = rows.next_due(self.store, after=self.now)
            if not self.step():
                assert soonest is not None
                self.now = soonest
        return self.state()

    def delivered(self) -> list[tuple[str, ...]]:
        """To whom messages were delivered, each time."""
        return [one.recipients for one in self.server.outbox.delivered]

    def among_the_sent(self) -> int:
        return len(self.server.shelf("Sent").messages)

    def in_threads(self) -> list[str]:
        """Subjects of what is stored, with repeats."""
        return [row[0] for row in self.store.all("SELECT subject FROM messages ORDER BY id")]
