"""Protocols that every connector satisfies, and that tests/contracts holds them to."""

from collections.abc import Iterator
from typing import Protocol

from fluffy_core.domain.source import RawItem


class MailSource(Protocol):
    """Delivers the raw items of one folder, mbox, archive member, … in a fixed order.

    Positions rise strictly and belong to the item, not to the run: reading again, or going on after
    a position, meets the same items under the same positions and locators.
    """

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the items with a position above `after`, lowest first.

        An item that is damaged comes with its `problem`, an item that is no mail with `skip`; both
        count. Raises UnreadableError when the source fails, after all items before the failure.
        """
        ...

    def count(self) -> int:
        """The exact number of items that `read()` yields from the start."""
        ...
