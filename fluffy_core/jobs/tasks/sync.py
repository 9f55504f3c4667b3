"""`sync-emails-initial` and `sync-emails-incremental`: mail of accounts; for files, the whole import."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fluffy_core.domain.accounts import AccountKind
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import UnreachableError
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import HIGH, Handler, JobKind
from fluffy_core.jobs.run import JobCancelled, JobRun
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.services.accounts import access
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.imports import imports
from fluffy_core.services.imports.imports import Step
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.sync import Watch
from fluffy_core.store import sources
from fluffy_core.store.database import Transaction


def kinds(scratch: Path, connect: Connect) -> tuple[JobKind, ...]:
    """The sync jobs; `scratch` takes archive members while they are read, `connect` makes connectors."""
    return (
        JobKind(
            name=sync.FIRST,
            queue=Queue.SLOW,
            priority=HIGH,
            args={
                "account_id": int,
                "start_date": Arg(str, _two_years_back),
                "batch_size": Arg(int, 500, least=100, most=500),
            },
            key=lambda args: imports.sync_key(number(args, "account_id"), str(args["start_date"])),
            handler=_first(_import_files(scratch), connect),
            retries=5,
            batch=2,
            time_limit=6 * 3600,
            patient=True,
        ),
        JobKind(
            name=sync.LATER,
            queue=Queue.NORMAL,
            priority=HIGH,
            args={"account_id": int, "cursor": Arg(str, "")},
            key=lambda args: f"{args['account_id']}/{args['cursor']}",
            handler=_later(connect),
            retries=3,
            batch=2,
            time_limit=900.0,
            patient=True,
        ),
    )


def _two_years_back() -> str:
    now = datetime.now().astimezone()
    return f"{now - timedelta(days=2 * 365):%Y-%m-%d}"


def _first(import_files: Handler, connect: Connect) -> Handler:
    def handle(run: JobRun) -> str:
        account_id = AccountId(number(run.job.args, "account_id"))
        account = sources.account(run.store, account_id)
        if account is None or account.kind == AccountKind.FILES:
            return import_files(run)
        sync.may_ask(run.store, account_id)
        if sync.run(run.store, account_id, connect, watch=_watch(run)) is None:
            return sync.REMOVED
        with run.store.transaction(durable=True) as tx:
            sync.note_whole(tx, account_id, first=True)
            return run.succeed(tx, sync.sentence(sync.whole(tx, account_id)))

    return handle


def _later(connect: Connect) -> Handler:
    def handle(run: JobRun) -> str:
        account_id = AccountId(number(run.job.args, "account_id"))
        if sync.is_first_open(run.store, account_id):
            return "The first sync is still under way"
        if refusal := access.refusal(run.store, account_id):
            return refusal
        try:
            tally = sync.run(run.store, account_id, connect, watch=_watch(run))
        except UnreachableError as error:
            if sync.waits_for_network(run.store, account_id):
                raise JobCancelled(f"{error} An earlier sync goes on as soon as it can.") from error
            raise
        if tally is None:
            return sync.REMOVED
        with run.store.transaction() as tx:
            sync.note_whole(tx, account_id, first=False)
            return run.succeed(tx, sync.sentence(tally))

    return handle


def _watch(run: JobRun) -> Watch:
    def note(tx: Transaction, step: sync.Step) -> None:
        run.interrupt_here(tx)
        run.progress(step.done, step.total, step.sentence, tx=tx)

    return Watch(note, run.checkpoint, run.child)


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
