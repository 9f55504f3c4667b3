"""Who is who: merging and splitting contacts, by the machine when sure and by the user always, undoably."""

import time
from collections.abc import Sequence

from fluffy_core.domain.ids import ContactId
from fluffy_core.errors import UsageError
from fluffy_core.mail.addresses import names
from fluffy_core.store import people, people_before, people_rows, rulings, undo
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.people import Standing
from fluffy_core.store.people_before import Before
from fluffy_core.store.undo import UndoToken


def best_name(members: Sequence[Standing]) -> str:
    """The name most people and messages agree on; an address when nobody ever wrote one."""
    counted: dict[str, int] = {}
    for standing in members:
        for name, messages in standing.names:
            counted[name] = counted.get(name, 0) + messages
    if not counted:
        return members[0].email if members else ""
    full = {name: count for name, count in counted.items() if " " in name} or counted
    return max(full, key=lambda name: (full[name], len(name), name))


def refresh(tx: Transaction, contact_ids: Sequence[int]) -> None:
    """Work out name, company and figures of contacts from their addresses; without any they stay the same."""
    found = people.members(tx, contact_ids)
    domains = {one: _domain(members) for one, members in found.items()}
    companies = people.companies(tx, {domain: _spoken(domain) for domain in domains.values() if domain})
    people.refresh(
        tx, [(one, best_name(members), companies.get(domains[one])) for one, members in found.items()]
    )


def _domain(members: Sequence[Standing]) -> str:
    """The company that the first of somebody's addresses belongs to; "" when all are private."""
    return next((domain for one in members if (domain := names.company_of(one.email))), "")


def _spoken(domain: str) -> str:
    return domain.partition(".")[0].replace("-", " ").title()


def join(tx: Transaction, keep: int, other: int) -> list[int]:
    """Make two contacts one without asking; returns the addresses that moved to `keep`.

    A name the user gave survives, also when the other contact bore it.
    """
    moved = people.merge(tx, keep, other)
    people.inherit_name(tx, keep, other)
    refresh(tx, [keep])
    return moved


def _owned(tx: Transaction, contact_id: ContactId) -> list[int]:
    """The addresses of a contact. Raises UsageError when there is no such contact."""
    found = [address_id for address_id, _ in people.addresses_of(tx, contact_id)]
    if not found:
        raise UsageError(f"There is no person {contact_id}.")
    return found


def _both(tx: Transaction, a: ContactId, b: ContactId) -> list[tuple[int, int]]:
    """Every pair of an address of the one and an address of the other."""
    if a == b:
        raise UsageError("These are not two people.")
    return [(x, y) for x in _owned(tx, a) for y in _owned(tx, b)]


def merge(store: Database, keep: ContactId, other: ContactId) -> UndoToken:
    """The user says two contacts are one person. Raises UsageError when one of them is gone."""
    with store.transaction() as tx:
        pairs = _both(tx, keep, other)
        before = people_before.take(tx, [keep, other])
        join(tx, keep, other)
        ruled = rulings.rule(tx, pairs, together=True)
        name = people_rows.rows(tx, [keep])[keep].name
        return _note(tx, f"Merged two people into {name}", before, rulings=ruled)


def split(store: Database, contact_id: ContactId, email: str) -> UndoToken:
    """The user says one address belongs to somebody else. Raises UsageError when it can't be split off."""
    with store.transaction() as tx:
        owned = people.addresses_of(tx, contact_id)
        chosen = [address_id for address_id, one in owned if one == email]
        rest = [address_id for address_id, one in owned if one != email]
        if not chosen or not rest:
            raise UsageError(f"{email} is not one of several addresses of this person.")
        before = people_before.take(tx, [contact_id])
        ruled = rulings.rule(tx, [(chosen[0], other) for other in rest], together=False)
        fresh = people.create_contact(tx, email, chosen, now=time.time())
        refresh(tx, [fresh, contact_id])
        return _note(tx, f"Split {email} off", before, rulings=ruled, made=[fresh])


def dismiss(store: Database, a: ContactId, b: ContactId) -> UndoToken:
    """The user says two contacts are not the same person; the machine never merges them.

    Raises UsageError when one of them is gone.
    """
    with store.transaction() as tx:
        pairs = _both(tx, a, b)
        before = people_before.take(tx, [a, b])
        ruled = rulings.rule(tx, pairs, together=False)
        rulings.dismiss(tx, a, b, dismissed=True)
        return _note(tx, "Kept two people apart", before, rulings=ruled)


def rename(store: Database, contact_id: ContactId, name: str) -> UndoToken:
    """The user corrects a name; it stays whatever mail says.

    Raises UsageError for an empty name, and when the person is gone.
    """
    cleaned = " ".join(name.split())[:200]
    if not cleaned:
        raise UsageError("A person needs a name.")
    with store.transaction() as tx:
        _owned(tx, contact_id)
        before = people_before.take(tx, [contact_id])
        was, _ = people.rename(tx, contact_id, cleaned, locked=True)
        return _note(tx, f"Renamed {was} to {cleaned}", before)


def _note(
    tx: Transaction, label: str, before: Before, *, rulings: Sequence[object] = (), made: Sequence[int] = ()
) -> UndoToken:
    inverse = {"before": before, "rulings": rulings, "made": made}
    return undo.note(tx, label, "identity", inverse=inverse)


def undo_ruling(tx: Transaction, inverse: object) -> None:
    """Take back a merge, split, dismissal or renaming: everybody concerned is as they were."""
    if isinstance(inverse, dict):
        rulings.restore(tx, inverse["rulings"])
        refresh(tx, people_before.put_back(tx, inverse["before"]))
        people_before.drop_empty(tx, inverse["made"])
