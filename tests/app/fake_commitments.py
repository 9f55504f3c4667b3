"""What is owed between me and the first person of the mailbox in memory."""

from dataclasses import replace

from fluffy_core import (
    Address,
    Bus,
    Changed,
    Commitment,
    CommitmentRow,
    CommitmentState,
    ContactId,
    Debtor,
    MessageId,
    Ruling,
    ThreadId,
)
from fluffy_core.domain.commitments import CommitmentKind
from tests.app.fake_jobs import NOW

HANNA = Address("hanna@nordlicht.example", "Hanna Lindqvist")
QUOTE = "could you send me the revised quote for 40 seats by Thursday?"


def owed(number: int, debtor: Debtor, quote: str, due: str = "") -> CommitmentRow:
    """An open entry of the ledger, of the first conversation."""
    kind = CommitmentKind.ASKED if debtor is Debtor.ME else CommitmentKind.PROMISED
    one = Commitment(MessageId(100), debtor, kind, HANNA, quote, due, int(NOW))
    return CommitmentRow(number, ThreadId(1), "Revised quote, 40 seats", ContactId(1), one)


def overdue(row: CommitmentRow) -> CommitmentRow:
    """The same with its day passed."""
    return replace(row, commitment=replace(row.commitment, state=CommitmentState.OVERDUE))


class FakeCommitments:
    """A ledger in memory; `said` keeps what the user said about entries."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.said: list[tuple[int, Ruling]] = []
        self.fault: Exception | None = None
        self.rows = [
            owed(1, Debtor.ME, QUOTE, "2026-11-26"),
            owed(2, Debtor.THEM, "I'll let you know the billing address."),
        ]

    def face(self) -> dict[str, object]:
        """Function name -> this ledger's function."""
        return {"open_ones": self.open_ones, "with_person": self.with_person, "rule": self.rule}

    def open_ones(self, _store: object) -> list[CommitmentRow]:
        if self.fault is not None:
            raise self.fault
        return self._open()

    def with_person(self, _store: object, contact_id: ContactId) -> list[CommitmentRow]:
        return [row for row in self._open() if row.contact_id == contact_id]

    def in_thread(self, thread_id: ThreadId) -> tuple[CommitmentRow, ...]:
        return tuple(row for row in self._open() if row.thread_id == thread_id)

    def _open(self) -> list[CommitmentRow]:
        gone = {number for number, _ in self.said}
        return [row for row in self.rows if row.id not in gone]

    def rule(self, _store: object, commitment_id: int, ruling: Ruling) -> object:
        self.said.append((commitment_id, ruling))
        self._bus.changed(Changed.COMMITMENTS)
        return object()
