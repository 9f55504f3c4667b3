"""When I wrote to whom: read once, then kept in memory and extended by what comes in."""

import threading
from collections.abc import Sequence

from fluffy_core.store.database import Database

_ROWS = (
    "SELECT a.email, m.date FROM messages m JOIN message_addresses r ON r.message_id = m.id "
    "AND r.role IN (1, 2) JOIN addresses a ON a.id = r.address_id "
    "WHERE {mine} AND m.id > ?"
)
_EVERYTHING = _ROWS.format(mine="m.from_address_id IN (SELECT id FROM addresses WHERE mine > 0)")
_FRESH = _ROWS.format(mine="+m.from_address_id IN (SELECT id FROM addresses WHERE mine > 0)")
"""The plus keeps SQLite from going through all my mail for the few new ones."""


class _Dates:
    """The dates of my mail by the address it went to, oldest first; `last_id` is the newest message read."""

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.by_email: dict[str, list[int]] = {}
        self.mine: tuple[int, ...] = ()
        self.last_id = 0


def dates_to(store: Database, emails: Sequence[str]) -> dict[str, list[int]]:
    """When I wrote to each of these addresses, oldest first; addresses I never wrote to are left out.

    Mail that was deleted since counts until the program ends.
    """
    dates = store.memory("my-mail", _Dates)
    with dates.gate:
        _bring_up_to_date(store, dates)
        return {one: list(dates.by_email[one]) for one in emails if one in dates.by_email}


def _bring_up_to_date(store: Database, dates: _Dates) -> None:
    """Read what was stored since, or everything when my addresses are others now."""
    mine = tuple(row[0] for row in store.all("SELECT id FROM addresses WHERE mine > 0 ORDER BY id"))
    newest = int((store.one("SELECT coalesce(max(id), 0) FROM messages") or (0,))[0])
    if mine != dates.mine or newest < dates.last_id:
        dates.by_email, dates.mine, dates.last_id = {}, mine, 0
    if newest == dates.last_id:
        return
    changed = set()
    for email, date in store.all(_FRESH if dates.last_id else _EVERYTHING, (dates.last_id,)):
        dates.by_email.setdefault(email, []).append(date)
        changed.add(email)
    for email in changed:
        dates.by_email[email].sort()
    dates.last_id = newest


def latest_texts(store: Database, email: str, limit: int) -> list[str]:
    """The texts of the newest mail that this address of mine wrote."""
    rows = store.all(
        "SELECT t.body FROM messages m JOIN message_texts t ON t.id = m.id WHERE m.from_address_id = "
        "(SELECT id FROM addresses WHERE email = ?) AND m.draft = 0 ORDER BY m.date DESC LIMIT ?",
        (email, limit),
    )
    return [row[0] for row in rows]


def correspondents(store: Database) -> list[str]:
    """The addresses that I wrote to, those I write to most first."""
    rows = store.all(
        "SELECT a.email FROM address_stats s JOIN addresses a ON a.id = s.address_id WHERE s.written_to > 0 "
        "ORDER BY s.written_to DESC, s.last_date DESC"
    )
    return [row[0] for row in rows]


def completions(store: Database, text: str, key: str, *, limit: int) -> list[tuple[str, str]]:
    """(address, name) of people I have to do with whose address or a word of whose name begins so.

    `key` is the text without case and accents. Those I write to most come first.
    """
    rows = store.all(
        "SELECT a.email, coalesce((SELECT n.name FROM address_names n WHERE n.address_id = a.id "
        "ORDER BY n.messages DESC, n.name LIMIT 1), c.name, '') FROM address_stats s "
        "JOIN addresses a ON a.id = s.address_id LEFT JOIN contacts c ON c.id = s.contact_id "
        "WHERE a.mine = 0 AND (s.written_to > 0 OR s.personal_from > 0 OR s.contact_id IS NOT NULL) AND "
        "(substr(a.email, 1, length(?1)) = ?1 OR instr(a.email, '@' || ?1) > 0 "
        "OR instr(a.email, '.' || ?1) > 0 "
        "OR EXISTS (SELECT 1 FROM address_names n WHERE n.address_id = a.id "
        "AND instr(' ' || n.key, ' ' || ?2) > 0)) "
        "ORDER BY s.written_to > 0 DESC, s.written_to + s.personal_from DESC, s.last_date DESC LIMIT ?3",
        (text, key, limit),
    )
    return [(row[0], row[1]) for row in rows]
