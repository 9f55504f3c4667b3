"""Fields of contacts from the signatures under their own mail."""

from collections.abc import Mapping, Sequence

from fluffy_core.store.database import Transaction
from fluffy_core.store.people import Letter


def collect(tx: Transaction, letters: Sequence[Letter], emails: Mapping[int, tuple[str, bool]]) -> None:
    """Read the signatures of personal mail and note what they say about their writers."""
