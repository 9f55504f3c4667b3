"""Commands that teach: categorize, rules, tags."""

import argparse

from fluffy_core.cli.answer import Answer, cut, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import Scope
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import labels, rules, tagging
from fluffy_core.services.sorting.rules import LearnedRule
from fluffy_core.store.undo import UndoToken


def categorize(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Say what a thread is."""
    thread_id, category = ThreadId(arguments.id), arguments.category
    scope = Scope(arguments.scope) if arguments.scope else None
    with Core.open(settings) as core:
        preview = labels.preview(core.store, thread_id, category, scope=scope)
        token = labels.categorize(core.store, thread_id, category, scope=scope, belongs=not arguments.remove)
    follow = number_of(preview.others, "other thread follows", "other threads follow")
    others = f"; {follow}" if preview.others and not arguments.remove else ""
    return _done(token, f"Noted: {token.label}{others}.")


def rules_list(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What was learned."""
    del arguments
    with Core.open(settings) as core:
        found = rules.listed(core.store)
    lines = [line for one in found for line in _lines(one)]
    return Answer({"rules": plain(found)}, "\n".join(lines) or "Nothing was learned yet.")


def _lines(rule: LearnedRule) -> list[str]:
    rest = f" ({rule.scope}, {number_of(rule.reach, 'thread')}{', paused' if rule.paused else ''})"
    shown = [f"{rule.id:>8}  {rule.sentence}{rest}"]
    shown += [f"{'':10}{rule.waits}"] if rule.waits else []
    return shown + [f"{'':10}{one.thread_id}: {cut(one.subject, 70)}" for one in rule.examples[:5]]


def rules_remove(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Forget a rule."""
    with Core.open(settings) as core:
        return _done(rules.remove(core.store, arguments.id))


def rules_edit(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Change how far a rule reaches, what it says, or whether it holds."""
    with Core.open(settings) as core:
        token = None
        if arguments.scope:
            token = rules.change_scope(core.store, arguments.id, Scope(arguments.scope))
        if arguments.category:
            token = rules.change_answer(core.store, arguments.id, arguments.category)
        if arguments.paused is not None:
            token = rules.pause(core.store, arguments.id, arguments.paused)
    if token is None:
        raise UsageError("Say what to change: --scope, --category, --pause or --resume.")
    return _done(token)


def tags_list(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Categories of the user's own, and what was found in the mailbox."""
    del arguments
    with Core.open(settings) as core:
        found = tagging.listed(core.store)
    lines = [
        f"{one.id:>8}  {cut(one.name, 40):40}  {number_of(one.threads, 'thread')}"
        + (f", found: {one.found_by.scope} {cut(one.found_by.value, 40)}" if one.found_by else "")
        for one in found
    ]
    return Answer({"tags": plain(found)}, "\n".join(lines) or "There are no tags yet.")


def tags_change(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Rename a tag, make it part of another, or remove it."""
    with Core.open(settings) as core:
        if arguments.what == "rename":
            return _done(tagging.rename(core.store, arguments.id, arguments.name))
        if arguments.what == "merge":
            return _done(tagging.merge(core.store, arguments.id, arguments.into))
        return _done(tagging.remove(core.store, arguments.id))


def _done(token: UndoToken, text: str = "") -> Answer:
    return Answer(plain(token), f"{text or token.label + '.'} `fluffy undo` takes it back.")
