"""Mail counted by day: what is counted, and the figures that were."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fluffy_core.domain.figures import Figures
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Row, Transaction

_COUNTED = ("received", "personal", "sent", "threads", "answered", "got_answer", "new_contacts")
_LISTS = ("my_waits", "their_waits", "hours_received", "hours_sent")
_DATED = "draft = 0 AND date_known = 1"
CHUNK = 2000


def newest_message(store: Database | Transaction) -> int:
    """The highest message id, 0 without any."""
    row = store.one("SELECT coalesce(max(id), 0) FROM messages")
    return int(row[0]) if row else 0


def countable(store: Database | Transaction) -> int:
    """How many messages the figures must add up to."""
    row = store.one(f"SELECT count(*) FROM messages WHERE {_DATED}")
    return int(row[0]) if row else 0


def counted(store: Database | Transaction) -> int:
    """How many messages the figures add up to."""
    row = store.one("SELECT coalesce(sum(received + sent), 0) FROM daily_figures")
    return int(row[0]) if row else 0


def threads(store: Database | Transaction, *, after_message: int) -> list[int]:
    """The threads that hold messages with a higher id."""
    rows = store.all("SELECT DISTINCT thread_id FROM messages WHERE id > ? ORDER BY 1", (after_message,))
    return [row[0] for row in rows]


def threads_between(store: Database | Transaction, start: float, end: float) -> list[int]:
    """The threads that hold messages of [start, end) in Unix seconds."""
    rows = store.all("SELECT DISTINCT thread_id FROM messages WHERE date >= ? AND date < ?", (start, end))
    return [row[0] for row in rows]


def letters(store: Database | Transaction, thread_ids: Sequence[int]) -> Iterator[Row]:
    """(thread, date, mine, personal) of the messages of threads, each thread's together, oldest first."""
    for start in range(0, len(thread_ids), CHUNK):
        marks = ", ".join(str(int(one)) for one in thread_ids[start : start + CHUNK])
        yield from store.all(
            "SELECT m.thread_id, m.date, coalesce(a.mine, 0) > 0, m.bulk = '' AND m.suspicious = '' "
            "FROM messages m LEFT JOIN addresses a ON a.id = m.from_address_id "
            f"WHERE m.thread_id IN ({marks}) AND m.{_DATED.replace('date_known', 'm.date_known')} "
            "ORDER BY m.thread_id, m.date, m.id"
        )


def first_dates(store: Database | Transaction) -> list[int]:
    """When each contact was first written to or heard of, in Unix seconds."""
    rows = store.all(
        "SELECT min(s.first_date) FROM contacts c JOIN address_stats s ON s.contact_id = c.id "
        "WHERE c.merged_into IS NULL AND s.first_date > 0 GROUP BY c.id"
    )
    return [row[0] for row in rows]


def replace(tx: Transaction, days: Iterable[str] | None, figures: Mapping[str, Figures]) -> None:
    """Make `figures` the truth about these days (None: about all days)."""
    if days is None:
        tx.execute("DELETE FROM daily_figures")
    else:
        tx.executemany("DELETE FROM daily_figures WHERE day = ?", [(one,) for one in days])
    columns = (*_COUNTED, *_LISTS)
    tx.executemany(
        f"INSERT INTO daily_figures (day, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
        [
            (
                day,
                *(getattr(one, name) for name in _COUNTED),
                *(_packed(getattr(one, name)) for name in _LISTS),
            )
            for day, one in figures.items()
        ],
    )
    tx.changed(Changed.ANALYTICS)


def _packed(values: list[int]) -> str:
    return json.dumps(values, separators=(",", ":"))


def new_contacts(store: Database | Transaction) -> dict[str, int]:
    """New contacts by day, days without any left out."""
    return dict(store.all("SELECT day, new_contacts FROM daily_figures WHERE new_contacts > 0"))


def set_new_contacts(tx: Transaction, counts: Mapping[str, int]) -> None:
    """Set how many contacts are new on these days."""
    empty = Figures()
    tx.executemany(
        "INSERT INTO daily_figures (day, received, personal, sent, threads, answered, got_answer, "
        "new_contacts, my_waits, their_waits, hours_received, hours_sent) "
        "VALUES (?, 0, 0, 0, 0, 0, 0, ?, '[]', '[]', ?, ?) "
        "ON CONFLICT (day) DO UPDATE SET new_contacts = excluded.new_contacts",
        [
            (day, count, _packed(empty.hours_received), _packed(empty.hours_sent))
            for day, count in counts.items()
        ],
    )
    if counts:
        tx.changed(Changed.ANALYTICS)


def days(store: Database | Transaction, first: str, last: str) -> dict[str, Figures]:
    """The figures of the days from `first` to `last`, both included; days without mail are left out."""
    rows = store.all(
        f"SELECT day, {', '.join((*_COUNTED, *_LISTS))} FROM daily_figures WHERE day BETWEEN ? AND ?",
        (first, last),
    )
    edge = 1 + len(_COUNTED)
    return {row[0]: Figures(*row[1:edge], *(json.loads(one) for one in row[edge:])) for row in rows}


def last_day(store: Database | Transaction) -> str:
    """The last day with mail of a person or of mine, "" without any."""
    row = store.one("SELECT coalesce(max(day), '') FROM daily_figures WHERE personal + sent > 0")
    return str(row[0]) if row else ""


def correspondents(
    store: Database, start: float, end: float, *, limit: int
) -> list[tuple[int, str, int, int]]:
    """(contact, name, received, sent) of those with most personal mail in [start, end), most first."""
    rows = store.all(
        "SELECT c.id, c.name, sum(w.received), sum(w.sent) FROM ("
        "SELECT s.contact_id, 1 AS received, 0 AS sent FROM messages m "
        "JOIN address_stats s ON s.address_id = m.from_address_id "
        "WHERE m.date >= ?1 AND m.date < ?2 AND m.draft = 0 AND m.bulk = '' AND s.contact_id IS NOT NULL "
        "UNION ALL SELECT s.contact_id, 0, 1 FROM messages m "
        "JOIN addresses me ON me.id = m.from_address_id AND me.mine > 0 "
        "JOIN message_addresses r ON r.message_id = m.id AND r.role IN (1, 2) "
        "JOIN address_stats s ON s.address_id = r.address_id "
        "WHERE m.date >= ?1 AND m.date < ?2 AND m.draft = 0 AND s.contact_id IS NOT NULL"
        ") w JOIN contacts c ON c.id = w.contact_id "
        "GROUP BY c.id ORDER BY sum(w.received) + sum(w.sent) DESC, c.name, c.id LIMIT ?3",
        (start, end, limit),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
