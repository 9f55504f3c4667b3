"""Jobs in memory: rows of the ledger, and the job system's switches."""

import time
from dataclasses import dataclass, field, replace

from fluffy_core import Job, JobId, JobState, Queue

NOW = int(time.time())


@dataclass
class FakeJobs:
    """The job system's switches."""

    paused: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def retry(self, job_id: JobId) -> None:
        self.asked.append(("retry", job_id))

    def cancel(self, job_id: JobId) -> None:
        self.asked.append(("cancel", job_id))

    def discard(self, job_id: JobId) -> None:
        self.asked.append(("discard", job_id))


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
