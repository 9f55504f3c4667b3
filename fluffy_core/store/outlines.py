"""All conversations in outline, for those who look for topics."""

from collections.abc import Iterator
from dataclasses import dataclass

from fluffy_core.store.database import Database

DAY = 86_400
SAMPLE = 4000
"""Messages whose beginnings are looked at for words in lower case, the newest ones."""
HEAD = 1000
NEWEST = 10_000
"""Messages of which there are outlines, the newest: what somebody works on is there, and a large mailbox
takes no more memory than a middling one."""


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One message of a conversation; `written_to`: I write to its sender's address."""

    thread_id: int
    subject: str
    email: str
    mine: bool
    written_to: bool
    day: int
    bulk: str
    list_id: str
    language: str


def rows(store: Database) -> Iterator[OutlineRow]:
    """The newest messages, conversation after conversation, oldest first."""
    found = store.all(
        f"WITH newest AS MATERIALIZED (SELECT id FROM messages ORDER BY date DESC, id DESC LIMIT {NEWEST}) "
        "SELECT m.thread_id, m.subject, coalesce(a.email, ''), coalesce(a.mine, 0) > 0, "
        f"coalesce(s.written_to, 0) > 0, m.date / {DAY}, m.bulk, m.list_id, m.language "
        "FROM newest JOIN messages m ON m.id = newest.id LEFT JOIN addresses a ON a.id = m.from_address_id "
        "LEFT JOIN address_stats s ON s.address_id = a.id "
        "ORDER BY m.thread_id, m.date, m.id"
    )
    for row in found:
        yield OutlineRow(*row)


def beginnings(store: Database) -> list[str]:
    """The first words of the newest messages that people wrote."""
    found = store.all(
        f"SELECT substr(t.body, 1, {HEAD}) FROM (SELECT id FROM messages WHERE bulk = '' "
        f"ORDER BY date DESC LIMIT {SAMPLE}) n JOIN message_texts t ON t.id = n.id"
    )
    return [row[0] for row in found]


def company_names(store: Database) -> dict[str, str]:
    """The name of each company, by its domain."""
    return dict(store.all("SELECT domain, name FROM companies"))
