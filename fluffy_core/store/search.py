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
SAMPLE = 300
"""Messages by which it is estimated how many satisfy a condition."""
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


Condition = tuple[str, tuple[object, ...]]
"""SQL about a message `m`, and its values."""


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
    conditions: list[Condition] = field(default_factory=list)
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


SCHEMA = """
-- What a search asks of thousands of messages, close together: their rows take ten times the room.
CREATE INDEX messages_searched ON messages (id, date, thread_id, attachments, seen, flagged, bulk);
-- With the column itself: SQLite would rather read all of the index above than rows beside this one.
DROP INDEX messages_with_attachments;
CREATE INDEX messages_with_attachments ON messages (date, attachments) WHERE attachments > 0;
"""
_SHOWN = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.shown USING fts5 (
  subject, sender, recipients, body, tokenize = "unicode61 remove_diacritics 2"
)"""
"""Messages that are shown, as `search` sees them."""
_SEARCHED = "messages m INDEXED BY messages_searched"
"""Messages as they are looked up by their ids; left to itself, SQLite reads their rows."""
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
    conditions = [*query.conditions, *((_WITHOUT, (term,)) for term in query.without)]
    if not conditions:
        return []
    tests, values = _where(conditions)
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
    sql = f"SELECT m.id FROM ({found}) AS f JOIN {_SEARCHED} ON m.id = f.id ORDER BY {order} LIMIT ?"
    return [MessageId(row[0]) for row in store.all(sql, (matches, *values, ranked, limit))]


def _among(store: Database, query: Query) -> tuple[str, list[object]]:
    """SQL that keeps those matches that satisfy the conditions on columns, in the cheaper of two ways.

    Few such messages are made a set once; many are looked up match by match until RANKED were found.
    With S of N messages the set costs about S, the other way RANKED * N / S look-ups that cost about as
    much each (measured): they meet where S * S = RANKED * N. S is estimated by a few messages.
    """
    if not query.conditions:
        return "", []
    tests, values = _where(query.conditions)
    total = newest(store)
    step = max(1, total // SAMPLE)
    some = _listed(range(step, total + 1, step))
    counted = store.one(f"SELECT count(*) FROM {_SEARCHED} WHERE m.id IN ({some}) AND {tests}", values)
    if counted is not None and counted[0] * step < math.isqrt(RANKED * total):
        # The plus keeps FTS5 from being asked once for each message of the set.
        return f" AND +search.rowid IN (SELECT m.id FROM messages m WHERE {tests})", values
    return f" AND EXISTS (SELECT 1 FROM {_SEARCHED} WHERE m.id = search.rowid AND {tests})", values


def _where(conditions: Sequence[Condition]) -> tuple[str, list[object]]:
    """All of these conditions as SQL, and its values."""
    return " AND ".join(sql for sql, _ in conditions), [one for _, some in conditions for one in some]


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(int(one)) for one in ids) or "NULL"


def newest(store: Database) -> int:
    """The highest id of a message: about how many there are."""
    return int((store.one("SELECT coalesce(max(id), 0) FROM messages") or (0,))[0])


def matching(store: Database, query: Query, ids: Sequence[MessageId]) -> list[MessageId]:
    """Those of `ids` that satisfy all of the query but its words, in the order given."""
    kept = set(ids)
    if query.conditions and ids:
        tests, values = _where(query.conditions)
        sql = f"SELECT m.id FROM {_SEARCHED} WHERE m.id IN ({_listed(ids)}) AND {tests}"
        kept = {row[0] for row in store.all(sql, values)}
    if query.within:
        kept &= _found_in(store, " AND ".join(query.within), ids)
    if query.without:
        kept -= _found_in(store, " OR ".join(query.without), ids)
    return [one for one in ids if one in kept]


def _found_in(store: Database, match: str, ids: Sequence[MessageId]) -> set[int]:
    """Those of `ids` that match; the plus keeps FTS5 from looking all words up anew for each of them."""
    if not ids:
        return set()
    sql = "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? "
    rows = store.all(f"{sql} AND +rowid IN ({_listed(ids)})", (match, min(ids), max(ids)))
    return {row[0] for row in rows}


def filtered(store: Database, query: Query) -> list[int] | None:
    """The messages that may satisfy all of the query but its words, where they are few; else None.

    Few is one in FEW, or ENOUGH: then it is cheaper to rank only them, and they would be lost among the rest.
    Those with a word that must not stand there are left to `matching`: they are never the most.
    """
    most = max(ENOUGH, newest(store) // FEW)
    if query.within:
        among, values = _among(store, query)
        sql = f"SELECT search.rowid FROM search WHERE search MATCH ?{among} LIMIT ?"
        values = [" AND ".join(query.within), *values]
    elif query.conditions:
        tests, values = _where(query.conditions)
        sql = f"SELECT m.id FROM messages m WHERE {tests} LIMIT ?"
    else:
        return None
    rows = store.all(sql, (*values, most + 1))
    return [row[0] for row in rows] if len(rows) <= most else None


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

    Messages in whose text none of them stands are left out. The few texts are indexed for the moment: to
    look common words up in the whole index once more would take longer.
    """
    if not query.match or not ids:
        return {}
    with store.scratch(_SHOWN) as connection:
        connection.execute(
            "INSERT INTO temp.shown (rowid, subject, sender, recipients, body) "
            f"SELECT id, subject, sender, recipients, body FROM message_texts WHERE id IN ({_listed(ids)})"
        )
        rows = connection.execute(
            "SELECT rowid, snippet(shown, 3, ?, ?, '…', ?) FROM temp.shown WHERE shown MATCH ?",
            (*MARKS, SNIPPET, " AND ".join(query.match)),
        ).fetchall()
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
    sql = f"SELECT m.id, m.thread_id FROM {_SEARCHED} WHERE m.id IN ({_listed(ids)})"
    by_message: dict[int, int] = dict(store.all(sql))
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
    rows = store.all(
        "SELECT m.id, m.thread_id, m.date, coalesce(nullif(m.from_name, ''), a.email, ''), m.subject, "
        "m.preview "
        f"FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id WHERE m.id IN ({_listed(ids)})"
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
