"""What a row of the inbox says."""

import time

from app.widgets import dates
from app.widgets.row_delegate import RowText
from app.widgets.text import clean, count
from fluffy_core import Section, ThreadRow

TONES = {Section.NEEDS_REPLY: "warn", Section.WAITING: "accent", Section.EVERYTHING: "ink2"}
NO_SUBJECT = "(no subject)"
SHOWN_TAGS = 2
NOBODY = "(nobody named)"


def row_text(row: ThreadRow) -> RowText:
    """A thread as two lines, and a third when there is something to say."""
    return RowText(
        title=row.people or NOBODY,
        line=row.subject or NO_SUBJECT,
        detail=row.preview,
        meta=dates.short(row.last_date, time.time()),
        note=row.note,
        tone=TONES[row.section],
        strong=row.unread_count > 0,
        badge=str(row.message_count) if row.message_count > 1 else "",
        clip=row.has_attachments,
        tags=" · ".join(clean(tag.name, 30) for tag in row.tags[:SHOWN_TAGS]),
    )


def sentence(row: ThreadRow) -> str:
    """The row as a screen reader says it."""
    parts = [
        "Unread" if row.unread_count else "",
        clean(row.people, 100) or NOBODY,
        clean(row.subject, 200) or NO_SUBJECT,
        clean(row.note, 100),
        dates.spoken(row.last_date, time.time()),
        count(row.message_count, "message") if row.message_count > 1 else "",
        ", ".join(clean(tag.name, 60) for tag in row.tags),
        "with attachments" if row.has_attachments else "",
    ]
    return ", ".join(part for part in parts if part)
