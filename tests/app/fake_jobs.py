"""The job system and its ledger in memory, with the names of the core's face."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fluffy_core import (
    Bus,
    Changed,
    DeadLetter,
    DoneRun,
    Health,
    Job,
    JobFigures,
    JobId,
    JobState,
    KindFacts,
    NoticeSettings,
    Pauses,
    Queue,
    activity,
    notices,
)

NOW = int(time.time())
TELL = activity.dead_letter
"""The real one, whatever is put in its place."""
KINDS = (
    ("sync-emails-initial", "", True),
    ("summarize-email-thread", "", True),
    ("categorize-emails", "", True),
    ("extract-contacts", "", True),
    ("check-follow-ups", "daily 09:00", True),
    ("analyze-contract", "", False),
)


def job(at: int, name: str, state: JobState, **more: object) -> Job:
    """A row of the ledger."""
    made = Job(
        id=JobId(at),
        name=name,
        key=str(at),
        args={},
        queue=Queue.NORMAL,
        priority=1,
        state=state,
        attempt=1,
        run_after=NOW,
        created_at=NOW - 600,
        started_at=NOW - 500,
        finished_at=NOW - 60,
        progress_done=0,
        progress_total=0,
        progress_text="",
        error="",
        result="",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def facts(name: str, schedule: str, available: bool) -> KindFacts:
    """What is declared of a kind."""
    return KindFacts(
        name=name, title=activity.title(name), queue=Queue.NORMAL, priority="medium", retries=2, batch=1,
        parallel=1, time_limit=300.0, schedule=schedule, arguments="", available=available,
    )  # fmt: skip


ROWS = (
    job(
        1,
        "sync-emails-initial",
        JobState.RUNNING,
        progress_done=3210,
        progress_total=10000,
        progress_text="3,210 of 10,000 messages",
    ),
    job(
        2,
        "summarize-email-thread",
        JobState.DEAD,
        error="The model file is damaged: fetch it again.",
        failure="ModelError",
    ),
    job(3, "categorize-emails", JobState.SUCCEEDED, result="Sorted 394 messages"),
    job(4, "extract-contacts", JobState.QUEUED),
)


@dataclass
class FakeJobs:
    """The job system's switches."""

    bus: Bus = field(default_factory=Bus)
    paused: bool = False
    paused_kinds: frozenset[str] = frozenset()
    asked: list[tuple[str, int | str]] = field(default_factory=list)

    def pause(self, kind: str = "") -> None:
        self._set(kind, True)

    def resume(self, kind: str = "") -> None:
        self._set(kind, False)

    def _set(self, kind: str, paused: bool) -> None:
        if kind:
            self.paused_kinds = self.paused_kinds | {kind} if paused else self.paused_kinds - {kind}
        else:
            self.paused = paused
        self.bus.changed(Changed.JOBS)

    def kinds(self) -> tuple[KindFacts, ...]:
        return tuple(facts(*one) for one in KINDS)

    def retry(self, job_id: JobId) -> None:
        self.asked.append(("retry", job_id))

    def cancel(self, job_id: JobId) -> None:
        self.asked.append(("cancel", job_id))

    def discard(self, *job_ids: JobId) -> int:
        self.asked += [("discard", one) for one in job_ids]
        return len(job_ids)

    def retry_dead(self, kind: str = "") -> int:
        self.asked.append(("retry all", kind))
        return 2

    def discard_dead(self, kind: str = "") -> int:
        self.asked.append(("discard all", kind))
        return 2


class FakeLedger:
    """Answers what `activity` and `notices` are asked, over the rows in `rows`."""

    def __init__(self, jobs: FakeJobs) -> None:
        self.rows: tuple[Job, ...] = ROWS
        self.named: tuple[tuple[int, str], ...] = ()
        self.broken: Exception | None = None
        self.chosen = NoticeSettings()
        self.told: list[notices.Told] = []
        self.reached = "Private: no connections today"
        self._jobs = jobs

    def jobs(
        self,
        _store: object,
        *,
        states: Sequence[JobState] = (),
        names: Sequence[str] = (),
        account_id: int | None = None,
        limit: int = 200,
    ) -> tuple[Job, ...]:
        if self.broken is not None:
            raise self.broken
        found = (
            one
            for one in self.rows
            if (not states or one.state in states)
            and (not names or one.name in names)
            and (account_id is None or one.args.get("account_id") == account_id)
        )
        return tuple(found)[:limit]

    def _counted(self, state: JobState, **wanted: object) -> dict[str, int]:
        found = self.jobs(None, states=(state,), limit=10**6, **wanted)  # type: ignore[arg-type]
        return dict(Counter(one.name for one in found))

    def waiting(self, _store: object, **wanted: object) -> dict[str, int]:
        return self._counted(JobState.QUEUED, **wanted)

    def failed(self, _store: object, **wanted: object) -> dict[str, int]:
        return self._counted(JobState.DEAD, **wanted)

    def dead_letters(self, _store: object, **wanted: object) -> tuple[DeadLetter, ...]:
        return tuple(map(TELL, self.jobs(None, states=(JobState.DEAD,), **wanted)))  # type: ignore[arg-type]

    def history(self, _store: object, **wanted: object) -> tuple[DoneRun, ...]:
        over = (JobState.SUCCEEDED, JobState.CANCELLED)
        found = self.jobs(None, states=over, limit=10**6, **wanted)  # type: ignore[arg-type]
        return tuple(
            DoneRun(
                one.id,
                1,
                one.finished_at or 0.0,
                f"{datetime.fromtimestamp(one.finished_at or 0).astimezone():%F}",
            )
            for one in found
        )

    def newest(self, _store: object) -> tuple[int, float]:
        done = [one.finished_at or 0.0 for one in self.rows if one.state in activity.OVER]
        return len(done), max(done, default=0.0)

    def by_id(self, _store: object, ids: Sequence[JobId]) -> dict[JobId, Job]:
        return {one.id: one for one in self.rows if one.id in ids}

    def figures(self, _store: object) -> JobFigures:
        states = Counter(one.state for one in self.rows)
        return JobFigures(
            waiting=states[JobState.QUEUED], later=states[JobState.WAITING_RETRY],
            running=states[JobState.RUNNING], dead=states[JobState.DEAD], oldest_seconds=130.0,
            done_last_hour=states[JobState.SUCCEEDED],
        )  # fmt: skip

    def health(self, _store: object) -> Health:
        found = self.figures(None)
        work = f"{found.running} running" if found.running else ""
        if found.dead:
            return Health(f"{found.dead} failed · {work}", "failing")
        return Health(work or "All quiet", "working" if work else "quiet")

    def paused(self, _store: object) -> Pauses:
        return Pauses(self._jobs.paused, self._jobs.paused_kinds)

    def accounts(self, _store: object) -> tuple[tuple[int, str], ...]:
        return self.named

    def read(self, _store: object) -> NoticeSettings:
        return self.chosen

    def write(self, _store: object, chosen: NoticeSettings) -> None:
        self.chosen = chosen
        self._jobs.bus.changed(Changed.SETTINGS)

    def take(self, _store: object) -> notices.Told:
        return self.told.pop(0) if self.told else notices.Told()

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this ledger's function."""
        names = (
            "jobs", "waiting", "failed", "dead_letters", "history", "by_id", "figures", "health", "paused",
            "accounts", "newest",
        )  # fmt: skip
        return {
            "activity": {name: getattr(self, name) for name in names},
            "notices": {name: getattr(self, name) for name in ("read", "write", "take")},
            "network": {"today": lambda _store: self.reached},
        }
