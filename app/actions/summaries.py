"""What the user does with a summary: saying that a point is wrong, having a better one made."""

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from fluffy_core import SummaryPoint, ThreadId, summarising


def reject(context: Context, receiver: QObject, point: SummaryPoint) -> None:
    """A sentence goes from the summary and does not come back."""
    store = context.core.store
    op = ChangeOp(
        context.background, receiver, lambda: summarising.reject(store, point.message_id, point.evidence)
    )
    op.success(lambda _token: context.notices.done.emit("Removed from the summary", True)).run()


def make_better(context: Context, receiver: QObject, thread_id: ThreadId, *, asked: bool = True) -> None:
    """Have the language model summarise; again if the user `asked`, else once for each newest mail."""
    core = context.core
    ChangeOp(context.background, receiver, lambda: core.summarize_better(thread_id, afresh=asked)).run()
