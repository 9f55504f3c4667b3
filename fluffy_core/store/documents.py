"""Attached documents whose text can be read."""

from collections.abc import Sequence

from fluffy_core.domain.documents import READABLE
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction


def of_messages(store: Database | Transaction, message_ids: Sequence[int]) -> list[tuple[int, str, str, str]]:
    """(attachment, SHA-256 in hex, its name, subject) of PDF and DOCX files, each content once."""
    types = ", ".join(f"'{one}'" for one in READABLE)
    ends = " OR ".join(f"lower(a.name) LIKE '%{end}'" for end in READABLE.values())
    found: dict[str, tuple[int, str, str, str]] = {}
    for start in range(0, len(message_ids), CHUNK):
        marks = ", ".join(str(int(one)) for one in message_ids[start : start + CHUNK])
        for row in store.all(
            "SELECT a.id, lower(hex(a.sha256)), a.name, m.subject FROM attachments a "
            f"JOIN messages m ON m.id = a.message_id WHERE a.message_id IN ({marks}) AND a.inline = 0 "
            f"AND (a.media_type IN ({types}) OR {ends}) ORDER BY a.id"
        ):
            found.setdefault(row[1], (row[0], row[1], row[2], row[3]))
    return list(found.values())
