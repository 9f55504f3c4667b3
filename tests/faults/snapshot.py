"""What a home holds, in values that do not depend on the order in which it came to hold them."""

from pathlib import Path

from fluffy_core.core import Core
from fluffy_core.services.home import care
from tests.faults.victim import settings

_QUERIES = {
    "messages": "SELECT hex(identity), hex(content_key), date, m.subject, preview, bulk, seen, "
    "length(t.body) "
    "FROM messages m JOIN message_texts t ON t.id = m.id ORDER BY 1, 2",
    "threads": "SELECT group_concat(k, ',') FROM (SELECT thread_id, hex(content_key) AS k FROM "
    "messages ORDER BY 2) "
    "GROUP BY thread_id ORDER BY 1",
    "thread rows": "SELECT subject, message_count, last_date, section, priority, note FROM threads "
    "ORDER BY 1, 2, 3, 4, 5, 6",
    "locations": "SELECT s.path, l.position, hex(m.content_key) FROM locations l JOIN sources s ON "
    "s.id = l.source_id "
    "JOIN messages m ON m.id = l.message_id ORDER BY 1, 2",
    "labels": "SELECT hex(m.content_key), b.label FROM message_labels b JOIN messages m ON m.id = "
    "b.message_id ORDER BY 1, 2",
    "sources": "SELECT path, finished, messages, stored + duplicates, unread, skipped FROM sources "
    "ORDER BY 1",
    "contacts": "SELECT c.name, c.messages_in, c.messages_out, c.last_date, (SELECT "
    "group_concat(email, ',') FROM "
    "(SELECT a.email FROM address_stats s JOIN addresses a ON a.id = s.address_id WHERE s.contact_id "
    "= c.id ORDER BY 1)) "
    "FROM contacts c WHERE c.merged_into IS NULL ORDER BY 5, 1",
    "observations": "SELECT a.email, s.written_to, s.personal_from, s.bulk_from, s.first_date, s.last_date "
    "FROM address_stats s JOIN addresses a ON a.id = s.address_id ORDER BY 1",
    "fields": "SELECT a.email, f.field, f.value, f.messages FROM contact_fields f JOIN addresses a "
    "ON a.id = f.address_id "
    "ORDER BY 1, 2, 3",
    "categories": "SELECT hex(m.content_key), c.importance, c.requires_response, c.priority, "
    "c.reason FROM categories c "
    "JOIN messages m ON m.id = c.message_id ORDER BY 1, 5",
    "follow-ups": "SELECT hex(m.content_key), f.ask FROM follow_ups f JOIN messages m ON m.id = "
    "f.message_id ORDER BY 1",
    "summaries": "SELECT t.subject, s.engine, s.summary FROM summaries s JOIN threads t ON t.id = "
    "s.thread_id ORDER BY 1, 3",
    "attachments": "SELECT hex(sha256), name, size FROM attachments ORDER BY 1, 2",
    "unread": "SELECT hex(sha256), reason FROM unread_items ORDER BY 1",
    "events": "SELECT uid, recurrence_id, starts_at, summary FROM events ORDER BY 1, 2",
    "jobs": "SELECT name, key, state FROM jobs WHERE name NOT IN ("  # the clock asks for these
    "'cleanup-old-data', 'check-sync-health', 'aggregate-analytics') "
    "AND NOT (name = 'check-follow-ups' AND key GLOB '*/[0-9][0-9][0-9][0-9]-*') "
    "AND NOT (name = 'categorize-emails' AND key GLOB '*.-[0-9]*') ORDER BY 1, 2",  # each look for topics
}
Snapshot = dict[str, list[tuple[object, ...]]]


def take(home: Path) -> Snapshot:
    """Everything that must be the same whatever happened on the way; the home must be healthy."""
    with Core.open(settings(home)) as core:
        report = care.examine(core.store, core.settings)
        assert report.problems == (), report.problems
        return {name: core.store.all(sql) for name, sql in _QUERIES.items()}


def differences(left: Snapshot, right: Snapshot) -> dict[str, object]:
    """What differs, by kind; empty when nothing does."""
    found: dict[str, object] = {}
    for name in left:
        if left[name] != right[name]:
            missing = [row for row in left[name] if row not in set(right[name])][:3]
            extra = [row for row in right[name] if row not in set(left[name])][:3]
            found[name] = {"missing": missing, "extra": extra, "counts": (len(left[name]), len(right[name]))}
    return found
