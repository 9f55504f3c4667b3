"""Looking at files, asking for their import, confirming whose mailbox it is, starting the demo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from app.background import ChangeOp, QueryOp
from app.context import Context
from fluffy_core import AccountId, ImportPlan, ImportReport, OwnAddress, demonstration, imports

Failed = Callable[[Exception], object]


def look(
    context: Context, receiver: QObject, paths: Sequence[Path], *,
    found: Callable[[ImportPlan], object], failed: Failed,
) -> None:  # fmt: skip
    """Find out what the paths hold."""
    QueryOp(context.background, receiver, lambda: imports.look(paths)).success(found).failure(failed).run()


def start(
    context: Context, receiver: QObject, paths: Sequence[Path], *,
    started: Callable[[AccountId], object], failed: Failed,
) -> None:  # fmt: skip
    """Ask for the import; it runs as a job."""
    op = ChangeOp(context.background, receiver, lambda: imports.start(context.core.store, paths))
    op.success(started).failure(failed).run()


def own_addresses(
    context: Context, receiver: QObject, *, told: Callable[[tuple[OwnAddress, ...]], object]
) -> None:
    """Which addresses are believed to be the user's."""
    QueryOp(context.background, receiver, lambda: imports.own_addresses(context.core.store)).success(
        told
    ).run()


def confirm_own(context: Context, receiver: QObject, emails: Sequence[str]) -> None:
    """These are mine, and no others."""
    op = ChangeOp(context.background, receiver, lambda: imports.confirm_own(context.core.store, emails))
    op.success(
        lambda _none: context.notices.done.emit("Thank you: people are sorted accordingly", False)
    ).run()


def start_demo(context: Context, receiver: QObject) -> None:
    """Write the demo mailbox and import it."""
    paths = context.core.settings.paths
    words = "The demo mailbox is being read; it appears in a moment"

    def work() -> AccountId:
        return demonstration.start(context.core.store, paths.demo, resources=paths.resources / "demo")

    ChangeOp(context.background, receiver, work).success(
        lambda _id: context.notices.done.emit(words, False)
    ).run()


@dataclass(frozen=True)
class ImportState:
    """How an import stands; `failure` says why it gave up, "" when it did not."""

    report: ImportReport
    over: bool
    failure: str


def import_state(
    context: Context, receiver: QObject, account_id: AccountId, *, told: Callable[[ImportState], object]
) -> None:
    """How an import stands right now."""
    store = context.core.store

    def look_up() -> ImportState:
        over = imports.is_read(store, account_id)
        return ImportState(imports.report(store, account_id), over, imports.failure(store, account_id))

    QueryOp(context.background, receiver, look_up).success(told).run()
