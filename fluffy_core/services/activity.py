"""Jobs as a person reads about them."""

from collections.abc import Sequence

from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.store import ledger
from fluffy_core.store.database import Database

_TITLES = {
    "sync-emails-initial": "Reading mail",
    "extract-contacts": "Finding people",
    "categorize-emails": "Sorting mail",
    "summarize-email-thread": "Summarising a conversation",
    "check-follow-ups": "Looking for unanswered mail",
    "embed-messages": "Learning what mail is about",
}
_STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.WAITING_RETRY: "will be tried again",
    JobState.SUCCEEDED: "done",
    JobState.DEAD: "failed",
    JobState.CANCELLED: "cancelled",
}


def jobs(store: Database, *, states: Sequence[JobState] = (), limit: int = 200) -> tuple[Job, ...]:
    """Jobs in these states (all when empty), newest change first."""
    return ledger.listed(store, states, limit)


def title(name: str) -> str:
    """What a kind of job is called on screen."""
    return _TITLES.get(name, name.replace("-", " ").capitalize())


def sentence(job: Job) -> str:
    """One line about a job: what it does, how it stands, what came of it."""
    detail = job.result or job.error or job.progress_text
    return f"{title(job.name)}: {detail}" if detail else f"{title(job.name)}: {_STATES[job.state]}"


def waiting(store: Database) -> dict[str, int]:
    """How many jobs of each name wait for their turn; names without any are left out."""
    counted = ledger.stats(store)
    return {name: counted[name]["queued"] for name in sorted(counted) if "queued" in counted[name]}


def stats(store: Database) -> dict[str, dict[str, object]]:
    """{"states": {state: count}, "kinds": {name: {state: count, "runs": finished runs}}}."""
    by_name = ledger.stats(store)
    states: dict[str, object] = {state.value: 0 for state in JobState}
    kinds: dict[str, object] = {}
    for name, counted in sorted(by_name.items()):
        runs = counted.get("succeeded", 0) + counted.get("dead", 0)
        kinds[name] = {"runs": runs, **counted}
        for state, count in counted.items():
            states[state] = int(str(states[state])) + count
    return {"states": states, "kinds": kinds}
