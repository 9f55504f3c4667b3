"""`cleanup-old-data`, `check-sync-health` and `aggregate-analytics`: what keeps a home in order."""

from collections.abc import Iterator
from datetime import datetime

from fluffy_core.config import Paths
from fluffy_core.domain.accounts import AccountKind
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import LOW, MEDIUM, Args, Cron, Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.jobs.tasks.later import today
from fluffy_core.jobs.timetable import daily, name_of
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.home import cleanup
from fluffy_core.services.insight import analytics
from fluffy_core.services.sync import health as sync_health
from fluffy_core.services.sync.calendars import PimConnectors
from fluffy_core.store import sources
from fluffy_core.store.database import Database


def kinds(paths: Paths, connect: Connect, pim: PimConnectors) -> tuple[JobKind, ...]:
    """The maintenance jobs of a home; `connect` and `pim` make the connectors of accounts."""
    return (
        JobKind(
            name="cleanup-old-data",
            queue=Queue.SLOW,
            priority=LOW,
            args={"day": Arg(str, today)},
            key=lambda args: str(args["day"]),
            handler=_clean(paths),
            time_limit=1800,
            schedule=daily("3"),
        ),
        JobKind(
            name="check-sync-health",
            queue=Queue.NORMAL,
            priority=MEDIUM,
            args={"account_id": int, "slot": Arg(str, _this_hour)},
            key=lambda args: f"{args['account_id']}/{args['slot']}",
            handler=_check(connect, pim),
            schedule=Cron({"hour": "*/6", "minute": "0"}, _every_account),
        ),
        JobKind(
            name="aggregate-analytics",
            queue=Queue.SLOW,
            priority=LOW,
            args={"day": Arg(str, today)},
            key=lambda args: str(args["day"]),
            handler=_aggregate,
            time_limit=1800,
            schedule=daily("2"),
        ),
    )


def _this_hour() -> str:
    """The slot of what a user asks for by hand: once an hour."""
    return f"{datetime.now().astimezone():%Y-%m-%dT%H}"


def _every_account(store: Database, slot: datetime) -> Iterator[Args]:
    for one in sources.accounts(store):
        yield {"account_id": one.id, "slot": name_of(slot)}


def _now(run: JobRun) -> float:
    return run.job.started_at or 0.0


def _clean(paths: Paths) -> Handler:
    def handle(run: JobRun) -> str:
        done = cleanup.run(run.store, paths, now=_now(run), checkpoint=run.checkpoint)
        with run.store.transaction() as tx:
            return run.succeed(tx, done.sentence())

    return handle


def _check(connect: Connect, pim: PimConnectors) -> Handler:
    servers = dict.fromkeys(map(str, AccountKind), sync_health.check_server(connect, pim))

    def handle(run: JobRun) -> str:
        account_id = AccountId(number(run.job.args, "account_id"))
        finding = sync_health.check(run.store, account_id, checks={**servers, **sync_health.CHECKS})
        with run.store.transaction() as tx:
            if finding is None:
                return run.succeed(tx, "The account was removed meanwhile")
            return run.succeed(tx, sync_health.write(tx, account_id, finding, now=_now(run)))

    return handle


def _aggregate(run: JobRun) -> str:
    found = analytics.recount(run.store, checkpoint=run.checkpoint)
    with run.store.transaction() as tx:
        return run.succeed(tx, found.write(tx))
