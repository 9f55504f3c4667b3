"""Who is who: merging and splitting contacts, by the machine when sure and by the user always, undoably."""

import time
from collections.abc import Sequence

from fluffy_core.domain.ids import ContactId
from fluffy_core.errors import UsageError
from fluffy_core.mail import names
from fluffy_core.store import people, rulings, undo
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken


def best_name(tx: Transaction, contact_id: int) -> str:
    """The name most people and messages agree on; an address when nobody ever wrote one."""
    addresses = people.addresses_of(tx, contact_id)
    counted: dict[str, int] = {}
    for standing in people.standings(tx, [address_id for address_id, _ in addresses]).values():
        for name, messages in standing.names:
            counted[name] = counted.get(name, 0) + messages
    if not counted:
        return addresses[0][1] if addresses else ""
    full = {name: count for name, count in counted.items() if " " in name} or counted
    return max(full, key=lambda name: (full[name], len(name), name))


def refresh(tx: Transaction, contact_id: int) -> None:
    """Work out a contact's name, company and figures from its addresses."""
    company_id = None
    for _, email in people.addresses_of(tx, contact_id):
        domain = names.company_of(email)
        if domain:
            company_id = people.company(tx, domain, domain.partition(".")[0].replace("-", " ").title())
            break
    people.refresh(tx, contact_id, name=best_name(tx, contact_id), company_id=company_id)


def join(tx: Transaction, keep: int, other: int) -> list[int]:
    """Make two contacts one without asking; returns the addresses that moved to `keep`."""
    moved = people.merge(tx, keep, other)
    refresh(tx, keep)
    return moved


def merge(store: Database, keep: ContactId, other: ContactId) -> UndoToken:
    """The user says two contacts are one person. Raises UsageError when one of them is gone."""
    with store.transaction() as tx:
        mine = [address_id for address_id, _ in people.addresses_of(tx, keep)]
        if keep == other or not mine:
            raise UsageError("There are not two people here to merge.")
        moved = join(tx, keep, other)
        if not moved:
            raise UsageError("That person is not there any more.")
        before = rulings.rule(tx, [(a, b) for a in mine for b in moved], together=True)
        inverse = {"unmerge": other, "from": keep, "addresses": moved, "rulings": before}
        return undo.note(tx, f"Merged two people into {best_name(tx, keep)}", "identity", inverse=inverse)


def split(store: Database, contact_id: ContactId, email: str) -> UndoToken:
    """The user says one address belongs to somebody else. Raises UsageError when it can't be split off."""
    with store.transaction() as tx:
        owned = people.addresses_of(tx, contact_id)
        chosen = [address_id for address_id, one in owned if one == email]
        rest = [address_id for address_id, one in owned if one != email]
        if not chosen or not rest:
            raise UsageError(f"{email} is not one of several addresses of this person.")
        before = rulings.rule(tx, [(chosen[0], other) for other in rest], together=False)
        fresh = people.create_contact(tx, email, chosen, now=time.time())
        refresh(tx, fresh)
        refresh(tx, contact_id)
        inverse = {"rejoin": fresh, "into": contact_id, "rulings": before}
        return undo.note(tx, f"Split {email} off", "identity", inverse=inverse)


def dismiss(store: Database, a: ContactId, b: ContactId) -> UndoToken:
    """The user says two contacts are not the same person; the machine never merges them."""
    with store.transaction() as tx:
        pairs = [(x, y) for x, _ in people.addresses_of(tx, a) for y, _ in people.addresses_of(tx, b)]
        before = rulings.rule(tx, pairs, together=False)
        rulings.dismiss(tx, a, b, dismissed=True)
        inverse = {"reopen": [a, b], "rulings": before}
        return undo.note(tx, "Kept two people apart", "identity", inverse=inverse)


def rename(store: Database, contact_id: ContactId, name: str) -> UndoToken:
    """The user corrects a name; it stays whatever mail says. Raises UsageError for an empty one."""
    cleaned = " ".join(name.split())[:200]
    if not cleaned:
        raise UsageError("A person needs a name.")
    with store.transaction() as tx:
        was, locked = people.rename(tx, contact_id, cleaned, locked=True)
        inverse = {"rename": contact_id, "name": was, "locked": locked, "rulings": []}
        return undo.note(tx, f"Renamed {was} to {cleaned}", "identity", inverse=inverse)


def undo_ruling(tx: Transaction, inverse: object) -> None:
    """Take back a merge, split, dismissal or renaming."""
    if not isinstance(inverse, dict):
        return
    rulings.restore(tx, inverse["rulings"])
    if "unmerge" in inverse:
        people.unmerge(tx, inverse["unmerge"], inverse["addresses"])
        _refresh_all(tx, [inverse["unmerge"], inverse["from"]])
    elif "rejoin" in inverse:
        people.merge(tx, inverse["into"], inverse["rejoin"])
        _refresh_all(tx, [inverse["into"]])
        people.remove(tx, inverse["rejoin"])
    elif "reopen" in inverse:
        rulings.dismiss(tx, *inverse["reopen"], dismissed=False)
    elif "rename" in inverse:
        people.rename(tx, inverse["rename"], inverse["name"], locked=inverse["locked"])


def _refresh_all(tx: Transaction, contact_ids: Sequence[int]) -> None:
    for one in contact_ids:
        refresh(tx, one)
