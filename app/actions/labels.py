"""Saying what a conversation is; what was learned from that, changed or forgotten."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from app.widgets.text import shorten
from fluffy_core import (
    Database,
    Habit,
    LabelChoice,
    LabelChoices,
    LearnedRule,
    Portrait,
    Preview,
    Scope,
    Tag,
    ThreadId,
    UndoToken,
    habits,
    labels,
    portraits,
    rules,
    tagging,
)

PORTRAITS = 6
"""Styles of writing that the page tells; `fluffy style` tells all."""


@dataclass(frozen=True)
class Learnt:
    """What the page of rules shows."""

    rules: tuple[LearnedRule, ...]
    tags: tuple[Tag, ...]
    categories: tuple[LabelChoice, ...]
    habits: tuple[Habit, ...] = ()
    portraits: tuple[Portrait, ...] = ()


def choices(
    context: Context, receiver: QObject, thread_id: ThreadId, *, told: Callable[[LabelChoices], object]
) -> None:
    """Ask what can be said of a conversation."""
    store = context.core.store
    QueryOp(context.background, receiver, lambda: labels.choices(store, thread_id)).success(told).run()


def preview(
    context: Context,
    receiver: QObject,
    thread_id: ThreadId,
    *,
    said: tuple[str, Scope | None],
    told: Callable[[Preview], object],
) -> Op[Preview]:
    """Ask what saying (category, scope) would change."""
    store, (category, scope) = context.core.store, said
    op = QueryOp(
        context.background, receiver, lambda: labels.preview(store, thread_id, category, scope=scope)
    )
    return op.success(told).run()


def say(
    context: Context,
    receiver: QObject,
    thread_id: ThreadId,
    *,
    said: tuple[str, Scope | None],
    belongs: bool = True,
) -> None:
    """The conversation is of this (category, scope), or is not."""
    category, scope = said
    _change(
        context,
        receiver,
        lambda store: labels.categorize(store, thread_id, category, scope=scope, belongs=belongs),
        words="Noted",
    )


def read(
    context: Context,
    receiver: QObject,
    *,
    told: Callable[[Learnt], object],
    failed: Callable[[Exception], object],
) -> Op[Learnt]:
    """Everything that was learned."""
    store = context.core.store

    def look() -> Learnt:
        tags, known = tuple(tagging.listed(store)), labels.categories(store)
        written = portraits.listed(store, most=PORTRAITS)
        return Learnt(rules.listed(store), tags, known, habits.listed(store), written)

    return QueryOp(context.background, receiver, look).success(told).failure(failed).run()


def forget(context: Context, receiver: QObject, rule_id: int) -> None:
    """A rule goes, with its examples."""
    _change(context, receiver, lambda store: rules.remove(store, rule_id))


def forget_habit(context: Context, receiver: QObject, habit_id: str) -> None:
    """Drafts follow a habit no more."""
    _change(context, receiver, lambda store: habits.forget(store, habit_id))


def pause(context: Context, receiver: QObject, rule_id: int, *, paused: bool) -> None:
    """A rule rests, or holds again."""
    _change(context, receiver, lambda store: rules.pause(store, rule_id, paused))


def reach(context: Context, receiver: QObject, rule_id: int, *, scope: Scope) -> None:
    """A rule reaches more or less far."""
    _change(context, receiver, lambda store: rules.change_scope(store, rule_id, scope))


def stand_for(context: Context, receiver: QObject, rule_id: int, *, category: str) -> None:
    """A rule's examples belong to another category."""
    _change(context, receiver, lambda store: rules.change_answer(store, rule_id, category))


def rename(context: Context, receiver: QObject, tag_id: int, *, name: str) -> None:
    """A tag is called something else."""
    _change(context, receiver, lambda store: tagging.rename(store, tag_id, name))


def merge(context: Context, receiver: QObject, tag_id: int, *, into: int) -> None:
    """A tag becomes part of another."""
    _change(context, receiver, lambda store: tagging.merge(store, tag_id, into))


def remove(context: Context, receiver: QObject, tag_id: int) -> None:
    """A tag goes from all mail."""
    _change(context, receiver, lambda store: tagging.remove(store, tag_id))


def _change(
    context: Context, receiver: QObject, work: Callable[[Database], UndoToken], *, words: str = ""
) -> None:
    def done(token: UndoToken) -> None:
        text = f"{words}: {token.label}" if words else token.label
        context.notices.done.emit(shorten(text, 90), True)

    ChangeOp(context.background, receiver, lambda: work(context.core.store)).success(done).run()
