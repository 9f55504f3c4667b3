"""How much of everything a home holds."""

from fluffy_core.store.database import Database, Transaction

_COUNTS = {
    "messages": "SELECT count(*) FROM messages",
    "threads": "SELECT count(*) FROM threads",
    "contacts": "SELECT count(*) FROM contacts WHERE merged_into IS NULL",
    "companies": "SELECT count(*) FROM companies",
    "unread": "SELECT count(*) FROM unread_items",
    "attachments": "SELECT count(*) FROM attachments",
    "events": "SELECT count(*) FROM events",
    "cards": "SELECT count(*) FROM contacts WHERE from_card = 1",
    "summaries": "SELECT count(*) FROM summaries",
    "vectors": "SELECT count(*) FROM vectors WHERE number = 0",
    "jobs": "SELECT count(*) FROM jobs",
}


def totals(store: Database) -> dict[str, int]:
    """Rows of each kind, by its name."""
    return {name: int((store.one(sql) or (0,))[0]) for name, sql in _COUNTS.items()}


def any_mail(store: Database | Transaction) -> bool:
    """Whether the home holds any message."""
    return store.one("SELECT 1 FROM messages LIMIT 1") is not None
