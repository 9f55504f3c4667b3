"""Batches of messages: bounded in number and bytes, none left out."""

from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.sync import MessageRef, in_batches

BATCH, BATCH_BYTES = 200, 4 << 20


def refs(sizes: list[int]) -> list[MessageRef]:
    return [MessageRef(f"1.{number}", "INBOX", (), size) for number, size in enumerate(sizes)]


def batches(wanted: list[MessageRef]) -> list[list[MessageRef]]:
    return list(in_batches(wanted, most=BATCH, most_bytes=BATCH_BYTES))


@given(st.lists(st.one_of(st.integers(0, 3000), st.integers(0, 2 * BATCH_BYTES)), max_size=500))
def test_batches_hold_everything_in_order_and_little_at_once(sizes: list[int]) -> None:
    wanted = refs(sizes)
    found = batches(wanted)
    assert [ref for batch in found for ref in batch] == wanted
    assert all(0 < len(batch) <= BATCH for batch in found)
    assert all(len(batch) == 1 or sum(ref.size for ref in batch) <= BATCH_BYTES for batch in found)


def test_small_messages_fill_a_batch_and_unknown_sizes_count_as_some() -> None:
    assert [len(batch) for batch in batches(refs([100] * 450))] == [200, 200, 50]
    assert [len(batch) for batch in batches(refs([0] * 130))] == [64, 64, 2]
