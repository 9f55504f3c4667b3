"""Look for projects and topics in the mailbox, and keep what is found as tags."""

import re
import time
from collections import Counter
from itertools import groupby

from fluffy_core.ai.sorting import topics
from fluffy_core.ai.sorting.topics import Outline, Topic
from fluffy_core.domain.jobs import FIRST_SYNC
from fluffy_core.mail.addresses import owners
from fluffy_core.services.sorting import learning
from fluffy_core.store import learned, ledger, outlines, settings, tags
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.outlines import DAY, OutlineRow

GROWTH = 4
"""A mailbox that is this many times as large as when it was looked at is looked at again."""
NEW = 20
"""So many new messages are worth a look a day."""
_LOOKED = "topics-looked-at"
_LOWER = re.compile(r"(?<![\w@./-])[^\W\d_A-Z]{3,24}(?![\w@/]|[.-]\w)")
"""A word in lower case that is no part of an address."""
_OFTEN = 2
"""So many messages with a word in lower case make it a common word."""
_NOUNS = frozenset({"de", "lb"})
"""Languages that write every noun with a capital."""


def due(store: Database, *, now: float | None = None) -> bool:
    """Whether enough has come since topics were last looked for, and nothing is listed for the first time."""
    if ledger.open_count(store, (FIRST_SYNC,)):
        return False
    last = settings.get(store, _LOOKED, [0, 0])
    count, day = last if isinstance(last, list) else (0, 0)
    total = learned.total(store)
    today = int((now or time.time()) // DAY)
    return total >= GROWTH * max(NEW, count) or (total >= count + NEW and today != day)


def look(store: Database) -> list[Topic]:
    """What the mailbox is about; nothing is written."""
    seen = Counter(word for text in outlines.beginnings(store) for word in set(_LOWER.findall(text)))
    common = {word for word, messages in seen.items() if messages >= _OFTEN}
    rows = list(outlines.rows(store))
    mine = {owners.company_of(email) for email in {row.email for row in rows if row.mine}}
    by_thread = groupby(rows, key=lambda row: row.thread_id)
    everything = [_outline(list(some), mine) for _, some in by_thread]
    return topics.discover(everything, common=common, company_names=outlines.company_names(store))


def keep(tx: Transaction, found: list[Topic], *, now: float | None = None) -> int:
    """Make tags of what was not known before; how many. A tag that was removed or renamed stays so."""
    known = tags.known_patterns(tx)
    names = {name.casefold() for name in tags.names(tx).values()}
    new = [one for one in found if one.trait not in known and one.name.casefold() not in names]
    before = learning.current(tx)
    tags.add_found(tx, {one.name: one.trait for one in new}.items())
    if new:
        learning.spread(tx, before)
    settings.put(tx, _LOOKED, [learned.total(tx), int((now or time.time()) // DAY)])
    return len(new)


def _outline(some: list[OutlineRow], my_companies: set[str]) -> Outline:
    first = some[0]
    others = {one.email for one in some if one.email}
    written = (one.email for one in some if one.written_to and not one.mine and not one.bulk)
    lists = [one.list_id for one in some if one.list_id]
    return Outline(
        thread_id=first.thread_id,
        words=tuple(learning.written_words(first.subject)),
        people=frozenset(others),
        days=frozenset(one.day for one in some),
        personal=any(not one.bulk for one in some),
        nouns=first.language[:2] in _NOUNS,
        list_id=lists[0] if lists else "",
        companies=frozenset(owners.company_of(email) for email in written) - my_companies - {""},
    )
