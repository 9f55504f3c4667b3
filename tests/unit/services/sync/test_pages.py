"""Messages on their way in: how they are grouped, and that hostile ones end a child and nothing else."""

import pytest

from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.domain.sync import UNKNOWN_BYTES, MessageRef, in_batches, position_of
from fluffy_core.services.imports import prepare_process
from fluffy_core.services.sync import pages as sync_pages
from fluffy_core.services.sync.pages import PAGE, PAGE_BYTES
from fluffy_core.store.database import Database
from tests.fakes.stages import letter
from tests.fakes.synced import Synced


def refs(*sizes: int) -> list[MessageRef]:
    return [MessageRef(str(number), "Inbox", size=size) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ([], []),
        ([1] * PAGE, [PAGE]),
        ([1] * (PAGE + 1), [PAGE, 1]),
        ([PAGE_BYTES, 1], [1, 1]),
        ([PAGE_BYTES // 2, PAGE_BYTES // 2, 1], [2, 1]),
        ([PAGE_BYTES * 3, PAGE_BYTES * 3], [1, 1]),
        ([0] * (PAGE_BYTES // UNKNOWN_BYTES + 1), [PAGE_BYTES // UNKNOWN_BYTES, 1]),
    ],
)
def test_a_group_is_limited_in_messages_and_bytes(sizes: list[int], lengths: list[int]) -> None:
    groups = list(in_batches(refs(*sizes), most=PAGE, most_bytes=PAGE_BYTES))
    assert [len(one) for one in groups] == lengths
    assert [ref for group in groups for ref in group] == refs(*sizes)


def test_positions_fit_a_row_and_differ() -> None:
    found = {position_of(imap_cursor.message(2**32 - 1, uid)) for uid in range(10_000)}
    assert len(found) == 10_000
    assert all(0 <= one < 2**63 for one in found)


def test_large_pages_are_prepared_by_a_child_and_later_ones_too(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = prepare_process.PreparingProcess.prepare

    def counted(self: prepare_process.PreparingProcess, items: list[object]) -> object:
        asked.append(len(items))
        return real(self, items)  # type: ignore[arg-type]

    monkeypatch.setattr(prepare_process.PreparingProcess, "prepare", counted)
    monkeypatch.setattr(sync_pages, "CHILD_BYTES", 8_000)
    synced = Synced(store)
    synced.deliver(1, folder="Archive")
    for number in range(60):
        synced.server.deliver("Inbox", letter(number, body="x" * 200))
    assert synced.run().stored == 61
    assert asked == [prepare_process.CHUNK, 10, 1]
    assert synced.here() == synced.there()


def test_a_message_that_ends_the_child_is_kept_unread_and_holds_up_no_other(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = prepare_process._START.replace(
        "p.serve", "q = p.prepare.mime.parse; import os; "
        "p.prepare.mime.parse = lambda b, now: os._exit(1) if b'BOOM' in b else q(b, now=now); p.serve",
    )  # fmt: skip
    monkeypatch.setattr(prepare_process, "_START", start)
    monkeypatch.setattr(sync_pages, "CHILD_BYTES", 0)
    synced = Synced(store)
    synced.deliver(3)
    synced.server.deliver("Inbox", letter(9, body="BOOM"))
    tally = synced.run()
    assert (tally.stored, tally.unread) == (3, 1)
    before = synced.dump()
    synced.run()
    assert synced.dump() == before
