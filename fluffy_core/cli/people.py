"""The command about people: list them, show one, correct who is who."""

import argparse

from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.ids import ContactId
from fluffy_core.domain.rows import ContactDetail
from fluffy_core.errors import UsageError
from fluffy_core.services.people import people
from fluffy_core.store.database import Database
from fluffy_core.store.undo import UndoToken


def contacts(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """List people, show one, or merge, split, keep apart and rename."""
    with Core.open(settings) as core:
        if arguments.proposals:
            return _proposals(core.store)
        if arguments.id is None:
            if any(one is not None for one in _changes(arguments)):
                raise UsageError("Say which person: fluffy contacts ID …")
            return _listed(core.store, arguments.query, arguments.limit)
        chosen = ContactId(arguments.id)
        token = _change(core.store, chosen, arguments)
        if token is not None:
            return Answer({"done": token.label}, f"{token.label}. `fluffy undo` takes it back.")
        detail = people.detail(core.store, chosen)
    return Answer(plain(detail), _person(detail))


def _changes(arguments: argparse.Namespace) -> tuple[object, ...]:
    return arguments.merge, arguments.apart, arguments.split, arguments.rename


def _change(store: Database, chosen: ContactId, arguments: argparse.Namespace) -> UndoToken | None:
    if arguments.merge is not None:
        return people.merge(store, chosen, ContactId(arguments.merge))
    if arguments.apart is not None:
        return people.dismiss(store, chosen, ContactId(arguments.apart))
    if arguments.split is not None:
        return people.split(store, chosen, arguments.split.strip().lower())
    if arguments.rename is not None:
        return people.rename(store, chosen, arguments.rename)
    return None


def _proposals(store: Database) -> Answer:
    pairs = people.proposals(store)
    lines = [f"{one.a.id} {one.a.name} = {one.b.id} {one.b.name}? {one.reason}" for one in pairs]
    return Answer(plain(pairs), "\n".join(lines) or "Nobody looks like somebody else.")


def _listed(store: Database, query: str, limit: int) -> Answer:
    ids = people.ids(store, query)
    rows = people.rows(store, ids[:limit])
    shown = [rows[one] for one in ids[:limit] if one in rows]
    lines = [f"{one.id:>7}  {cut(one.name, 28):28}  {cut(one.company, 20):20}  {one.email}" for one in shown]
    return Answer({"count": len(ids), "contacts": plain(shown)}, "\n".join(lines) or "Nobody yet.")


def _person(detail: ContactDetail) -> str:
    row = detail.row
    role = ", ".join(part for part in (row.title, row.company) if part)
    lines = [row.name, role, ", ".join(detail.addresses)]
    lines.append(f"{row.messages_in} from them, {row.messages_out} from you, last {day(row.last_date)}")
    lines += [f"{one.field}: {one.value}  (“{cut(one.quote, 50)}”)" for one in detail.fields]
    return "\n".join(line for line in lines if line)
