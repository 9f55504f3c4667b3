"""What the page shows, read at one go off the main thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from fluffy_core import (
    Core,
    DeadLetter,
    DoneRun,
    Health,
    Job,
    JobFigures,
    JobState,
    KindFacts,
    Pauses,
    activity,
)

CARDS = 20
"""Cards of one section; more than these are counted."""


@dataclass(frozen=True)
class Filter:
    """Which jobs; "" and None stand for all."""

    kind: str = ""
    account_id: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """One look at the ledger. `failed` and `waiting` count by kind, whatever is listed."""

    dead: tuple[DeadLetter, ...]
    failed: Mapping[str, int]
    running: tuple[Job, ...]
    later: tuple[Job, ...]
    waiting: Mapping[str, int]
    history: tuple[DoneRun, ...]
    newest: tuple[int, float]
    wanted: Filter
    figures: JobFigures
    health: Health
    pauses: Pauses
    kinds: tuple[KindFacts, ...]
    accounts: tuple[tuple[int, str], ...]
    elsewhere: bool

    @property
    def is_quiet(self) -> bool:
        """Nothing failed, runs, waits or will be tried again."""
        return not (self.dead or self.running or self.later or self.waiting)


def read(core: Core, wanted: Filter, before: Snapshot | None = None) -> Snapshot:
    """Look now; the history is that of the look before when nothing ended since. Raises StoreError."""
    store, names, account = core.store, (wanted.kind,) if wanted.kind else (), wanted.account_id

    def listed(state: JobState, limit: int) -> tuple[Job, ...]:
        return activity.jobs(store, states=(state,), names=names, account_id=account, limit=limit)

    newest = activity.newest(store)
    same = before is not None and (before.newest, before.wanted) == (newest, wanted)
    return Snapshot(
        dead=activity.dead_letters(store, names=names, account_id=account),
        failed=activity.failed(store, names=names, account_id=account),
        running=tuple(sorted(listed(JobState.RUNNING, 2 * CARDS), key=lambda job: job.id)),
        later=listed(JobState.WAITING_RETRY, 10 * CARDS),
        waiting=activity.waiting(store, names=names, account_id=account),
        history=before.history
        if before is not None and same
        else activity.history(store, names=names, account_id=account),
        newest=newest,
        wanted=wanted,
        figures=activity.figures(store),
        health=activity.health(store),
        pauses=activity.paused(store),
        kinds=core.jobs.kinds(),
        accounts=activity.accounts(store),
        elsewhere=core.owned_elsewhere,
    )
