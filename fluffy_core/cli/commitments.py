"""The command that shows what is owed, and says what became of it."""

import argparse

from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.commitments import CommitmentRow, Debtor, Ruling
from fluffy_core.errors import UsageError
from fluffy_core.services.insight import commitments


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What is owed now, or everything with what became of it; or the user's word about one."""
    ruled = {
        Ruling.DONE: arguments.done,
        Ruling.WRONG: arguments.wrong,
        Ruling.NOT_MINE: arguments.not_mine,
    }
    said = next(((ruling, one) for ruling, one in ruled.items() if one is not None), None)
    side = Debtor.ME if arguments.mine else Debtor.THEM if arguments.theirs else None
    with Core.open(settings) as core:
        if said is not None:
            return _rule(core, *said)
        rows = commitments.everything(core.store) if arguments.all else commitments.open_ones(core.store)
    shown = [row for row in rows if side in {None, row.commitment.debtor}]
    text = "\n".join(map(_lines, shown)) or "Nothing is owed."
    return Answer({"count": len(shown), "commitments": plain(shown)}, text)


def _rule(core: Core, ruling: Ruling, number: int) -> Answer:
    token = commitments.rule(core.store, number, ruling)
    if token is None:
        raise UsageError(f"There is no commitment {number}.")
    return Answer({"id": number, "said": ruling.value}, f"{token.label}. `fluffy undo` takes it back.")


def _lines(row: CommitmentRow) -> str:
    one = row.commitment
    other = cut(one.person.name or one.person.email, 28)
    who = f"You owe {other}" if one.debtor is Debtor.ME else f"{other} owes you"
    due = f"by {one.due}" if one.due else "no date"
    head = f"{row.id:>8}  {cut(who, 38):38}  {due:14} {one.state.value:10} {day(one.made_at)[:10]}"
    end = f"\n{'':10}→ {cut(one.evidence, 96)}" if one.evidence else ""
    return f"{head}\n{'':10}“{cut(one.quote, 80)}”  thread {row.thread_id}{end}"
