"""Jobs as a person reads about them: what runs, waits and failed, in sentences and figures."""

import time
from collections.abc import Iterable, Sequence

from fluffy_core.domain import job_words
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Alert, DeadLetter, DoneRun, Health, Job, JobFigures, JobState, Pauses
from fluffy_core.domain.outgoing import OPEN, OutboxState
from fluffy_core.errors import UsageError
from fluffy_core.store import alerts as alert_rows
from fluffy_core.store import job_figures, outbox, pauses
from fluffy_core.store.database import Database
from fluffy_core.store.job_figures import Wanted

KINDS_NAMED = 2
"""Failed kinds that the line about all work names."""
MINUTE = 60
SILENCE = 30.0
"""Seconds without a sign of life after which that is said."""
OVER = (JobState.SUCCEEDED, JobState.CANCELLED)
_STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.WAITING_RETRY: "will be tried again",
    JobState.SUCCEEDED: "done",
    JobState.DEAD: "failed",
    JobState.CANCELLED: "cancelled",
}
_HELD = {
    "battery": "until the computer is plugged in",
    "memory": "because FluffyMail uses much memory; start it again to free it",
}


def jobs(
    store: Database,
    *,
    states: Sequence[JobState] = (),
    names: Sequence[str] = (),
    account_id: int | None = None,
    limit: int = 200,
) -> tuple[Job, ...]:
    """Jobs in these states and of these kinds (all when empty), of one account; newest change first."""
    return job_figures.listed(store, Wanted(states, names, account_id), limit)


def dead_letters(
    store: Database, *, names: Sequence[str] = (), account_id: int | None = None, limit: int = 200
) -> tuple[DeadLetter, ...]:
    """The jobs that were given up, newest first, with cause, consequence and cure."""
    found = jobs(store, states=(JobState.DEAD,), names=names, account_id=account_id, limit=limit)
    return tuple(dead_letter(one) for one in found)


def dead_letter(job: Job) -> DeadLetter:
    """What a failed job means to the user."""
    cause = job.error or "It failed without a reason."
    return DeadLetter(job, cause, job_words.consequence(job.name), job_words.cure(job.failure))


def title(name: str) -> str:
    """What a kind of job is called on screen."""
    return job_words.title(name)


def sentence(job: Job, *, now: float | None = None) -> str:
    """One line about a job: what it does, how it stands, what came of it.

    `now` is the time in Unix seconds, the clock's when it is left out.
    """
    detail = job.result or job.error or job.progress_text or _STATES[job.state]
    if job.state is JobState.RUNNING:
        at = time.time() if now is None else now
        silent = at - (job.heartbeat_at or at)
        if silent >= SILENCE:
            detail += f", no sign of life for {span(silent)}"
        elif job.eta_at is not None:
            detail += f", {left(job.eta_at - at)}"
    return f"{title(job.name)}: {detail}"


def left(seconds: float) -> str:
    """Time left, as rough as it is known: "about 3 min left"."""
    return f"about {span(seconds)} left" if seconds >= MINUTE else "less than a minute left"


def span(seconds: float) -> str:
    """A span of time in the one unit that tells it: "40 s", "3 min", "2 h", "4 days"."""
    for unit, size, least in (("days", 1440 * MINUTE, 2), ("h", 60 * MINUTE, 1.5), ("min", MINUTE, 1)):
        if seconds >= least * size:
            return f"{round(seconds / size)} {unit}"
    return f"{max(0, round(seconds))} s"


def waiting(store: Database, *, names: Sequence[str] = (), account_id: int | None = None) -> dict[str, int]:
    """How many jobs of each name wait for their turn; names without any are left out."""
    counted = job_figures.counts(store, Wanted((JobState.QUEUED,), names, account_id))
    return {name: counted[name]["queued"] for name in sorted(counted)}


def failed(store: Database, *, names: Sequence[str] = (), account_id: int | None = None) -> dict[str, int]:
    """How many jobs of each name were given up."""
    counted = job_figures.counts(store, Wanted((JobState.DEAD,), names, account_id))
    return {name: counted[name]["dead"] for name in sorted(counted)}


def history(
    store: Database, *, names: Sequence[str] = (), account_id: int | None = None, limit: int = 5_000
) -> tuple[DoneRun, ...]:
    """What was done or cancelled, newest first; jobs of one kind in a row are one entry for each day."""
    return job_figures.history(store, Wanted(OVER, names, account_id), limit)


def newest(store: Database) -> tuple[int, float]:
    """What changes whenever the history does: how many jobs ended, and when the last one did."""
    return job_figures.newest(store)


