"""Growth: ten times the mail takes about ten times as long, in bounded memory."""

from collections.abc import Iterator

from benchmarks.results import Row, at_most
from benchmarks.workshop import Filled, Workshop

LARGEST_RATIO = 11.0
LARGEST_PEAK = 400.0
"""MB of all processes together."""


def measure(shop: Workshop) -> Iterator[Row]:
    """Seconds of the large import over those of the small one, run before and after it."""
    small, large = shop.sizes.small, shop.sizes.large
    before = shop.filled(small)
    big = shop.filled(large)
    after = shop.fill(small, name="again")
    yield ratio(before, big, after)
    yield from peaks([before, big])


def memory(shop: Workshop) -> Iterator[Row]:
    """Peak memory of a small import alone."""
    yield from peaks([shop.filled(shop.sizes.small)])


def ratio(before: Filled, big: Filled, after: Filled) -> Row:
    """How much longer the large import took than the faster of the small ones."""
    seconds = min(before.seconds, after.seconds)
    how = f"{big.messages:,} messages in {big.seconds:.1f} s, {before.messages:,} in {seconds:.1f} s"
    details = {"runs": [one.summary() for one in (before, big, after)]}
    scale = big.messages / before.messages / 10
    return Row(
        "growth",
        "ten times the mail",
        big.seconds / seconds,
        "x",
        at_most(LARGEST_RATIO * scale),
        how,
        details,
    )


def peaks(runs: list[Filled]) -> Iterator[Row]:
    """Peak memory of each import, all its processes together."""
    for one in runs:
        what = f"peak memory, {one.messages:,} messages"
        how = "resident, all processes of the import"
        yield Row("memory", what, one.peak / 1e6, "MB", at_most(LARGEST_PEAK), how, one.summary())
