"""Writing styles and what they are learned from: which mail is mine, to whom it went, what it answered."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.styles import Circle, Figures, Scope, Style, StyleChange, Trait
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Row, Transaction

SCHEMA = """
-- How I write, per language and circle of readers: counted forms of a closed vocabulary, and figures.
CREATE TABLE style_profiles (
  language TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, letters INTEGER NOT NULL,
  profile TEXT NOT NULL,
  PRIMARY KEY (language, scope, key)
) STRICT, WITHOUT ROWID;

-- What I changed of a suggested draft before it went out: forms of that vocabulary, no words.
CREATE TABLE style_changes (
  request_id TEXT NOT NULL, trait TEXT NOT NULL, language TEXT NOT NULL, recipient TEXT NOT NULL,
  suggested TEXT NOT NULL, sent TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (request_id, trait)
) STRICT, WITHOUT ROWID;

-- Drafts that were suggested, by the request; `after_message` is the newest message there was then,
-- `in_thread_of` one of the thread that it answers (threads may become one), NULL for a first mail.
CREATE TABLE draft_suggestions (
  request_id TEXT PRIMARY KEY, in_thread_of INTEGER, recipient TEXT NOT NULL, after_message INTEGER NOT NULL,
  suggestion TEXT NOT NULL, created_at REAL NOT NULL, compared INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_suggestions_waiting ON draft_suggestions (created_at) WHERE compared = 0;
"""
_LETTER = "m.bulk IN ('', 'list') AND m.draft = 0 AND m.suspicious = ''"
_MINE = (
    "FROM messages m JOIN addresses a ON a.id = m.from_address_id AND a.mine > 0 {to} "
    f"WHERE {_LETTER} {{which}} ORDER BY m.date DESC, m.id DESC LIMIT ?"
)
_READER = (
    "JOIN message_addresses r ON r.message_id = m.id AND r.role = 1 "
    "JOIN addresses t ON t.id = r.address_id AND t.mine = 0 AND "
)


_NOTE = (
    "INSERT OR IGNORE INTO style_changes (request_id, trait, language, recipient, suggested, sent, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class Noted(NamedTuple):
    """A change of a draft to somebody in a language."""

    language: str
    recipient: str
    change: StyleChange


class Answered(NamedTuple):
    """A reply of mine and the message it answers."""

    reply: MessageId
    parent: MessageId


def letters(store: Database | Transaction, circle: Circle, *, limit: int) -> list[MessageId]:
    """My newest mail to a person (by address), a company (by domain) or everyone."""
    if circle.scope is Scope.EVERYONE:
        rows = store.all(f"SELECT m.id {_MINE.format(to='', which='')}", (limit,))
    elif circle.scope is Scope.PERSON:
        query = _MINE.format(to=f"{_READER} t.email = ?", which="")
        rows = store.all(f"SELECT DISTINCT m.id {query}", (circle.key, limit))
    else:
        query = _MINE.format(to=f"{_READER} (t.email LIKE '%@' || ? OR t.email LIKE '%.' || ?)", which="")
        rows = store.all(f"SELECT DISTINCT m.id {query}", (circle.key, circle.key, limit))
    return [MessageId(row[0]) for row in rows]


def readers(store: Database, *, limit: int) -> list[str]:
    """Whom I write to, most often first: addresses."""
    rows = store.all(
        "SELECT t.email FROM messages m JOIN addresses a ON a.id = m.from_address_id AND a.mine > 0 "
        f"{_READER} 1 WHERE {_LETTER} "
        "GROUP BY t.id ORDER BY count(*) DESC, t.email LIMIT ?",
        (limit,),
    )
    return [row[0] for row in rows]


def answered(store: Database | Transaction, email: str = "", *, limit: int) -> list[Answered]:
    """My newest replies (to one address) with the message of somebody else that stands before each."""
    query = _MINE.format(to=f"{_READER} t.email = ?" if email else "", which="AND m.thread_id > 0")
    rows = store.all(
        "SELECT DISTINCT m.id, (SELECT p.id FROM messages p JOIN addresses b ON b.id = p.from_address_id "
        "WHERE p.thread_id = m.thread_id AND b.mine = 0 AND (p.date, p.id) < (m.date, m.id) "
        f"ORDER BY p.date DESC, p.id DESC LIMIT 1) {query}",
        (email, limit) if email else (limit,),
    )
    return [Answered(MessageId(row[0]), MessageId(row[1])) for row in rows if row[1] is not None]


def put(tx: Transaction, profiles: Sequence[Style]) -> None:
    """Keep these styles in the place of all that were kept."""
    tx.execute("DELETE FROM style_profiles")
    tx.executemany(
        "INSERT INTO style_profiles (language, scope, key, letters, profile) VALUES (?, ?, ?, ?, ?)",
        [(one.language, one.circle.scope, one.circle.key, one.letters, _packed(one)) for one in profiles],
    )


def profiles(store: Database | Transaction, language: str = "") -> list[Style]:
    """What is kept (of one language), those that rest on most letters first."""
    rows = store.all(
        "SELECT language, scope, key, letters, profile FROM style_profiles WHERE ? IN ('', language) "
        "ORDER BY letters DESC, language, scope, key",
        (language,),
    )
    return [_style(row) for row in rows]


def profile(store: Database | Transaction, language: str, circle: Circle) -> Style | None:
    """One style, or None."""
    row = store.one(
        "SELECT language, scope, key, letters, profile FROM style_profiles "
        "WHERE language = ? AND scope = ? AND key = ?",
        (language, circle.scope, circle.key),
    )
    return None if row is None else _style(row)


def note_changes(
    tx: Transaction,
    request_id: str,
    changes: Sequence[StyleChange],
    *,
    language: str,
    recipient: str,
    now: float,
) -> None:
    """Remember what was changed of one draft; once for each draft and trait."""
    tx.executemany(
        _NOTE,
        [(request_id, one.trait, language, recipient, one.suggested, one.sent, now) for one in changes],
    )
    if changes:
        tx.changed(Changed.RULES)


def changes(
    store: Database | Transaction, language: str, trait: Trait, *, limit: int
) -> list[tuple[str, StyleChange]]:
    """(recipient, change) of a trait, the newest first."""
    rows = store.all(
        "SELECT recipient, suggested, sent FROM style_changes WHERE language = ? AND trait = ? "
        "ORDER BY at DESC, request_id DESC LIMIT ?",
        (language, trait, limit),
    )
    return [(row[0], StyleChange(trait, row[1], row[2])) for row in rows]


def all_changes(store: Database | Transaction) -> list[Noted]:
    """Every change that was noted, the newest first."""
    rows = store.all(
        "SELECT language, trait, recipient, suggested, sent FROM style_changes "
        "ORDER BY at DESC, request_id DESC"
    )
    return [Noted(row[0], row[2], StyleChange(Trait(row[1]), row[3], row[4])) for row in rows]


def forget_changes(tx: Transaction, language: str, trait: Trait, *, recipient: str, sent: str) -> list[Row]:
    """Forget the changes of a trait to this form, with one recipient or ("") with all; the rows."""
    return tx.all(
        "DELETE FROM style_changes WHERE language = ? AND trait = ? AND sent = ? AND ? IN ('', recipient) "
        "RETURNING request_id, trait, language, recipient, suggested, sent, at",
        (language, trait, sent, recipient),
    )


def bring_back_changes(tx: Transaction, rows: Sequence[Sequence[object]]) -> None:
    """Remember again what `forget_changes` forgot."""
    tx.executemany(_NOTE, rows)


def _packed(style: Style) -> str:
    body = {"forms": style.forms, "figures": asdict(style.figures), "lengths": style.lengths}
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _style(row: Row) -> Style:
    body = json.loads(row[4])
    forms = {Trait(name): dict(counted) for name, counted in body["forms"].items()}
    low, middle, high = body["lengths"]
    circle = Circle(Scope(row[1]), row[2])
    return Style(row[0], circle, row[3], forms, Figures(**body["figures"]), (low, middle, high))
