"""How every account on a server stands, with its folders, what is asked, and what its syncs did."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from fluffy_core.domain import job_words
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import CALENDAR_SYNC, FIRST_SYNC, JobState
from fluffy_core.domain.rows import AccountView, FolderState, SyncEntry, SyncRun
from fluffy_core.services.accounts import overview as accounts_overview
from fluffy_core.services.sync import gone as sync_gone
from fluffy_core.store import remote, remote_missing
from fluffy_core.store.database import Database

KEPT = 200
"""Newest syncs of an account that its history is told from."""


def states(store: Database, *, now: float) -> tuple[AccountView, ...]:
    """Every account on a server, the oldest first."""
    return tuple(
        AccountView(
            one,
            tuple(_folders(store, one.id)),
            history(accounts_overview.runs(store, one.id, limit=KEPT)),
        )
        for one in accounts_overview.listed(store, now=now)
    )


def _folders(store: Database, account_id: AccountId) -> Iterator[FolderState]:
    for one in remote.folders(store, account_id).values():
        asked = one.removal == sync_gone.ASKED
        gone = len(remote_missing.marked(store, one.source_id)) if asked else 0
        yield FolderState(one.id, one.name, remote.count(store, one.source_id), gone)


def history(runs: Sequence[SyncRun]) -> tuple[SyncEntry, ...]:
    """What ended, newest first; the same words in a row are told once."""
    ended = (one for one in runs if one.finished_at is not None and one.state in _TOLD)
    told = []
    for (words, failed), some in groupby(ended, lambda run: (_words(run), run.state is JobState.DEAD)):
        first, *more = some
        told.append(SyncEntry(first.finished_at or 0.0, words, 1 + len(more), failed))
    return tuple(told)


_TOLD = (JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED)


def _words(run: SyncRun) -> str:
    told = run.error if run.state is JobState.DEAD else run.words or "Cancelled; what was fetched stays"
    return f"{run.title}: {told[:1].lower()}{told[1:]}" if run.title in _SPELLED else told


_SPELLED = frozenset(map(job_words.title, (FIRST_SYNC, CALENDAR_SYNC)))
"""What is fetched beside new mail is named."""
