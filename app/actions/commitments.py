"""What is owed, and saying that it is done, or no debt at all; each can be taken back."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from fluffy_core import CommitmentRow, Ruling, commitments

DONE = {
    Ruling.DONE: "Done",
    Ruling.WRONG: "Noted: nothing is owed here",
    Ruling.NOT_MINE: "Noted: not yours",
}


def read(
    context: Context,
    receiver: QObject,
    *,
    told: Callable[[list[CommitmentRow]], object],
    failed: Callable[[Exception], object],
) -> Op[list[CommitmentRow]]:
    """Ask what is owed now by both sides."""
    store = context.core.store
    op = QueryOp(context.background, receiver, lambda: commitments.open_ones(store))
    return op.success(told).failure(failed).run()


def rule(context: Context, receiver: QObject, row: CommitmentRow, *, ruling: Ruling) -> None:
    """The user's word about one commitment holds from now on."""
    store = context.core.store
    op = ChangeOp(context.background, receiver, lambda: commitments.rule(store, row.id, ruling))
    op.success(lambda _token: context.notices.done.emit(DONE[ruling], True)).run()
