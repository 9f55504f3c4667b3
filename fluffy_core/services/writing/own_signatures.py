"""The user's own signatures, one for each account that sends; one is suggested from mail already sent."""

from collections import Counter

from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.mail.mime.charset import clean_body
from fluffy_core.mail.zones import zones
from fluffy_core.services.accounts import senders
from fluffy_core.store import my_mail, settings
from fluffy_core.store.database import Database

LONGEST = 2_000
SHORTEST = 6
"""Characters of a suggested signature: "M" alone is only how somebody ends."""
LOOKED_AT = 60
ENOUGH = 3
"""Mails that a signature must stand under to be suggested, and a third of those looked at."""
_DELIMITERS = ("--", "-- ")


def of(store: Database, account_id: AccountId | None) -> str:
    """The signature of an account, without the line that starts it; "" for none."""
    found = settings.get(store, _key(account_id), "")
    return found if isinstance(found, str) else ""


def put(store: Database, account_id: AccountId, text: str) -> None:
    """Set the signature of an account. Raises UsageError for one that is too long."""
    cleaned = clean_body(text).strip()
    if len(cleaned) > LONGEST:
        raise UsageError(f"A signature has at most {LONGEST:,} characters.")
    with store.transaction() as tx:
        settings.put(tx, _key(account_id), cleaned)
        tx.changed(Changed.SETTINGS)


def suggested(store: Database, account_id: AccountId) -> str:
    """What stands under most of the user's latest mail from an account, "" when nothing does."""
    me = next((one for one in senders.senders(store) if one.id == account_id), None)
    if me is None:
        return ""
    texts = my_mail.latest_texts(store, me.address.email, LOOKED_AT)
    counted = Counter(
        _without_delimiter(zones.signature_text(text, sender=me.address.name)) for text in texts
    )
    for one in [text for text in counted if len(text) < SHORTEST]:
        del counted[one]
    if not counted:
        return ""
    best, times = counted.most_common(1)[0]
    return best[:LONGEST] if times >= max(ENOUGH, len(texts) / 3) else ""


def _without_delimiter(block: str) -> str:
    lines = block.split("\n")
    if lines[0] in _DELIMITERS:
        del lines[0]
    return "\n".join(line.rstrip() for line in lines).strip()


def _key(account_id: AccountId | None) -> str:
    return f"signature of {account_id}"
