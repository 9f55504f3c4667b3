"""Fields of contacts from the signatures under their own mail."""

from collections.abc import Iterator, Mapping, Sequence

from fluffy_core.domain.people_fields import SignatureFields
from fluffy_core.mail.html.text import without_targets
from fluffy_core.mail.zones import signature, zones
from fluffy_core.store import people_rows, reading
from fluffy_core.store.database import Transaction
from fluffy_core.store.people import Letter
from fluffy_core.store.people_rows import NewField

ENGINE = "signature"
CONFIDENCE = 0.8
MAX_TEXT = 40_000


def collect(tx: Transaction, letters: Sequence[Letter], emails: Mapping[int, tuple[str, bool]]) -> None:
    """Read the signatures of personal mail and note what they say about their writers."""
    letters = [letter for letter in letters if letter.from_id in emails]
    bodies = reading.bodies(tx, [letter.id for letter in letters], most=MAX_TEXT)
    for letter in letters:
        email = emails[letter.from_id][0]
        name = next(
            (written for role, address, written in letter.people if role == 0 and address == letter.from_id),
            "",
        )
        block = zones.signature_text(without_targets(bodies.get(letter.id, "")), sender=name or email)
        if not block:
            continue
        for found in _fields(signature.fields(block, name=name, email=email)):
            people_rows.add_field(tx, letter.from_id, found, message_id=letter.id, seen_at=letter.date)


def _fields(found: SignatureFields) -> Iterator[NewField]:
    for field, one in (
        ("title", found.title),
        ("company", found.company),
        ("street", found.street),
        ("city", found.city),
    ):
        if one is not None:
            yield NewField(field, one.value, one.line, ENGINE, CONFIDENCE)
    for phone in found.phones:
        kind = f"{phone.kind} phone" if phone.kind else "phone"
        yield NewField(kind, phone.number, phone.line, ENGINE, CONFIDENCE)
    for url in found.urls:
        yield NewField("url", url.value, url.line, ENGINE, CONFIDENCE)
