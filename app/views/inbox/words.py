"""What a row of the inbox says."""

import time
from dataclasses import dataclass, replace

from app.widgets import dates
from app.widgets.row_delegate import RowText
from app.widgets.text import clean, is_right_to_left, isolated
from fluffy_core import Match, Section, ThreadRow, number_of

TONES = {Section.NEEDS_REPLY: "warn", Section.WAITING: "accent", Section.EVERYTHING: "ink2"}
BEFORE = 24
"""Characters shown before the first word that was looked for."""
NO_SUBJECT = "(no subject)"
SHOWN_TAGS = 2
NOBODY = "(nobody named)"


@dataclass(frozen=True)
class Listed:
    """A row of the list: a thread, and why a search found it."""

    row: ThreadRow
    match: Match | None = None

    @property
    def is_tall(self) -> bool:
        """Whether there is something to say in a third line."""
        return bool(self.row.note or self.match)


def row_text(listed: Listed) -> RowText:
    """A thread as two lines, and a third when there is something to say; of a result, what was found."""
    row = listed.row
    shown = _plain_text(row)
    if listed.match is None:
        return shown
    note, marks = passage_line(listed.match)
    return replace(shown, detail="", note=note, marks=marks, tone="ink2")


def passage_line(match: Match) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The passage that matched, from shortly before its first word that was looked for, and those words."""
    if not match.marks or is_right_to_left(match.text):  # words with weight are drawn from the left
        return " · ".join(part for part in (match.why, isolated(match.text)) if part), ()
    first = match.marks[0][0]
    begin = match.text.rfind(" ", 0, max(0, first - BEFORE)) + 1 if first > BEFORE else 0
    lead = "… " if begin else ""
    moved = len(lead) - begin
    return lead + match.text[begin:], tuple((start + moved, stop + moved) for start, stop in match.marks)


def _plain_text(row: ThreadRow) -> RowText:
    return RowText(
        title=", ".join(map(isolated, row.people.split(", "))) or NOBODY,
        line=row.subject or NO_SUBJECT,
        detail=row.preview,
        meta=dates.short(row.last_date, time.time()),
        note=said_note(row.note),
        tone=TONES[row.section],
        strong=row.unread_count > 0,
        badge=str(row.message_count) if row.message_count > 1 else "",
        clip=row.has_attachments,
        tags=" · ".join(clean(tag.name, 30) for tag in row.tags[:SHOWN_TAGS]),
    )


def said_note(note: str) -> str:
    """As "asks: could you …", the asked in its own direction."""
    lead, colon, asked = note.partition(": ")
    return f"{lead}{colon}{isolated(asked)}"


def sentence(listed: Listed) -> str:
    """The row as a screen reader says it."""
    row = listed.row
    note = f"found {listed.match.why}: {listed.match.text}" if listed.match else row.note
    parts = [
        "Unread" if row.unread_count else "",
        clean(row.people, 100) or NOBODY,
        clean(row.subject, 200) or NO_SUBJECT,
        clean(note, 160),
        dates.spoken(row.last_date, time.time()),
        number_of(row.message_count, "message") if row.message_count > 1 else "",
        ", ".join(clean(tag.name, 60) for tag in row.tags),
        "with attachments" if row.has_attachments else "",
    ]
    return ", ".join(part for part in parts if part)
