"""The accounts on servers as the user looks after them: how each stands, and what its last syncs brought."""

import time

from fluffy_core.domain import job_words
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import CALENDAR_SYNC, FIRST_SYNC, LATER_SYNC, Job, JobState
from fluffy_core.domain.rows import AccountOverview, AccountState, SyncRun
from fluffy_core.errors import UnreachableError
from fluffy_core.services.accounts import access, network
from fluffy_core.store import accounts, job_figures, pauses, remote, sources
from fluffy_core.store.database import Database
from fluffy_core.store.job_figures import Wanted
from fluffy_core.store.sources import Account

_NAMES = (FIRST_SYNC, LATER_SYNC, CALENDAR_SYNC)
_UNDER_WAY = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING_RETRY)


def listed(store: Database, *, now: float | None = None) -> tuple[AccountOverview, ...]:
    """How every account on a server stands, the oldest first. `now` is the time in Unix seconds."""
    at = time.time() if now is None else now
    found = []
    for account in sources.accounts(store):
        settings = None if account.kind == AccountKind.FILES else accounts.get(store, account.id)
        if settings is not None:
            found.append(_overview(store, account, settings, now=at))
    return tuple(found)


def runs(store: Database, account_id: AccountId, *, limit: int = 20) -> tuple[SyncRun, ...]:
    """The last `limit` syncs of an account that are still in the ledger, newest first."""
    jobs = job_figures.listed(store, Wanted((), _NAMES, account_id), limit)
    return tuple(
        SyncRun(
            job.id,
            job_words.title(job.name),
            job.started_at or job.created_at,
            job.finished_at,
            job.state,
            job.result or job.progress_text,
            job.error,
        )
        for job in jobs
    )


def _overview(store: Database, account: Account, settings: AccountSettings, *, now: float) -> AccountOverview:
    folders = remote.folders(store, account.id).values()
    refused = accounts.refused(store, account.id)
    until = access.throttled_until(store, account.id, now=now)
    job, error = _job(store, account.id)
    synced_at = accounts.synced_at(store, account.id)
    fetched = bool(synced_at) or Service.MAIL not in settings.services
    state = _state(store, job, refused=refused, until=until, error=error)
    if state is AccountState.UP_TO_DATE and not fetched:
        state = AccountState.FIRST_SYNC
    return AccountOverview(
        id=account.id,
        address=account.name,
        kind=settings.kind,
        services=settings.services,
        host=settings.imap.host if settings.imap else "",
        state=state,
        words=_words(store, state, job, until=until),
        messages=sum(remote.count(store, one.source_id) for one in folders),
        folders=len(folders),
        waiting=len(remote.aside_reasons(store, account.id)),
        last_sync=synced_at or None,
        throttled_until=until,
        refused=refused,
        error=error,
        since=settings.since,
        job_id=None if job is None else job.id,
        done=0 if job is None else job.progress_done,
        total=0 if job is None else job.progress_total,
        eta_at=None if job is None else job.eta_at,
        cannot_send=accounts.cannot_send(store, account.id),
    )


def _job(store: Database, account_id: AccountId) -> tuple[Job | None, str]:
    """The sync of an account that runs or waits, the first one first, and why the last one failed."""
    open_ones = job_figures.listed(store, Wanted(_UNDER_WAY, _NAMES, account_id), 50)
    job = min(
        open_ones, key=lambda one: (one.name != FIRST_SYNC, one.state is not JobState.RUNNING), default=None
    )
    if job is not None and job.state is JobState.WAITING_RETRY:
        return job, job.error
    last = job_figures.listed(store, Wanted((), _NAMES, account_id), 1)
    return job, last[0].error if last and last[0].state is not JobState.CANCELLED else ""


def _state(store: Database, job: Job | None, *, refused: str, until: float, error: str) -> AccountState:
    paused = pauses.read(store)
    if refused:
        return AccountState.REFUSED
    if network.is_offline(store):
        return AccountState.OFFLINE
    if until:
        return AccountState.THROTTLED
    if paused.everything or (job is not None and job.name in paused.kinds):
        return AccountState.PAUSED
    if error:
        gone = job is not None and job.failure == UnreachableError.__name__
        return AccountState.UNREACHABLE if gone else AccountState.FAILING
    if job is not None:
        return AccountState.FIRST_SYNC if job.name == FIRST_SYNC else AccountState.FETCHING
    return AccountState.UP_TO_DATE


def _words(store: Database, state: AccountState, job: Job | None, *, until: float) -> str:
    if state is AccountState.THROTTLED:
        return access.throttled(store, until)
    if state is AccountState.FIRST_SYNC and job is not None and job.progress_done:
        of = f" of {job.progress_total:,}" if job.progress_total else ""
        return f"First sync: {job.progress_done:,}{of}"
    return _PLAIN[state]


_PLAIN = {
    AccountState.UP_TO_DATE: "Up to date",
    AccountState.FIRST_SYNC: "First sync is about to start",
    AccountState.FETCHING: "Fetching new mail",
    AccountState.REFUSED: "Sign in again",
    AccountState.OFFLINE: "Offline",
    AccountState.UNREACHABLE: "Cannot be reached",
    AccountState.PAUSED: "Paused",
    AccountState.FAILING: "The last sync failed",
}
