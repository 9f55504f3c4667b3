"""Suggested drafts by their request, kept until they are old."""

import json
from dataclasses import dataclass

from fluffy_core.domain.drafting import Confidence, DraftRequest, DraftSource, Suggestion
from fluffy_core.domain.ids import MessageId
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """A suggestion that was not compared yet with what was sent; `sent` is that message."""

    request_id: str
    recipient: str
    text: str
    language: str
    sent: MessageId


def put(
    tx: Transaction, request: DraftRequest, suggestion: Suggestion, *, recipient: str, now: float
) -> None:
    """Keep a suggestion; a second one for the request takes the first one's place.

    What was sent meanwhile may rest on the first: it is still what they are compared with.
    """
    body = {
        "text": suggestion.text,
        "confidence": suggestion.confidence,
        "reason": suggestion.reason,
        "engine": suggestion.engine,
        "language": suggestion.language,
        "missing": suggestion.missing,
        "used": [[one.message_id, one.quote, one.why] for one in suggestion.used],
        "improving": suggestion.improving,
    }
    tx.execute(
        "INSERT INTO draft_suggestions (request_id, in_thread_of, recipient, after_message, suggestion, "
        "created_at) VALUES (?, (SELECT max(id) FROM messages WHERE thread_id = ?), ?, "
        "(SELECT coalesce(max(id), 0) FROM messages), ?, ?) "
        "ON CONFLICT (request_id) DO UPDATE SET suggestion = excluded.suggestion, "
        "created_at = excluded.created_at",
        (request.id, request.thread_id, recipient, json.dumps(body, ensure_ascii=False), now),
    )
    tx.changed(Changed.DRAFTS)


def get(store: Database | Transaction, request_id: str) -> Suggestion | None:
    """The suggestion for a request, None while there is none."""
    row = store.one("SELECT suggestion FROM draft_suggestions WHERE request_id = ?", (request_id,))
    if row is None:
        return None
    body = json.loads(row[0])
    return Suggestion(
        request_id, body["text"], Confidence(body["confidence"]), body["reason"], body["engine"],
        body["language"], tuple(body["missing"]),
        tuple(DraftSource(MessageId(number), quote, why) for number, quote, why in body["used"]),
        body.get("improving", False),
    )  # fmt: skip


def sent_since(store: Database | Transaction) -> list[Waiting]:
    """Suggestions of threads in which I wrote since, with my first message after each."""
    rows = store.all(
        "SELECT d.request_id, d.recipient, d.suggestion, (SELECT m.id FROM messages m "
        "JOIN addresses a ON a.id = m.from_address_id AND a.mine > 0 WHERE m.thread_id = "
        "(SELECT thread_id FROM messages WHERE id = d.in_thread_of) AND m.id > d.after_message "
        "AND m.draft = 0 ORDER BY m.id LIMIT 1) AS sent "
        "FROM draft_suggestions d WHERE d.compared = 0 AND sent IS NOT NULL ORDER BY d.created_at",
    )
    found = [(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]
    return [
        Waiting(request_id, recipient, body["text"], body["language"], MessageId(sent))
        for request_id, recipient, body, sent in found
    ]


def compared(tx: Transaction, request_id: str) -> None:
    """Compare this suggestion no more."""
    tx.execute("UPDATE draft_suggestions SET compared = 1 WHERE request_id = ?", (request_id,))


def prune(tx: Transaction, *, before: float) -> int:
    """Forget suggestions made before a time; how many."""
    rows = tx.all("DELETE FROM draft_suggestions WHERE created_at < ? RETURNING request_id", (before,))
    return len(rows)


def address_of(store: Database | Transaction, contact_id: int) -> str:
    """The address a contact used last, "" without one."""
    row = store.one(
        "SELECT a.email FROM address_stats s JOIN addresses a ON a.id = s.address_id WHERE s.contact_id = ? "
        "ORDER BY s.last_date DESC, a.id LIMIT 1",
        (contact_id,),
    )
    return str(row[0]) if row else ""
