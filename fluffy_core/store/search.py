"""Keyword search: the query language, FTS5 with bm25, and fusion with meaning search by reciprocal rank."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.errors import DamagedStoreError
from fluffy_core.store.database import WORKER_KIB, Database, Transaction

BM25_WEIGHTS = "10.0, 5.0, 3.0, 1.0"
"""Of subject, sender, recipients, body."""
RANKED = 1000
"""Matches that are ranked: of words that stand in more messages, the ones stored last."""
LOOKUP = 6
"""Looking a message up costs about as much as putting this many into a set (measured)."""
FEW, ENOUGH = 20, 5000
RRF_K = 60
"""The constant of reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009."""
MAX_HITS = 5000
MAX_QUERY = 2000
"""Characters of a query that are read."""
SHORTEST_BEGINNING = 3
"""Letters of a word that stand for every word that begins so; fewer only stand for themselves."""
MARKS = ("\ue000", "\ue001")
"""Before and after a word that was looked for; characters that no text needs (private use)."""
SNIPPET = 24
"""Words of a snippet."""
_TOKEN = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))', re.IGNORECASE
)
_FIELDS = frozenset({"from", "to", "subject", "has", "before", "after", "in", "category", "is", "tag"})
_COLUMNS = {"": "", "subject": "subject", "from": "sender", "to": "recipients"}
_WORD = re.compile(r"[^\W_]+")
"""What FTS5's unicode61 takes for a token: letters and digits."""


@dataclass(slots=True)
class Query:
    """A parsed query: words for FTS5, and conditions on columns. `notes` say what was not understood."""

    text: str
    match: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    """What must not stand in a message, for FTS5."""
    words: list[str] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    """Those of `match` that name a field: from:, to: and subject:."""
    conditions: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parse(text: str) -> Query:
    """Read a query such as `offer from:ann has:attachment after:2025-01-31 -draft "exact words"`.

    Never fails: what is not an operator is searched as words.
    """
    query = Query(text)
    clean = text[:MAX_QUERY].encode("utf-8", "replace").decode()  # SQLite takes no lone surrogates
    for found in _TOKEN.finditer(unicodedata.normalize("NFC", clean)):
        name = (found["field"] or "").lower()
        quoted = found["quoted"] is not None
        value = found["quoted"] if quoted else found["word"]
        if name and name not in _FIELDS:
            name, value = "", f"{found['field']}:{value}"
        negated = found["minus"] is not None
        if name in _COLUMNS:
            _add_words(query, _COLUMNS[name], value or "", quoted=quoted, negated=negated)
        elif value:
            _add_condition(query, name, value, negated=negated)
    return query


def _add_words(query: Query, column: str, value: str, *, quoted: bool, negated: bool) -> None:
    words = _WORD.findall(value)
    if not words:
        return
    phrase = '"' + " ".join(words) + '"' + ("" if quoted or _is_short(words[-1]) else "*")
    term = f"{{{column}}} : {phrase}" if column else phrase
    if negated:
        query.without.append(term)
    else:
        query.match.append(term)
        query.words += words if column in ("", "subject") else []
        query.within += [term] if column else []


def _is_short(word: str) -> bool:
    """Whether too many words begin so to be looked up as a beginning: there is no index of those."""
    return len(word) < SHORTEST_BEGINNING and word.isascii()


_WITH = "m.id IN (SELECT rowid FROM search WHERE search MATCH ?)"
_WITHOUT = "m.id NOT IN (SELECT rowid FROM search WHERE search MATCH ?)"


_HAS_ATTACHMENT = "m.attachments > 0"
_SIMPLE = {
    ("has", "attachment"): _HAS_ATTACHMENT,
    ("has", "attachments"): _HAS_ATTACHMENT,
    ("is", "unread"): "m.seen = 0",
    ("is", "read"): "m.seen = 1",
    ("is", "flagged"): "m.flagged = 1",
    ("is", "bulk"): "m.bulk <> ''",
}
_CATEGORY = "m.id {no}IN (SELECT message_id FROM categories WHERE {test})"
_TAG = (
    "m.id {no}IN (SELECT x.message_id FROM message_tags x JOIN tags g ON g.id = x.tag_id "
    "WHERE g.name = ? COLLATE NOCASE)"
)
_IN = (
    "(m.id {no}IN (SELECT l.message_id FROM locations l JOIN sources s ON s.id = l.source_id WHERE "
    "s.folder LIKE ? ESCAPE '\\') "
    "{joined} m.id {no}IN (SELECT message_id FROM message_labels WHERE label LIKE ? ESCAPE '\\'))"
)


