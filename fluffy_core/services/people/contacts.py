"""`extract-contacts`: from headers and signatures to people, whatever the order mail is looked at.

Observations add up, so batches may come in any order. Evidence that two addresses are one person
only ever grows; joining them when it is sure therefore ends in the same groups for every order. A name
alone is never sure: anybody can write under it, so the user is asked.
"""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from fluffy_core.domain.events import ContactActivity, ContactsCreated
from fluffy_core.domain.ids import ContactId
from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses import name_keys, names
from fluffy_core.services.people import identity, signatures
from fluffy_core.store import contact_activity, people, rulings, settings
from fluffy_core.store.database import Transaction
from fluffy_core.store.people import Letter, Observed, Standing

VERSION = 1
GENERATION = "people-generation"
"""The setting that counts how often the user's own addresses changed."""
SURE, LIKELY = 0.85, 0.70
MANY_RECIPIENTS = 25
"""A message to more people than this was not written to me personally."""
MANY_NAMES = 12
"""Names of one address that are compared at most; who has more is a list or a shared mailbox."""
FROM = 0
_UNATTENDED = re.compile(
    r"(?:no|do-?not|nicht)[-_.]?(?:reply|respond|antworten)|mailer-daemon|postmaster@|bounces?[+@-]"
)


@dataclass(slots=True)
class _Batch:
    emails: dict[int, tuple[str, bool]]
    observed: defaultdict[int, Observed] = field(default_factory=lambda: defaultdict(Observed))
    names: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    personal: list[Letter] = field(default_factory=list)


def extract(tx: Transaction, message_ids: Sequence[int], *, generation: int = 0) -> int:
    """Count what these messages say about people and settle who is a contact; how many were new.

    `generation` above 0 counts everything anew once (the user's own addresses changed). A job that
    was asked for before such a change counts for it: each message is counted once whatever happens.
    """
    generation = max(generation, _generation(tx))
    version = VERSION + 1000 * generation
    found = people.letters(tx, message_ids, version)
    if not found:
        return 0
    everybody = {address_id for letter in found for _, address_id, _ in letter.people}
    batch = _Batch(people.emails(tx, everybody))
    for letter in found:
        _observe(batch, letter)
    renamed = {*people.unknown_names(tx, batch.names), *_newly_trusted(tx, batch)}
    people.add_observations(tx, batch.observed)
    people.add_names(tx, batch.names)
    people.mark_extracted(tx, [letter.id for letter in found], version)
    signatures.collect(tx, batch.personal, batch.emails)
    settle(tx, sorted(batch.observed), renamed=renamed)
    if not generation:
        _tell_activity(tx, batch)
    if generation and not people.pending(tx, version):
        for standing in people.standings(tx, people.silent(tx)).values():
            _demote(tx, standing)
    return len(found)


def _tell_activity(tx: Transaction, batch: _Batch) -> None:
    """Emit how much personal mail is new with whom."""
    exchanged = {one: seen.written_to + seen.personal_from for one, seen in batch.observed.items()}
    counted: Counter[ContactId] = Counter()
    for address_id, contact_id in contact_activity.contacts_of(tx, exchanged).items():
        counted[contact_id] += exchanged[address_id]
    if active := tuple((one, count) for one, count in sorted(counted.items()) if count):
        tx.emit(ContactActivity(active))


def _generation(tx: Transaction) -> int:
    found = settings.get(tx, GENERATION, 0)
    return found if isinstance(found, int) else 0


def _newly_trusted(tx: Transaction, batch: _Batch) -> set[int]:
    """Addresses that I write to for the first time in this batch."""
    written_to = [address_id for address_id, seen in batch.observed.items() if seen.written_to]
    return {one for one, standing in people.standings(tx, written_to).items() if not standing.written_to}


def _observe(batch: _Batch, letter: Letter) -> None:
    from_me = batch.emails.get(letter.from_id, ("", False))[1]
    recipients = [one for one in letter.people if one[0] != FROM]
    to_me = any(batch.emails[address_id][1] for _, address_id, _ in recipients)
    personal = not letter.bulk and len(recipients) <= MANY_RECIPIENTS
    for role, address_id, written in letter.people:
        email, mine = batch.emails[address_id]
        if mine:
            continue
        seen = batch.observed[address_id]
        if role == FROM:
            _count_sender(seen, letter, personal=personal and to_me)
        elif from_me and personal:
            seen.written_to += 1
        _date(seen, letter.date)
        name, key = _named(written, email)
        if name and (role == FROM or from_me) and not (letter.bulk and role == FROM and names.is_role(email)):
            _, count = batch.names.get((address_id, name), (key, 0))
            batch.names[address_id, name] = (key, count + 1)
    if personal and to_me and not from_me:
        batch.personal.append(letter)


@lru_cache(maxsize=8192)
def _named(written: str, email: str) -> tuple[str, str]:
    """(clean name, its key); the same few people write most mail."""
    name = names.clean(written, email)
    return name, name_keys.key(name) if name else ""


