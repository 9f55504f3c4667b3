"""Mail that was sorted while there was no search model: it gets its closer look once there is one."""

from collections.abc import Sequence

from fluffy_core.domain.events import MessagesSorted
from fluffy_core.domain.ids import MessageId
from fluffy_core.store import insight, settings
from fluffy_core.store.database import Transaction

MOST = 2000
"""Messages, the newest, that are looked at again; what is older has been dealt with."""
_FIRST = "sorted-by-words-from"


def note_missed(tx: Transaction, message_ids: Sequence[int]) -> None:
    """Remember that these were sorted by words alone."""
    known = _first(tx)
    first = min([*message_ids, *([known] if known else [])], default=0)
    if first != known:
        settings.put(tx, _FIRST, first)


def make_up(tx: Transaction) -> None:
    """Ask for a closer look at what missed it, once; nothing happens where nothing was missed."""
    if first := _first(tx):
        settings.put(tx, _FIRST, 0)
        ids = insight.newest_personal(tx, first, MOST)
        tx.emit(MessagesSorted(tuple(MessageId(one) for one in ids), 0))


def _first(tx: Transaction) -> int:
    """From which message on some were sorted by words alone; 0 where none was."""
    found = settings.get(tx, _FIRST, 0)
    return found if isinstance(found, int) else 0
