"""Whose mailbox this is: inferred from evidence, shown for confirmation, decided by the user."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.domain.events import OwnAddressesChanged
from fluffy_core.errors import UsageError
from fluffy_core.mail.addresses import names
from fluffy_core.services.people import contacts
from fluffy_core.store import addresses, people, settings
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.sources import OwnerEvidence

_SENT = re.compile(r"sent|gesendet|envoy|enviad|inviat|verzonden|wys[lł]ane|skickat|odeslan", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,255}")
ENOUGH = 0.35
"""Share of a file's messages that an address must stand in (or be delivered to) to be its owner."""


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address believed to be the user's; `confirmed` once they said so."""

    email: str
    confirmed: bool


def infer(evidence: Sequence[OwnerEvidence]) -> tuple[str, ...]:
    """The addresses that own these files, best evidence first; empty when nothing is convincing.

    A sent folder names its owner by who wrote in it. Elsewhere the owner is who mail was delivered
    to, or who stands in most messages, both as writer and as receiver.
    """
    scores: dict[str, float] = {}
    for file in evidence:
        best = _best_in(file)
        if best is not None:
            scores[best[0]] = scores.get(best[0], 0.0) + best[1]
    return tuple(email for email, _ in sorted(scores.items(), key=lambda one: (-one[1], one[0])))


def _best_in(file: OwnerEvidence) -> tuple[str, float] | None:
    ranked: list[tuple[float, str]] = []
    sent = _SENT.search(file.folder) is not None
    for email, wrote, received, delivered in file.by_address:
        if names.is_role(email) and not sent:
            continue
        if sent:
            share = wrote / max(file.messages, 1)
        else:
            seen = (wrote + received) / max(file.messages, 1) if wrote and received else 0.0
            share = max(seen, min(delivered / max(file.messages, 1), 1.0))
        if share >= ENOUGH:
            ranked.append((share, email))
    if not ranked:
        return None
    share, email = max(ranked)
    return email, share * file.messages


def own_addresses(store: Database) -> tuple[OwnAddress, ...]:
    """What is believed or known to be the user's addresses."""
    return tuple(OwnAddress(email, sure) for email, sure in addresses.mine_with_certainty(store))


def checked(emails: Sequence[str]) -> tuple[str, ...]:
    """Addresses as they are stored; UsageError for what is not one."""
    cleaned = tuple(email.strip().lower() for email in emails if email.strip())
    for email in cleaned:
        if not _ADDRESS.fullmatch(email):
            raise UsageError(f"“{email}” is not a mail address.")
    return cleaned


def confirm_own(store: Database, emails: Sequence[str]) -> None:
    """The user says which addresses are theirs; who is a contact is worked out anew when that changed."""
    cleaned = checked(emails)
    with store.transaction() as tx:
        _set(tx, cleaned)


def add_confirmed(tx: Transaction, emails: Sequence[str]) -> None:
    """The user names addresses of theirs beside those they named before."""
    known = [email for email, sure in addresses.mine_with_certainty(tx) if sure]
    _set(tx, sorted({*known, *emails}))


def _set(tx: Transaction, emails: Sequence[str]) -> None:
    if addresses.set_mine(tx, emails, confirmed=True):
        _decide_anew(tx, emails)


def _decide_anew(tx: Transaction, emails: Sequence[str]) -> None:
    people.forget_observations(tx)
    contacts.settle(tx, sorted(addresses.ids_for(tx, emails).values()))
    tx.emit(OwnAddressesChanged(settings.next_number(tx, contacts.GENERATION)))


def note_inferred(tx: Transaction, emails: Sequence[str]) -> None:
    """Remember inferred addresses; nothing the user confirmed is touched.

    Who is a contact is worked out anew when that was done before without these addresses.
    """
    if addresses.set_mine(tx, emails, confirmed=False) and people.were_extracted(tx):
        _decide_anew(tx, emails)
