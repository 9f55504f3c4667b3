"""What the user said of conversations, and what follows for the categories of messages."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.learning import Correction, Scope, Trait
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Row, Transaction

_STORED = "id, at, question, answer, scope, message_id, until, traits, paused"
_CATEGORY = "importance, requires_response, priority, reason, ask, engine"


def corrections(store: Database | Transaction) -> list[Correction]:
    """Everything the user said, oldest first."""
    rows = store.all(
        "SELECT c.id, c.question, c.answer, c.scope, coalesce(m.thread_id, 0), c.message_id, c.until, "
        "c.traits, c.paused FROM corrections c LEFT JOIN messages m ON m.id = c.message_id ORDER BY c.id"
    )
    return [_correction(row) for row in rows]


def _correction(row: Row) -> Correction:
    number, question, answer, scope, thread_id, message_id, until, traits, paused = row
    own, beside = json.loads(traits)
    return Correction(
        id=number,
        question=question,
        answer=answer,
        scope=Scope(scope),
        thread_id=ThreadId(thread_id),
        message_id=None if message_id is None else MessageId(message_id),
        until=until,
        traits=_traits(own),
        beside=_traits(beside),
        paused=bool(paused),
    )


def _traits(kept: Sequence[Sequence[Any]]) -> tuple[tuple[Trait, float], ...]:
    return tuple((Trait(Scope(kind), value), float(share)) for kind, value, share in kept)


def of_thread(store: Database | Transaction, thread_id: ThreadId, question: str) -> list[int]:
    """What the user said of a conversation in answer to one question."""
    rows = store.all(
        "SELECT c.id FROM corrections c JOIN messages m ON m.id = c.message_id "
        "WHERE m.thread_id = ? AND c.question = ? ORDER BY c.id",
        (thread_id, question),
    )
    return [row[0] for row in rows]


def about(store: Database | Transaction, question: str) -> list[int]:
    """What the user said in answer to a question."""
    rows = store.all("SELECT id FROM corrections WHERE question = ? ORDER BY id", (question,))
    return [row[0] for row in rows]


def next_id(store: Database | Transaction) -> int:
    """The number that the next correction gets; numbers are not used again."""
    row = store.one("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'corrections'")
    return int(row[0]) if row else 1


def add(tx: Transaction, said: Correction) -> int:
    """Keep what the user said (its `id` and `thread_id` do not count); its number."""
    traits = [
        [[trait.scope, trait.value, share] for trait, share in some] for some in (said.traits, said.beside)
    ]
    values = (said.question, said.answer, said.scope, said.message_id, said.until, json.dumps(traits))
    row = tx.one(
        "INSERT INTO corrections (at, question, answer, scope, message_id, until, traits) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (time.time(), *values),
    )
    return int(row[0]) if row else 0


def rows(tx: Transaction, ids: Iterable[int]) -> list[list[Any]]:
    """These corrections as they are stored, for `put_back`; survives JSON."""
    return [list(row) for row in tx.all(f"SELECT {_STORED} FROM corrections WHERE id IN ({_marks(ids)})")]


def put_back(tx: Transaction, ids: Iterable[int], before: Sequence[Sequence[Any]]) -> None:
    """Make these corrections what `rows` found before; those that were not there go."""
    tx.execute(f"DELETE FROM corrections WHERE id IN ({_marks(ids)})")
    tx.executemany(
        f"INSERT INTO corrections ({_STORED}) VALUES (?, ?, ?, ?, ?, "
        "(SELECT id FROM messages WHERE id = ?), ?, ?, ?)",
        before,
    )


def change(tx: Transaction, ids: Iterable[int], *, field: str, value: object) -> None:
    """Set the `question`, `answer`, `scope` or `paused` of corrections."""
    tx.execute(f"UPDATE corrections SET {field} = ? WHERE id IN ({_marks(ids)})", (value,))


@dataclass(frozen=True, slots=True)
class Seen:
    """A message by what rules look at. `written_to`: how often I wrote to its sender."""

    id: MessageId
    thread_id: ThreadId
    date: int
    email: str
    list_id: str
    subject: str
    bulk: str
    suspicious: bool
    mine: bool
    written_to: int
    answered: bool


def seen(store: Database | Transaction, ids: Iterable[int]) -> list[Seen]:
    """These messages, in the order of their numbers."""
    found = store.all(
        "SELECT m.id, m.thread_id, m.date, coalesce(a.email, ''), m.list_id, m.subject, m.bulk, "
        "m.suspicious <> '', coalesce(a.mine, 0) > 0, coalesce(s.written_to, 0), EXISTS (SELECT 1 FROM "
        "messages l JOIN addresses b ON b.id = l.from_address_id AND b.mine > 0 WHERE l.thread_id = "
        "m.thread_id AND l.date > m.date) FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id "
        f"LEFT JOIN address_stats s ON s.address_id = a.id WHERE m.id IN ({_marks(ids)}) ORDER BY m.id"
    )
    return [
        Seen(
            id=MessageId(row[0]), thread_id=ThreadId(row[1]), date=row[2], email=row[3], list_id=row[4],
            subject=row[5], bulk=row[6], suspicious=bool(row[7]), mine=bool(row[8]), written_to=row[9],
            answered=bool(row[10]),
        )
        for row in found
    ]  # fmt: skip


def others(store: Database | Transaction, thread_id: ThreadId, *, most: int) -> list[int]:
    """The newest messages of others in a conversation."""
    rows = store.all(
        "SELECT m.id FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id "
        "WHERE m.thread_id = ? AND coalesce(a.mine, 0) = 0 ORDER BY m.date DESC, m.id DESC LIMIT ?",
        (thread_id, most),
    )
    return [row[0] for row in rows]


def newest(store: Database | Transaction, thread_id: ThreadId) -> tuple[MessageId, int] | None:
    """(the newest message of others, else of mine; the date of the newest of all) of a conversation."""
    row = store.one(
        "SELECT m.id, max(m.date) OVER () FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id "
        "WHERE m.thread_id = ? ORDER BY coalesce(a.mine, 0) > 0, m.date DESC, m.id DESC LIMIT 1",
        (thread_id,),
    )
    return None if row is None else (MessageId(row[0]), int(row[1]))


_WITH = {
    Scope.THREAD: "SELECT id FROM messages WHERE thread_id = CAST(? AS INTEGER)",
    Scope.SENDER: "SELECT m.id FROM addresses a JOIN messages m ON m.from_address_id = a.id "
    "WHERE a.email = ?",
    Scope.LIST: "SELECT id FROM messages WHERE list_id = ? AND list_id <> ''",
    Scope.DOMAIN: "SELECT m.id FROM addresses a CROSS JOIN messages m ON m.from_address_id = a.id "
    "WHERE a.email LIKE '%' || ?1 AND substr(a.email, -length(?1) - 1, 1) IN ('@', '.')",
    Scope.TOPIC: "SELECT rowid FROM search WHERE search MATCH '{subject} : \"' || ? || '\"'",
}


def _plain(trait: Trait) -> str:
    """Its value, with nothing in it that a search understands as anything but words."""
    return trait.value.replace('"', " ")


def having(store: Database | Transaction, trait: Trait) -> list[int]:
    """The messages with a trait, perhaps a few more: words are cut here as the search index cuts them."""
    return [row[0] for row in store.all(_WITH[trait.scope], (_plain(trait),))]


def newest_having(store: Database | Transaction, traits: Iterable[Trait], *, most: int) -> set[int]:
    """The messages with any of some traits, of each trait at most so many, the newest ones."""
    sql = (
        "SELECT id FROM messages INDEXED BY messages_searched WHERE id IN ({}) "
        "ORDER BY date DESC, id DESC LIMIT ?"
    )
    return {
        row[0] for trait in traits for row in store.all(sql.format(_WITH[trait.scope]), (_plain(trait), most))
    }


def count(store: Database | Transaction, trait: Trait) -> int:
    """How many messages have a trait."""
    row = store.one(f"SELECT count(*) FROM ({_WITH[trait.scope]})", (_plain(trait),))
    return int(row[0]) if row else 0


def count_threads(store: Database | Transaction, traits: Sequence[Trait]) -> int:
    """How many conversations hold a message with all of some traits."""
    having_all = " AND ".join(f"id IN ({_WITH[trait.scope]})" for trait in traits)
    sql = f"SELECT count(DISTINCT thread_id) FROM messages WHERE {having_all}"
    row = store.one(sql, [_plain(trait) for trait in traits])
    return int(row[0]) if row else 0


def written_to(store: Database | Transaction, email: str) -> int:
    """How often I wrote to an address."""
    row = store.one(
        "SELECT s.written_to FROM addresses a JOIN address_stats s ON s.address_id = a.id WHERE a.email = ?",
        (email,),
    )
    return int(row[0]) if row else 0


def subjects(store: Database | Transaction) -> dict[int, str]:
    """The subject of the conversation that each correction is about, where that is not gone."""
    return dict(
        store.all(
            "SELECT c.id, t.subject FROM corrections c JOIN messages m ON m.id = c.message_id "
            "JOIN threads t ON t.id = m.thread_id"
        )
    )


def total(store: Database | Transaction) -> int:
    """About how many messages there are."""
    row = store.one("SELECT coalesce(max(id), 0) FROM messages")
    return int(row[0]) if row else 0


def newest_first(store: Database | Transaction, ids: Iterable[int]) -> list[int]:
    """These messages, without those that are gone, the newest first."""
    sql = f"SELECT id FROM messages WHERE id IN ({_marks(ids)}) ORDER BY date DESC, id DESC"
    return [row[0] for row in store.all(sql)]


def before(store: Database | Transaction, ids: Iterable[int]) -> dict[int, tuple[Category, Category]]:
    """(what the rules said, what holds now) of each of these messages that was sorted."""
    found = store.all(
        f"SELECT before, {_CATEGORY}, message_id FROM categories WHERE message_id IN ({_marks(ids)})"
    )
    return {
        row[-1]: (_category(json.loads(row[0] or "0") or row[1:-1]), _category(row[1:-1])) for row in found
    }


def _category(values: Sequence[Any]) -> Category:
    importance, requires_response, priority, reason, ask, engine = values
    return Category(Importance(importance), bool(requires_response), priority, reason, ask, engine)


def put_learned(tx: Transaction, changed: Mapping[int, tuple[Category, Category]]) -> None:
    """Let (what the rules said, what was learned) hold for messages; the same twice ends what was learned."""
    tx.executemany(
        f"UPDATE categories SET ({_CATEGORY}, before) = (?, ?, ?, ?, ?, ?, ?) WHERE message_id = ?",
        [
            (*_values(now), "" if now == base else json.dumps(_values(base)), message_id)
            for message_id, (base, now) in changed.items()
        ],
    )
    tx.changed(Changed.CATEGORIES)


def _values(one: Category) -> tuple[object, ...]:
    return one.importance, int(one.requires_response), one.priority, one.reason, one.ask, one.engine


def _marks(ids: Iterable[int]) -> str:
    return ", ".join(str(int(one)) for one in ids) or "NULL"
