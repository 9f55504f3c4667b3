"""The inbox: sections, counts and search, as ids in order and rows by id."""

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import Section
from fluffy_core.services.reading import searching
from fluffy_core.store import inbox as stored
from fluffy_core.store.database import Database
from fluffy_core.store.inbox import counts, rows

__all__ = ["counts", "ids", "rows"]


def ids(
    store: Database,
    section: Section,
    query: str = "",
    *,
    include_done: bool = False,
    embed: searching.Embeds | None = None,
) -> tuple[ThreadId, ...]:
    """The threads of a section in reading order, all of them; with a query, best match first.

    With `embed`, a query also finds what is close in meaning.
    """
    if not query.strip():
        return stored.ids(store, section, include_done=include_done)
    found = tuple(searching.threads(store, query, embed=embed).best)
    if section is Section.EVERYTHING:
        return found
    wanted = set(stored.ids(store, section))
    return tuple(one for one in found if one in wanted)