def by_id(store: Database, ids: Sequence[JobId]) -> dict[JobId, Job]:
    """These jobs, those that are still kept."""
    return job_figures.by_id(store, ids)


def accounts(store: Database) -> tuple[tuple[int, str], ...]:
    """(id, name) of every account that a kept job is about."""
    return job_figures.accounts(store)


def figures(store: Database, *, now: float | None = None) -> JobFigures:
    """Queue depth, age of the oldest, throughput."""
    return job_figures.figures(store, now=time.time() if now is None else now)


def stats(store: Database, names: Iterable[str] = ()) -> dict[str, dict[str, object]]:
    """{"states": {state: count}, "kinds": {name: {state: count, "runs": tries}}, "queue": {figure: …}}.

    The kinds called `names` are there even when the ledger holds none of them.
    """
    states: dict[str, object] = {state.value: 0 for state in JobState}
    runs = job_figures.runs(store)
    kinds: dict[str, object] = {}
    counts = {name: dict[str, int]() for name in names} | job_figures.counts(store)
    for name, counted in sorted(counts.items()):
        kinds[name] = {"runs": runs.get(name, 0), **counted}
        for state, count in counted.items():
            states[state] = int(str(states.get(state, 0))) + count
    found = figures(store)
    queue: dict[str, object] = {
        "depth": found.waiting,
        "later": found.later,
        "oldest_seconds": round(found.oldest_seconds, 3),
        "done_last_hour": found.done_last_hour,
    }
    return {"states": states, "kinds": kinds, "queue": queue}


def health(store: Database, *, now: float | None = None) -> Health:
    """The one line about all work: failures first, then what runs or why it does not."""
    at = time.time() if now is None else now
    found, paused = figures(store, now=at), pauses.read(store)
    work, level = _work(store, found, paused, now=at)
    unsent, waits = _mail(store)
    level = "waiting" if waits and level == "quiet" else level
    if not (found.dead or unsent):
        return Health(_joined(waits, work) or "All quiet", level)
    names = dict.fromkeys(title(one.name) for one in jobs(store, states=(JobState.DEAD,), limit=50))
    which = ", ".join(list(names)[:KINDS_NAMED]) + (" and more" if len(names) > KINDS_NAMED else "")
    failed = f"{number_of(found.dead, 'job')} failed: {which}" if found.dead else ""
    return Health(_joined(unsent, failed, waits, work), "failing")


def _mail(store: Database) -> tuple[str, str]:
    """What is in the outbox: what the user has to look at, and what is to be sent; "" for nothing."""
    found = outbox.counts(store)
    unsent = sum(found.get(state, 0) for state in (OutboxState.FAILED, OutboxState.UNCERTAIN))
    waits = sum(found.get(state, 0) for state in OPEN if state is not OutboxState.FILING)
    count = number_of(unsent, "message")
    return (f"{count} not sent" if unsent else "", f"{waits:,} to be sent" if waits else "")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _work(store: Database, found: JobFigures, paused: Pauses, *, now: float) -> tuple[str, str]:
    """What runs, or why nothing does; "" when there is nothing to do."""
    if paused.everything and found.waiting + found.running + found.later:
        return f"Paused, {number_of(found.waiting + found.running + found.later, 'job')} to go", "waiting"
    if found.running:
        running = jobs(store, states=(JobState.RUNNING,), limit=20)
        silent = [one for one in running if now - (one.heartbeat_at or now) >= SILENCE]
        ends = [one.eta_at - now for one in running if one.eta_at is not None]
        more = f", {left(max(ends))}" if ends else ""
        more = f", one without a sign of life ({title(silent[0].name)})" if silent else more
        return f"{number_of(found.running, 'job')} running{more}", "working"
    if found.waiting:
        why = f" {_HELD[paused.held]}" if paused.held else ""
        return f"{number_of(found.waiting, 'job')} wait{'s' if found.waiting == 1 else ''}{why}", "waiting"
    return (f"{number_of(found.later, 'job')} to be tried later", "quiet") if found.later else ("", "quiet")


def alerts(store: Database, *, all_of_them: bool = False) -> tuple[Alert, ...]:
    """What failed and was not acknowledged yet (or everything kept), serious alerts first."""
    return alert_rows.listed(store, all_of_them=all_of_them)


def acknowledge(store: Database, alert_id: int) -> None:
    """The user has read an alert. Raises UsageError when there is none of this number to read."""
    with store.transaction() as tx:
        if not alert_rows.acknowledge(tx, alert_id):
            raise UsageError(f"There is no alert {alert_id} that was not read yet.")


def paused(store: Database) -> Pauses:
    """What waits because the user wants it so, or by itself."""
    return pauses.read(store)
