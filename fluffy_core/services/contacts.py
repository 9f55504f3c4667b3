"""`extract-contacts`: from headers and signatures to people, whatever the order mail is looked at.

Observations add up, so batches may come in any order. Evidence that two addresses are one person
only ever grows; joining them when it is sure therefore ends in the same groups for every order.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fluffy_core.domain.message import Address
from fluffy_core.mail import name_keys, names
from fluffy_core.services import identity, signatures
from fluffy_core.store import people, rulings
from fluffy_core.store.database import Transaction
from fluffy_core.store.people import Letter, Observed, Standing

VERSION = 1
SURE, LIKELY = 0.85, 0.70
MANY_RECIPIENTS = 25
"""A message to more people than this was not written to me personally."""
FROM = 0
_UNATTENDED = re.compile(
    r"(?:no|do-?not|nicht)[-_.]?(?:reply|respond|antworten)|mailer-daemon|postmaster@|bounces?[+@-]"
)


@dataclass(slots=True)
class _Batch:
    emails: dict[int, tuple[str, bool]]
    observed: dict[int, Observed] = field(default_factory=dict)
    names: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    personal: list[Letter] = field(default_factory=list)


def extract(tx: Transaction, message_ids: Sequence[int], *, generation: int = 0) -> int:
    """Count what these messages say about people and settle who is a contact; how many were new.

    `generation` above 0 counts everything anew once (the user's own addresses changed).
    """
    version = VERSION + 1000 * generation
    found = people.letters(tx, message_ids, version)
    if not found:
        return 0
    everybody = {address_id for letter in found for _, address_id, _ in letter.people}
    batch = _Batch(people.emails(tx, everybody))
    for letter in found:
        _observe(batch, letter)
    people.add_observations(tx, batch.observed)
    people.add_names(tx, batch.names)
    people.mark_extracted(tx, [letter.id for letter in found], version)
    signatures.collect(tx, batch.personal, batch.emails)
    settle(tx, sorted(batch.observed))
    if generation and not people.pending(tx, version):
        for standing in people.standings(tx, people.silent(tx)).values():
            _demote(tx, standing)
    return len(found)


def _observe(batch: _Batch, letter: Letter) -> None:
    from_me = batch.emails.get(letter.from_id, ("", False))[1]
    recipients = [one for one in letter.people if one[0] != FROM]
    to_me = any(batch.emails[address_id][1] for _, address_id, _ in recipients)
    personal = not letter.bulk and len(recipients) <= MANY_RECIPIENTS
    for role, address_id, written in letter.people:
        email, mine = batch.emails[address_id]
        if mine:
            continue
        seen = batch.observed.setdefault(address_id, Observed())
        if role == FROM:
            _count_sender(seen, letter, personal=personal and to_me)
        elif from_me and personal:
            seen.written_to += 1
        _date(seen, letter.date)
        name = names.clean(written, email)
        if name and (role == FROM or from_me) and not (letter.bulk and role == FROM and names.is_role(email)):
            key, count = batch.names.get((address_id, name), (name_keys.key(name), 0))
            batch.names[address_id, name] = (key, count + 1)
    if personal and to_me and not from_me:
        batch.personal.append(letter)


def _count_sender(seen: Observed, letter: Letter, *, personal: bool) -> None:
    if letter.bulk:
        seen.bulk_from += 1
    elif personal:
        seen.personal_from += 1


def _date(seen: Observed, date: int) -> None:
    if date:
        seen.first_date = min(seen.first_date or date, date)
        seen.last_date = max(seen.last_date, date)


def settle(tx: Transaction, address_ids: Sequence[int]) -> None:
    """Decide for each address whether it is a contact, and whose. Mine never are."""
    standings = people.standings(tx, address_ids)
    touched: set[int] = set()
    for address_id in address_ids:
        standing = standings[address_id]
        if standing.mine or not _corresponds(standing):
            if standing.mine and standing.contact_id is not None:
                _demote(tx, standing)
            continue
        contact_id = standing.contact_id
        if contact_id is None:
            name = standing.names[0][0] if standing.names else standing.email
            contact_id = people.create_contact(tx, name, [address_id], now=time.time())
        touched.add(contact_id)
    for contact_id in sorted(touched):
        _find_same(tx, contact_id)
    for contact_id in sorted(touched):
        if people.addresses_of(tx, contact_id):
            identity.refresh(tx, contact_id)


def _corresponds(standing: Standing) -> bool:
    """I wrote to them, they wrote to me personally, or my address book names them; machines do not count."""
    return bool(
        standing.written_to or standing.personal_from or standing.from_card
    ) and not _UNATTENDED.match(standing.email)


def _demote(tx: Transaction, standing: Standing) -> None:
    contact_id = standing.contact_id or 0
    people.move_addresses(tx, [standing.address_id], None)
    if not people.addresses_of(tx, contact_id):
        people.remove(tx, contact_id)


def _find_same(tx: Transaction, contact_id: int) -> None:
    """Join or propose to join this contact with others of its name."""
    own = people.standings(tx, [address_id for address_id, _ in people.addresses_of(tx, contact_id)])
    keys = {key for one in own.values() for name, _ in one.names if " " in (key := name_keys.key(name))}
    others = {other for some in people.namesakes(tx, sorted(keys)).values() for other in some} - set(own)
    for other in people.standings(tx, sorted(others)).values():
        current = people.standings(tx, [next(iter(own))])[next(iter(own))].contact_id
        if other.contact_id is None or current is None:
            continue
        now_of_other = people.standings(tx, [other.address_id])[other.address_id].contact_id
        if now_of_other is not None and now_of_other != current:
            _weigh(tx, current, now_of_other, max(_similarity(one, other) for one in own.values()))


def _weigh(tx: Transaction, contact_id: int, other_id: int, score: float) -> None:
    left, right = ([a for a, _ in people.addresses_of(tx, one)] for one in (contact_id, other_id))
    said = rulings.between(tx, left, right)
    if False in said:
        return
    if score > SURE or True in said:
        keep, gone = sorted((contact_id, other_id))
        identity.join(tx, keep, gone)
    elif score >= LIKELY:
        rulings.propose(tx, contact_id, other_id, score=score, reason="They have the same name.")


def _similarity(a: Standing, b: Standing) -> float:
    pairs = ((Address(a.email, x), Address(b.email, y)) for x, _ in a.names[:5] for y, _ in b.names[:5])
    return max((names.similarity(one, other) for one, other in pairs), default=0.0)
