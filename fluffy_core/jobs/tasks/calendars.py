"""`sync-calendar-events`: meetings, and the people of address books, from accounts on servers."""

from datetime import date, timedelta

from fluffy_core.domain.accounts import AccountSettings, Service
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import UsageError
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import MEDIUM, Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.jobs.tasks.later import today
from fluffy_core.services.accounts import access
from fluffy_core.services.sync import address_books, calendars, sync
from fluffy_core.services.sync.calendars import Days, PimConnectors, Watch
from fluffy_core.store import accounts
from fluffy_core.store.database import Transaction


def kinds(connectors: PimConnectors) -> tuple[JobKind, ...]:
    """The job; `start` and `end` (YYYY-MM-DD) stand for other days than a year back and two years ahead."""
    return (
        JobKind(
            name=calendars.JOB,
            queue=Queue.NORMAL,
            priority=MEDIUM,
            args={"account_id": int, "start": Arg(str, ""), "end": Arg(str, ""), "sync_token": Arg(str, "")},
            key=lambda args: "/".join(
                str(args[name]) for name in ("account_id", "sync_token", "start", "end") if args[name] != ""
            ),
            handler=_handler(connectors),
            retries=3,
            batch=2,
            patient=True,
            time_limit=900.0,
        ),
    )


def _handler(connectors: PimConnectors) -> Handler:
    def handle(run: JobRun) -> str:
        account_id = AccountId(number(run.job.args, "account_id"))
        settings = accounts.get(run.store, account_id)
        if settings is None:
            return sync.REMOVED
        if refusal := access.refusal(run.store, account_id):
            return refusal
        days = _days(str(run.job.args["start"]), str(run.job.args["end"]))
        with access.asking(run.store, account_id):
            words = _fetch(run, account_id, connectors, settings=settings, days=days)
        if Service.MAIL not in settings.services:
            with run.store.transaction() as tx:
                accounts.set_synced(tx, account_id, run.job.started_at or 0.0)
        return words

    return handle


def _days(start: str, end: str) -> Days:
    usual = calendars.usual_days(date.fromisoformat(today()))
    try:
        days = Days(
            date.fromisoformat(start) if start else usual.start, date.fromisoformat(end) if end else usual.end
        )
    except ValueError as error:
        raise UsageError("A day is written like 2026-03-02.") from error
    if days.end - days.start < timedelta(days=1):
        raise UsageError("The last day has to come after the first.")
    return days


def _fetch(
    run: JobRun, account_id: AccountId, connectors: PimConnectors, *, settings: AccountSettings, days: Days
) -> str:
    watch = _watch(run)
    said = []
    if Service.CALENDAR in settings.services:
        meetings = calendars.run(run.store, account_id, connectors.calendar, days=days, watch=watch)
        said.append(sync.REMOVED if meetings is None else calendars.sentence(meetings))
    if Service.CONTACTS in settings.services:
        people = address_books.run(run.store, account_id, connectors.contacts, watch=watch)
        said.append(sync.REMOVED if people is None else address_books.sentence(people))
    return "; ".join(dict.fromkeys(said)) or "Nothing but mail is fetched of this account"


def _watch(run: JobRun) -> Watch:
    def note(tx: Transaction, done: int) -> None:
        run.interrupt_here(tx)
        run.progress(done, 0, f"{number_of(done, 'entry', 'entries')} taken over", tx=tx)

    return Watch(note, run.checkpoint, run.child)
