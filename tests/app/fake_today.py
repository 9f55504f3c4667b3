"""The digest of the mailbox in memory, and its figures of a week."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fluffy_core import CommitmentRow, Debtor, Digest, FollowUpRow, MessageId, Section, ThreadId

if TYPE_CHECKING:
    from tests.app.fakes import FakeMail

SILENT = "3 days without an answer; asked: “Could you confirm the date?”"
RECEIVED = "30 messages received, 160% more than usual (11.2 a week)"


class FakeToday:
    """The first `limit` of the conversations that need a reply, and of those that wait."""

    def __init__(self, mail: "FakeMail") -> None:
        self._mail = mail
        self.counted = True
        self.fault: Exception | None = None

    def digest(self, store: object, *, limit: int = 8) -> Digest:
        if self.fault is not None:
            raise self.fault
        mail = self._mail
        pressing = mail.ids(store, Section.NEEDS_REPLY)[:limit]
        details = [mail.open_thread(store, one) for one in pressing]
        return Digest(
            counts=mail.counts(store),
            needs_reply=tuple(one.row for one in details),
            due=tuple(self._mine(pressing)),
            follow_ups=tuple(self._silent(one) for one in mail.ids(store, Section.WAITING)[:limit]),
            people=(),
            summaries={},
            decisions={one.row.id: one.decision for one in details if one.decision is not None},
            week=(RECEIVED,) if self.counted else (),
        )

    def _mine(self, listed: Sequence[ThreadId]) -> Iterator[CommitmentRow]:
        for row in self._mail.commitments.open_ones(None):
            if row.commitment.debtor is Debtor.ME and row.thread_id not in listed:
                yield row

    def _silent(self, thread_id: ThreadId) -> FollowUpRow:
        row, asked = self._mail.row(thread_id), "Could you confirm the date?"
        return FollowUpRow(
            thread_id, MessageId(thread_id * 100), row.subject, row.people, asked, SILENT, row.last_date
        )

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this one's function."""
        return {"digest": {"digest": self.digest}}