def _count_sender(seen: Observed, letter: Letter, *, personal: bool) -> None:
    if letter.bulk:
        seen.bulk_from += 1
    elif personal:
        seen.personal_from += 1


def _date(seen: Observed, date: int) -> None:
    if date:
        seen.first_date = min(seen.first_date or date, date)
        seen.last_date = max(seen.last_date, date)


def settle(tx: Transaction, address_ids: Sequence[int], *, renamed: Collection[int] = ()) -> None:
    """Decide for each address whether it is a contact, and whose. Mine never are.

    Namesakes are looked for around new contacts and addresses in `renamed`, which go by a name that
    was not known of them before or were written to for the first time; nothing else can have made
    two people one.
    """
    touched: set[int] = set()
    uncertain: set[int] = set()
    created: list[ContactId] = []
    for address_id, standing in people.standings(tx, people.in_touch(tx, address_ids)).items():
        if standing.mine and standing.contact_id is not None:
            _demote(tx, standing)
        if standing.mine or not _corresponds(standing):
            continue
        contact_id = standing.contact_id
        if contact_id is None:
            name = standing.names[0][0] if standing.names else standing.email
            contact_id = people.create_contact(tx, name, [address_id], now=time.time())
            uncertain.add(contact_id)
            created.append(ContactId(contact_id))
        elif address_id in renamed:
            uncertain.add(contact_id)
        touched.add(contact_id)
    for contact_id in _with_namesakes(tx, sorted(uncertain)):
        _find_same(tx, contact_id)
    identity.refresh(tx, sorted(touched))
    if created:
        tx.emit(ContactsCreated(tuple(created)))


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


def _with_namesakes(tx: Transaction, contact_ids: Sequence[int]) -> list[int]:
    """Those of the contacts with whom another address shares a name: most share theirs with nobody."""
    members = people.members(tx, contact_ids)
    keys = {one: _full_names(own) for one, own in members.items()}
    known = people.namesakes(tx, sorted(frozenset().union(*keys.values())))
    return [one for one in contact_ids if one in members and _others(members[one], keys[one], known)]


def _full_names(own: Sequence[Standing]) -> set[str]:
    """The keys of a contact's names of more than one word."""
    return {key for one in own for name, _ in one.names if " " in (key := name_keys.key(name))}


def _others(own: Sequence[Standing], keys: Iterable[str], known: Mapping[str, Sequence[int]]) -> set[int]:
    """Addresses that go by one of the keys and are not the contact's own."""
    return {other for key in keys for other in known.get(key, ())} - {one.address_id for one in own}


def _find_same(tx: Transaction, contact_id: int) -> None:
    """Join or propose to join this contact with others of its name."""
    own = people.members(tx, [contact_id]).get(contact_id)
    if not own:
        return
    keys = _full_names(own)
    for other in sorted(_others(own, keys, people.namesakes(tx, sorted(keys)))):
        pair = people.standings(tx, [own[0].address_id, other])
        current, namesake = pair[own[0].address_id].contact_id, pair[other].contact_id
        if current is not None and namesake is not None and namesake != current:
            _weigh(tx, current, namesake, score=max(_similarity(one, pair[other]) for one in own))


def _weigh(tx: Transaction, contact_id: int, other_id: int, *, score: float) -> None:
    left, right = ([a for a, _ in people.addresses_of(tx, one)] for one in (contact_id, other_id))
    said = rulings.between(tx, left, right)
    if False in said:
        return
    if score > SURE or True in said:
        keep, gone = sorted((contact_id, other_id))
        identity.join(tx, keep, gone)
    elif score >= LIKELY:
        rulings.propose(tx, contact_id, other_id, score=score, reason="They have the same name.")


def join_by_card(tx: Transaction, contact_ids: Sequence[int]) -> None:
    """Make one of contacts that one card of the address book names, where the user did not say otherwise."""
    for other in contact_ids[1:]:
        _weigh(tx, contact_ids[0], other, score=1.0)


def _similarity(a: Standing, b: Standing) -> float:
    """How likely it is, 0 to 1, that two addresses are one person's; not sure where a name may be forged."""
    pairs = (
        (Address(a.email, x), Address(b.email, y))
        for x, _ in a.names[:MANY_NAMES]
        for y, _ in b.names[:MANY_NAMES]
    )
    score = max((names.similarity(one, other) for one, other in pairs), default=0.0)
    return score if _trusted(a, b) else min(score, SURE)


def _trusted(a: Standing, b: Standing) -> bool:
    """I wrote to both (or they are in my address book), or both belong to one mailbox or company."""
    if all(one.written_to or one.from_card for one in (a, b)):
        return True
    company = names.company_of(a.email)
    same_company = bool(company) and company == names.company_of(b.email)
    return same_company or names.canonical(a.email) == names.canonical(b.email)
