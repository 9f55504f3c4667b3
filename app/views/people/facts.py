"""What is known of a person, each fact with its source."""

import time
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.actions import corrections as acts
from app.context import Context
from app.widgets import dates
from app.widgets.buttons import chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import label, tip
from app.widgets.text import clean
from fluffy_core import ContactDetail, ContactField, ContactId, ContactRow, number_of

NAMES = {
    "title": "Title",
    "company": "Company",
    "phone": "Phone",
    "url": "Link",
    "website": "Link",
    "address": "Place",
    "place": "Place",
    "location": "Place",
    "name": "Name",
    "note": "Note",
    "birthday": "Birthday",
}
PARTS = frozenset({"street", "city"})
IN_HEADLINE = frozenset({"title", "company", "name"})


class FactGrid(QWidget):
    """Label, value, source, a way to say "wrong"; at most `limit` facts."""

    def __init__(self, context: Context, detail: ContactDetail, *, limit: int = 20) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        facts = _distinct([one for one in detail.fields if one.field not in IN_HEADLINE])[:limit]
        for row, fact in enumerate(facts):
            name = NAMES.get(fact.field, fact.field.replace("_", " ").capitalize())
            key = label(name, "small")
            key.setContentsMargins(0, 2, 0, 0)
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
            marks = fact_marks(context, self, detail.row.id, fact=fact)
            grid.addWidget(InlineText(clean(fact.value, 200), marks), row, 1)
        if not facts:
            self.hide()


def _distinct(facts: list[ContactField]) -> list[ContactField]:
    """One of each value, however it is written, and no street or city that the whole address names again."""
    found: dict[str, ContactField] = {}
    for one in facts:
        found.setdefault("".join(filter(str.isalnum, one.value)).casefold(), one)
    whole = [key for key, one in found.items() if NAMES.get(one.field) == "Place"]
    return [
        one
        for key, one in found.items()
        if one.field not in PARTS or not any(key in place for place in whole)
    ]


def fact_marks(
    context: Context, receiver: QWidget, contact_id: ContactId, *, fact: ContactField
) -> list[QWidget]:
    """Where a fact comes from ("signature, 3 Oct"; a click opens the message) and a way to say "wrong"."""
    where = clean(fact.engine, 40).rstrip("0123456789. ") or "you"
    when = f", {dates.day(fact.seen_at, time.time())}" if fact.seen_at else ""
    quote = (
        f"“{clean(fact.quote, 300)}”" if fact.quote else "Entered by hand" if fact.locked else "From a card"
    )
    hint, value = f"{quote} · {fact.confidence:.0%} sure", clean(fact.value, 80)
    wrong = chip(
        "wrong",
        partial(acts.reject_field, context, receiver, contact_id, wrong=fact),
        says=f"{value} is wrong",
        hint="This is wrong: remove it for good",
        kind="wrong",
    )
    return [_source(context, fact, f"{where}{when}", hint=hint), wrong]


def _source(context: Context, fact: ContactField, words: str, *, hint: str) -> QWidget:
    if fact.message_id is None:
        tag = label(words, "tag")
        tip(tag, hint)
        return tag
    show = partial(context.notices.quote_wanted.emit, fact.message_id, fact.quote)
    made = chip(words, show, says=f"Why {clean(fact.value, 80)}: {words}; opens the message", hint=hint)
    made.setAccessibleDescription(hint)
    return made


def headline(detail: ContactDetail) -> str:
    """Title and company in one line."""
    return role(detail.row)


def role(row: ContactRow) -> str:
    """Title and company; the company once, where the title names it already."""
    title, company = clean(row.title, 80), clean(row.company, 80)
    if company.casefold() in title.casefold():
        return title
    return f"{title} · {company}" if title else company


def headline_source(detail: ContactDetail) -> ContactField | None:
    """The fact behind the headline."""
    for field in ("title", "company"):
        for fact in detail.fields:
            if fact.field == field and fact.value:
                return fact
    return None


def traffic(row: ContactRow) -> str:
    """As "12 messages from them, 9 from you, last 3 days ago"."""
    last = f", last\u00a0{dates.ago(row.last_date, time.time())}" if row.last_date else ""
    mine = f"{row.messages_out:,}" if row.messages_out else "none"
    return f"{number_of(row.messages_in, 'message')} from them, {mine} from you{last}"
