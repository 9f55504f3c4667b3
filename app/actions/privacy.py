"""What was reached, and the switch that reaches nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from fluffy_core import Connection, network

LIMIT = 5_000


@dataclass(frozen=True)
class Reached:
    """Connections, newest first, and whether every one is switched off."""

    connections: tuple[Connection, ...]
    offline: bool


def read(
    context: Context, receiver: QObject, *,
    told: Callable[[Reached], object], failed: Callable[[Exception], object],
) -> Op[Reached]:  # fmt: skip
    """What was reached lately."""
    store = context.core.store

    def work() -> Reached:
        return Reached(network.connections(store, limit=LIMIT), network.is_offline(store))

    return QueryOp(context.background, receiver, work).success(told).failure(failed).run()


def toggle_offline(context: Context, receiver: QObject) -> None:
    """The other of the two."""
    store = context.core.store
    op = QueryOp(context.background, receiver, lambda: network.is_offline(store))
    op.success(lambda offline: set_offline(context, receiver, not offline)).run()


def set_offline(
    context: Context, receiver: QObject, offline: bool, *, then: Callable[[], object] | None = None
) -> None:
    """Switch every connection off, or on again."""
    words = "Offline: nothing is reached until you go online" if offline else "Online again"

    def tell(_none: object) -> None:
        context.notices.done.emit(words, False)
        if then is not None:
            then()

    op = ChangeOp(context.background, receiver, lambda: network.set_offline(context.core.store, offline))
    op.success(tell).run()