def _like(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _add_condition(query: Query, name: str, value: str, *, negated: bool) -> None:
    no = "NOT " if negated else ""
    if name in ("before", "after"):
        _add_date(query, name, value, negated=negated)
    elif name == "in":
        joined = "AND" if negated else "OR"
        query.conditions.append((_IN.format(no=no, joined=joined), (_like(value), _like(value))))
    elif name == "tag":
        query.conditions.append((_TAG.format(no=no), (value,)))
    elif name == "category":
        _add_category(query, value.lower(), no)
    elif (name, value.lower()) in _SIMPLE:
        test = _SIMPLE[name, value.lower()]
        query.conditions.append((f"NOT ({test})" if negated else test, ()))
    else:
        query.notes.append(f"“{name}:{value}” is not known and was left out.")


def _add_category(query: Query, value: str, no: str) -> None:
    if value in ("reply", "needs-reply", "requires-response"):
        query.conditions.append((_CATEGORY.format(no=no, test="requires_response = 1"), ()))
    elif value in ("urgent", "priority"):
        query.conditions.append((_CATEGORY.format(no=no, test="priority >= 2"), ()))
    else:
        query.conditions.append((_CATEGORY.format(no=no, test="importance = ?"), (value,)))


def _add_date(query: Query, name: str, value: str, *, negated: bool) -> None:
    start = _day(value)
    if start is None:
        query.notes.append(f"“{value}” is not a date; write it as 2025-01-31, 2025-01 or 2025.")
        return
    sign = "<" if (name == "before") is not negated else ">="
    query.conditions.append((f"m.date {sign} ?", (start,)))


def _day(value: str) -> int | None:
    """The start of a day, month or year in the user's time zone, in Unix seconds; None when it is no date."""
    parts = value.replace("/", "-").replace(".", "-").split("-")
    try:
        numbers = [int(part) for part in parts] + [1, 1]
        return int(datetime(numbers[0], numbers[1], numbers[2]).astimezone().timestamp())
    except (ValueError, IndexError, OverflowError):
        return None


def messages(
    store: Database, query: Query, *, limit: int = MAX_HITS, ranked: int = RANKED
) -> list[MessageId]:
    """The matching messages: best bm25 first when there are words, newest first otherwise.

    Of words that stand in more than `ranked` messages, only so many of those stored last are ranked.
    """
    if query.match:
        return _ranked(store, query, limit, ranked=ranked)
    conditions = _all_conditions(query)
    if not conditions:
        return []
    tests = " AND ".join(sql for sql, _ in conditions)
    values = [one for _, some in conditions for one in some]
    sql = f"SELECT m.id FROM messages m WHERE {tests} ORDER BY m.date DESC, m.id DESC LIMIT ?"
    return [MessageId(row[0]) for row in store.all(sql, (*values, limit))]


def _ranked(store: Database, query: Query, limit: int, *, ranked: int) -> list[MessageId]:
    wanted = " AND ".join(query.match)
    matches = " NOT ".join([f"({wanted})", *(f"({term})" for term in query.without)])
    among, values = _among(store, query)
    found = (
        f"SELECT search.rowid AS id, bm25(search, {BM25_WEIGHTS}) AS score FROM search "
        f"WHERE search MATCH ?{among} ORDER BY search.rowid DESC LIMIT ?"
    )
    order = "score, m.date DESC" if query.words else "m.date DESC, m.id DESC"
    sql = f"SELECT m.id FROM ({found}) AS f JOIN messages m ON m.id = f.id ORDER BY {order} LIMIT ?"
    return [MessageId(row[0]) for row in store.all(sql, (matches, *values, ranked, limit))]


def _among(store: Database, query: Query) -> tuple[str, list[object]]:
    """SQL that keeps those matches that satisfy the conditions on columns, in the cheaper of two ways.

    Few such messages are made a set once; many are looked up match by match until RANKED were found.
    With S of N messages the set costs about S, the other way RANKED * N / S look-ups that cost
    LOOKUP times as much: they meet where S * S = RANKED * LOOKUP * N.
    """
    if not query.conditions:
        return "", []
    tests = " AND ".join(sql for sql, _ in query.conditions)
    values = [one for _, some in query.conditions for one in some]
    many = math.isqrt(RANKED * LOOKUP * newest(store))
    counted = store.one(
        f"SELECT count(*) FROM (SELECT 1 FROM messages m WHERE {tests} LIMIT ?)", (*values, many)
    )
    if counted is not None and counted[0] < many:
        # The plus keeps FTS5 from being asked once for each message of the set.
        return f" AND +search.rowid IN (SELECT m.id FROM messages m WHERE {tests})", values
    return f" AND EXISTS (SELECT 1 FROM messages m WHERE m.id = search.rowid AND {tests})", values


def newest(store: Database) -> int:
    """The highest id of a message: about how many there are."""
    return int((store.one("SELECT coalesce(max(id), 0) FROM messages") or (0,))[0])


def _all_conditions(query: Query) -> list[tuple[str, tuple[object, ...]]]:
    """The conditions with the words that must not stand there, for queries without FTS5's MATCH."""
    return [*query.conditions, *((_WITHOUT, (term,)) for term in query.without)]


def matching(store: Database, query: Query, ids: Sequence[MessageId]) -> list[MessageId]:
    """Those of `ids` that satisfy all of the query but its words, in the order given."""
    conditions = _beside_words(query)
    if not conditions or not ids:
        return list(ids)
    marks = ", ".join(str(int(one)) for one in ids)
    tests = " AND ".join(sql for sql, _ in conditions)
    values = [one for _, some in conditions for one in some]
    kept = {
        row[0]
        for row in store.all(f"SELECT m.id FROM messages m WHERE m.id IN ({marks}) AND {tests}", values)
    }
    return [one for one in ids if one in kept]


def filtered(store: Database, query: Query) -> list[int] | None:
    """The messages that satisfy all of the query but its words, where they are few; None where they are many.

    Few is one in FEW, or ENOUGH: then it is cheaper to rank only them, and they would be lost among the rest.
    """
    conditions = _beside_words(query)
    if not conditions:
        return None
    most = max(ENOUGH, newest(store) // FEW)
    tests = " AND ".join(sql for sql, _ in conditions)
    values = [one for _, some in conditions for one in some]
    rows = store.all(f"SELECT m.id FROM messages m WHERE {tests} LIMIT ?", (*values, most + 1))
    return [row[0] for row in rows] if len(rows) <= most else None


def _beside_words(query: Query) -> list[tuple[str, tuple[object, ...]]]:
    return [*_all_conditions(query), *((_WITH, (term,)) for term in query.within)]


def relaxed(query: Query, words: Sequence[str]) -> Query:
    """A query for some of these words instead of all of its own; its operators hold as before."""
    some = " OR ".join(f'"{one}"' + ("" if _is_short(one) else "*") for one in words)
    return replace(query, match=[f"({some})", *query.within] if words else query.within, words=list(words))


def spread(store: Database, beginnings: Iterable[str], *, most: int = 2000) -> dict[str, int]:
    """In how many messages each beginning of a word stands, counted up to `most`."""
    counted = {}
    for one in beginnings:
        row = store.one(
            "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)",
            (f'"{one}"' + ("" if _is_short(one) else "*"), most),
        )
        counted[one] = int(row[0]) if row else 0
    return counted


def snippets(store: Database, query: Query, ids: Sequence[MessageId]) -> dict[MessageId, str]:
    """What surrounds the query's words in the text of each message, the words between MARKS.

    Messages in whose text none of them stands are left out.
    """
    if not query.match or not ids:
        return {}
    rows = store.all(  # the plus: with an index on rowid FTS5 would look all words up anew for each message
        "SELECT rowid, snippet(search, 3, ?, ?, '…', ?) FROM search WHERE search MATCH ? "
        f"AND rowid BETWEEN ? AND ? AND +rowid IN ({', '.join(str(int(one)) for one in ids)})",
        (*MARKS, SNIPPET, " AND ".join(query.match), min(ids), max(ids)),
    )
    return {MessageId(row[0]): row[1] for row in rows if MARKS[0] in row[1]}


def fuse(rankings: Iterable[Sequence[MessageId]]) -> list[MessageId]:
    """Reciprocal rank fusion of several rankings, best first."""
    rankings = [one for one in rankings if one]
    if len(rankings) == 1:
        return list(rankings[0])
    scores: dict[MessageId, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking):
            scores[one] = scores.get(one, 0.0) + 1.0 / (RRF_K + rank + 1)
    return sorted(scores, key=lambda one: (-scores[one], -one))


def threads_of(store: Database, ids: Sequence[MessageId]) -> dict[ThreadId, MessageId]:
    """The threads of messages with their best message, in its order."""
    if not ids:
        return {}
    marks = ", ".join(str(int(one)) for one in ids)
    by_message: dict[int, int] = dict(store.all(f"SELECT id, thread_id FROM messages WHERE id IN ({marks})"))
    found: dict[ThreadId, MessageId] = {}
    for one in ids:
        if one in by_message:
            found.setdefault(ThreadId(by_message[one]), one)
    return found


@dataclass(frozen=True, slots=True)
class Hit:
    """A message as a list of results shows it."""

    message_id: MessageId
    thread_id: ThreadId
    date: int
    sender: str
    subject: str
    preview: str


def hits(store: Database, ids: Sequence[MessageId]) -> tuple[Hit, ...]:
    """The messages as results, in the order given."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = store.all(
        "SELECT m.id, m.thread_id, m.date, coalesce(nullif(m.from_name, ''), a.email, ''), m.subject, "
        "m.preview "
        f"FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id WHERE m.id IN ({marks})"
    )
    found = {row[0]: Hit(MessageId(row[0]), ThreadId(row[1]), *row[2:]) for row in rows}
    return tuple(found[one] for one in ids if one in found)


def check(store: Database) -> str:
    """FTS5's integrity check against its content table; "" when all is well, else a sentence."""
    try:
        with store.transaction() as tx:
            tx.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    except DamagedStoreError:
        return "The search index does not match the messages; `fluffy doctor --repair` builds it anew."
    return ""


def bulk_loading(tx: Transaction, on: bool) -> None:
    """Let segments of the index pile up while an import writes, or merge them again as it goes.

    FTS5 merges segments within each insert otherwise, a third of an import's time. Some hundred segments
    are still searched in milliseconds, and the inserts that follow merge them step by step. Meanwhile
    this connection keeps four times as many pages: those of the indexes are met in any order.
    """
    tx.execute(f"PRAGMA cache_size = -{(4 if on else 1) * WORKER_KIB}")
    automerge, crisis = (0, 100) if on else (4, 16)
    tx.execute("INSERT INTO search (search, rank) VALUES ('automerge', ?)", (automerge,))
    tx.execute("INSERT INTO search (search, rank) VALUES ('crisismerge', ?)", (crisis,))


def merge_step(store: Database, pages: int = 500) -> bool:
    """Merge about so many pages of the index's segments; False when there was nothing left to merge.

    Source: https://sqlite.org/fts5.html, "The 'merge' Command".
    """
    with store.transaction() as tx:
        before = store.connection.total_changes
        tx.execute("INSERT INTO search (search, rank) VALUES ('merge', ?)", (pages,))
        return bool(store.connection.total_changes - before > 1)  # the command itself counts as one


def rebuild(store: Database) -> None:
    """Build the search index anew from the message texts."""
    with store.transaction() as tx:
        tx.execute("INSERT INTO search (search) VALUES ('rebuild')")
