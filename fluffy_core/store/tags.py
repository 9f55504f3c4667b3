"""Tags: categories of the user's own, projects and topics found in the mailbox; and which mail has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fluffy_core.domain.learning import Scope, Tag, Trait
from fluffy_core.domain.rows import ThreadTag
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Row, Transaction

_THREADS = (
    "(SELECT count(DISTINCT m.thread_id) FROM message_tags x JOIN messages m ON m.id = x.message_id "
    "WHERE x.tag_id = t.id)"
)
_USED = "(t.pattern <> '' OR EXISTS (SELECT 1 FROM corrections c WHERE c.question = 'tag:' || t.id))"


def listed(store: Database | Transaction) -> list[Tag]:
    """The tags in use, with how many conversations have them, by name."""
    return [
        _tag(row)
        for row in store.all(
            f"SELECT t.id, t.name, t.scope, t.pattern, {_THREADS} FROM tags t "
            f"WHERE t.merged_into IS NULL AND t.hidden = 0 AND {_USED} ORDER BY t.name COLLATE NOCASE, t.id"
        )
    ]


def _tag(row: Row) -> Tag:
    found_by = Trait(Scope(row[2]), row[3]) if row[3] else None
    return Tag(row[0], row[1], found_by, row[4])


def names(store: Database | Transaction) -> dict[int, str]:
    """The name of every tag, also of those that are hidden."""
    return dict(store.all("SELECT id, name FROM tags"))


def named(store: Database | Transaction, name: str) -> int | None:
    """The tag of this name, whatever the case; the one in use first."""
    wanted = name.casefold()
    rows = store.all("SELECT id, name FROM tags WHERE merged_into IS NULL ORDER BY hidden, id")
    return next((row[0] for row in rows if row[1].casefold() == wanted), None)


def make(tx: Transaction, name: str) -> int:
    """The tag of this name, made or shown again if need be."""
    tag_id = named(tx, name)
    if tag_id is None:
        row = tx.one("INSERT INTO tags (name) VALUES (?) RETURNING id", (name,))
        tag_id = int(row[0]) if row else 0
    tx.execute("UPDATE tags SET hidden = 0 WHERE id = ?", (tag_id,))
    return tag_id


def found(store: Database | Transaction) -> list[tuple[int, Trait]]:
    """(tag, trait) of what was found in the mailbox; merged ones stand for the tag they are part of now."""
    rows = store.all(
        "SELECT coalesce(t.merged_into, t.id), t.scope, t.pattern FROM tags t "
        "LEFT JOIN tags o ON o.id = t.merged_into "
        "WHERE t.pattern <> '' AND t.hidden = 0 AND coalesce(o.hidden, 0) = 0 ORDER BY t.id"
    )
    return [(row[0], Trait(Scope(row[1]), row[2])) for row in rows]


def known_patterns(store: Database | Transaction) -> set[Trait]:
    """By what any tag was ever found, hidden and merged ones included."""
    rows = store.all("SELECT scope, pattern FROM tags WHERE pattern <> ''")
    return {Trait(Scope(scope), pattern) for scope, pattern in rows}


def add_found(tx: Transaction, discovered: Iterable[tuple[str, Trait]]) -> None:
    """Keep newly found tags: (name, trait)."""
    tx.executemany(
        "INSERT INTO tags (name, scope, pattern) VALUES (?, ?, ?)",
        [(name, trait.scope, trait.value) for name, trait in discovered],
    )


@dataclass(frozen=True, slots=True)
class TagState:
    """What can change of a tag."""

    id: int
    name: str
    merged_into: int | None
    hidden: int


def state(tx: Transaction, tag_id: int) -> TagState:
    """A tag as it is now; it has to be there."""
    row = tx.one("SELECT id, name, merged_into, hidden FROM tags WHERE id = ?", (tag_id,))
    assert row is not None
    return TagState(*row)


def put_state(tx: Transaction, wanted: TagState) -> None:
    """Make a tag so."""
    values = (wanted.name, wanted.merged_into, wanted.hidden, wanted.id)
    tx.execute("UPDATE tags SET (name, merged_into, hidden) = (?, ?, ?) WHERE id = ?", values)
    tx.changed(Changed.RULES, Changed.CATEGORIES, Changed.THREADS)


def parts(tx: Transaction, tag_id: int) -> list[int]:
    """The tags that are part of this one."""
    return [row[0] for row in tx.all("SELECT id FROM tags WHERE merged_into = ? ORDER BY id", (tag_id,))]


def of_messages(store: Database | Transaction, ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """Tags of messages with their reasons: message to tag to reason."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    kept: dict[int, dict[int, str]] = {}
    for message_id, tag_id, reason in store.all(
        f"SELECT message_id, tag_id, reason FROM message_tags WHERE message_id IN ({marks})"
    ):
        kept.setdefault(message_id, {})[tag_id] = reason
    return kept


def any_given(store: Database | Transaction) -> bool:
    """Whether any message has a tag."""
    return store.one("SELECT 1 FROM message_tags LIMIT 1") is not None


def replace(tx: Transaction, wanted: Mapping[int, Mapping[int, str]]) -> None:
    """Give messages these tags, with their reasons, and no others."""
    tx.executemany("DELETE FROM message_tags WHERE message_id = ?", [(one,) for one in wanted])
    tx.executemany(
        "INSERT INTO message_tags (message_id, tag_id, reason) VALUES (?, ?, ?)",
        [(one, tag_id, reason) for one, tags in wanted.items() for tag_id, reason in tags.items()],
    )
    tx.changed(Changed.CATEGORIES, Changed.THREADS)


def of_threads(store: Database | Transaction, ids: Iterable[int]) -> dict[int, tuple[ThreadTag, ...]]:
    """The tags of conversations, by name."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    kept: dict[int, list[ThreadTag]] = {}
    for thread_id, *tag in store.all(
        "SELECT m.thread_id, t.id, t.name, max(x.reason) FROM messages m "
        "JOIN message_tags x ON x.message_id = m.id JOIN tags t ON t.id = x.tag_id "
        f"WHERE m.thread_id IN ({marks}) AND t.hidden = 0 GROUP BY m.thread_id, t.id "
        "ORDER BY t.name COLLATE NOCASE, t.id"
    ):
        kept.setdefault(thread_id, []).append(ThreadTag(*tag))
    return {one: tuple(some) for one, some in kept.items()}
