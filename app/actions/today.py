"""What needs the user today."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject

from app.background import Op, QueryOp
from app.context import Context
from fluffy_core import CommitmentRow, Database, Debtor, Digest, analytics, commitments, digest

DAYS = 7
"""What is due within so many days is told."""
TOLD = ("received", "sent")
"""The figures of the week that are told."""


@dataclass(frozen=True)
class Today:
    """The digest, what I owe by now and does not stand in it already, and the last seven days in words."""

    digest: Digest
    due: tuple[CommitmentRow, ...]
    week: tuple[str, ...]


def read(
    context: Context,
    receiver: QObject,
    *,
    told: Callable[[Today], object],
    failed: Callable[[Exception], object],
) -> Op[Today]:
    """Ask for it."""
    store = context.core.store
    return QueryOp(context.background, receiver, lambda: _look(store)).success(told).failure(failed).run()


def _look(store: Database) -> Today:
    found = digest.digest(store)
    listed = {row.id for row in found.needs_reply}
    last = (datetime.now().astimezone() + timedelta(days=DAYS)).date().isoformat()
    mine = [row for row in commitments.open_ones(store) if row.commitment.debtor is Debtor.ME]
    due = [row for row in mine if row.commitment.due and row.thread_id not in listed]
    week = analytics.report(store, by="week", limit=1, now=time.time())
    return Today(
        found,
        tuple(row for row in due if row.commitment.due[: len(last)] <= last),
        tuple(one.text for one in week.trends if one.name in TOLD and one.now) if week is not None else (),
    )
