"""`sync-emails-initial`: the first full listing of an account; for files, the whole import."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import HIGH, Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.services import imports
from fluffy_core.services.imports import Step
from fluffy_core.store.database import Transaction


def kinds(scratch: Path) -> tuple[JobKind, ...]:
    """The sync jobs; `scratch` takes archive members while they are read."""
    return (
        JobKind(
            name="sync-emails-initial",
            queue=Queue.SLOW,
            priority=HIGH,
            args={
                "account_id": int,
                "start_date": Arg(str, _two_years_back),
                "batch_size": Arg(int, 500, least=100, most=500),
            },
            key=lambda args: imports.sync_key(number(args, "account_id"), str(args["start_date"])),
            handler=_import_files(scratch),
            retries=5,
            batch=2,
            time_limit=6 * 3600,
        ),
    )


def _two_years_back() -> str:
    now = datetime.now().astimezone()
    return f"{now - timedelta(days=2 * 365):%Y-%m-%d}"


def _import_files(scratch: Path) -> Handler:
    def handle(run: JobRun) -> str:
        account_id = AccountId(number(run.job.args, "account_id"))
        imports.run(run.store, account_id, scratch=scratch, on_page=_noting(run), watched=run.child)
        with run.store.transaction(durable=True) as tx:
            count = imports.settle(tx, account_id)
            return run.succeed(tx, imports.sentence(count))

    return handle


def _noting(run: JobRun) -> Callable[[Transaction, Step], None]:
    def note(tx: Transaction, step: Step) -> None:
        run.interrupt_here(tx)
        run.progress(step.done, step.total, step.sentence, tx=tx)

    return note
